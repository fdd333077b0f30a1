// Looking into JSON from outside without trusting its shape.

/** A JSON object whose fields are still unknown. */
export type Json = Readonly<Record<string, unknown>>

/** True for a JSON object: no list, no null. */
export const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value as an object; `null` when it is anything else. */
export const asRecord = (value: unknown): Json | null => (isRecord(value) ? value : null)

/** The value as a text; `null` when it is anything else, or empty. */
export const asText = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

/** A field of an object; `undefined` when there is no such field, or no object. */
export const valueIn = (from: unknown, key: string): unknown =>
  isRecord(from) && Object.hasOwn(from, key) ? from[key] : undefined

/** The non-empty text in a field; `null` when there is none. */
export const textIn = (from: unknown, key: string): string | null => asText(valueIn(from, key))

/** The same object without some of its fields. */
export const omit = (from: Json, ...keys: readonly string[]): Json =>
  Object.fromEntries(Object.entries(from).filter(([key]) => !keys.includes(key)))

/**
 * Whether two JSON values are the same, whatever the order of their fields. Without recursion: what comes from outside may be
 * nested more deeply than the stack allows.
 */
export function isSameJson(a: unknown, b: unknown): boolean {
  const pairs: (readonly [unknown, unknown])[] = [[a, b]]
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const [left, right] = pair
    if (Object.is(left, right)) continue
    const entries = entriesOf(left)
    if (
      entries === null ||
      entries.length !== entriesOf(right)?.length ||
      Array.isArray(left) !== Array.isArray(right)
    ) {
      return false
    }
    for (const [key, value] of entries) {
      if (!Object.hasOwn(Object(right), key)) return false
      pairs.push([value, Object(right)[key]])
    }
  }
  return true
}

/** The fields of an object, or the items of a list; `null` for any other value. */
const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] | null =>
  typeof value === 'object' && value !== null ? Object.entries(value) : null
