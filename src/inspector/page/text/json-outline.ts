// JSON as lines that can be folded: what a line holds, how deep it stands, and where what it opens ends.
import { layOut } from '../../../core/text/json-layout.ts'

export interface OutlineLine {
  readonly depth: number
  /** With its quotes and escapes, as it stands; `null` for an item of a list, or an end. */
  readonly key: string | null
  readonly value: string
  readonly kind: 'string' | 'number' | 'word' | 'open' | 'end'
  /** The line that ends what this one opens; `null` when it opens nothing. */
  readonly end: number | null
}

const LINE = /^(?<indent> *)(?:(?<key>"(?:[^"\\]|\\.)*"): )?/s

/** The lines of a JSON text, whose values stay as they were written; `null` for what is not JSON. */
export function outline(text: string): readonly OutlineLine[] | null {
  const laidOut = layOut(text)
  if (laidOut === null) return null
  const lines: { -readonly [K in keyof OutlineLine]: OutlineLine[K] }[] = []
  const open: number[] = []
  for (const [at, whole] of laidOut.split('\n').entries()) {
    const [head = '', indent = '', key = null] = LINE.exec(whole) ?? []
    // A comma tells nothing where each has a line of its own.
    const value = whole.slice(head.length).replace(/,$/, '')
    const kind = kindOf(value)
    if (kind === 'end') {
      const opener = lines[open.pop() ?? -1]
      if (opener !== undefined) opener.end = at
    }
    if (kind === 'open') open.push(at)
    lines.push({ depth: indent.length / 2, key, value, kind, end: null })
  }
  return lines
}

function kindOf(value: string): OutlineLine['kind'] {
  if (value === '{' || value === '[') return 'open'
  if (value.startsWith('}') || value.startsWith(']')) return 'end'
  if (value.startsWith('"')) return 'string'
  return /^[-\d]/.test(value) ? 'number' : 'word'
}
