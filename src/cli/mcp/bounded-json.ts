// JSON of a bounded length: what is too long for a reader is cut inside, so that it stays JSON.
import { isRecord } from '../../core/json.ts'
import { toJson } from '../../core/text/to-json.ts'

/** The longest answer, in characters: some ten thousand tokens of a language model. */
export const MAX_ANSWER = 40_000

/** How long a text, and how many items of a list, are left: the first pair with which the whole fits. */
const STEPS = [
  { text: 8_000, items: 500 },
  { text: 2_000, items: 100 },
  { text: 500, items: 50 },
  { text: 200, items: 20 },
  { text: 100, items: 5 },
  { text: 50, items: 2 },
] as const

/** Writes a value as JSON of at most `MAX_ANSWER` characters. What is left out says how much it was. */
export function boundedJson(value: unknown): string {
  const whole = toJson(value)
  if (whole.length <= MAX_ANSWER) return whole
  const lean = withoutDocuments(value)
  const shorter = toJson(lean)
  if (shorter.length <= MAX_ANSWER) return shorter
  for (const { text, items } of STEPS) {
    const json = toJson(cut(lean, text, items))
    if (json.length <= MAX_ANSWER) return json
  }
  return toJson({ cut: `${whole.length} characters of JSON, which is too much: ask for less` })
}

/** The same without the documents of the platform's API, which say again what stands beside them, with much besides. */
function withoutDocuments(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDocuments)
  if (!isRecord(value)) return value
  const kept = Object.entries(value).filter(([key, item]) => key !== 'document' || !isRecord(item))
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutDocuments(item)]))
}

function cut(value: unknown, text: number, items: number): unknown {
  if (typeof value === 'string')
    return value.length <= text ? value : `${value.slice(0, text)}… (${value.length - text} more characters)`
  if (Array.isArray(value)) {
    const short = (part: readonly unknown[]): unknown[] => part.map((item) => cut(item, text, items))
    if (value.length <= items) return short(value)
    // Some lists have the newest first, others last.
    const [head, tail] = [Math.ceil(items / 2), Math.floor(items / 2)]
    return [...short(value.slice(0, head)), `… (${value.length - items} more)`, ...short(value.slice(-tail))]
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cut(item, text, items)]))
}
