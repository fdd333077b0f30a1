// What differs between two texts, line by line, as rows of two columns.
import { diffArrays } from 'diff'
import { layOut } from '../../../core/text/json-layout.ts'

export interface DiffRow {
  /** `null` where the other side has a line that this one lacks. */
  readonly left: string | null
  readonly right: string | null
  readonly isSame: boolean
}

/** With more lines or differences than these, it would take longer than anybody waits. */
const MAX_LINES = 5_000
const MAX_EDITS = 2_000

const linesOf = (text: string): string[] => (layOut(text) ?? text).split(/\r?\n/)

/** Rows of two columns; `null` when the texts are too long, or differ too much. */
export function diffRows(left: string, right: string): readonly DiffRow[] | null {
  const [before, after] = [linesOf(left), linesOf(right)]
  if (Math.max(before.length, after.length) > MAX_LINES) return null
  const parts = diffArrays(before, after, { maxEditLength: MAX_EDITS })
  if (parts === undefined) return null
  const rows: DiffRow[] = []
  let removed: readonly string[] = []
  const flush = (added: readonly string[]): void => {
    for (let at = 0; at < Math.max(removed.length, added.length); at += 1)
      rows.push({ left: removed[at] ?? null, right: added[at] ?? null, isSame: false })
    removed = []
  }
  for (const part of parts) {
    if (part.removed) {
      flush([])
      removed = part.value
    } else if (part.added) flush(part.value)
    else {
      flush([])
      for (const line of part.value) rows.push({ left: line, right: line, isSame: true })
    }
  }
  flush([])
  return rows
}
