// Looking into JSON from outside without trusting its shape.

/** A JSON object whose fields are still unknown. */
export type Json = Readonly<Record<string, unknown>>

/** True for a JSON object: no list, no null. */
export const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A field of an object; `undefined` when there is no such field, or no object. */
export const valueIn = (from: unknown, key: string): unknown =>
  isRecord(from) && Object.hasOwn(from, key) ? from[key] : undefined

/** The non-empty text in a field, or `null`. */
export function textIn(from: unknown, key: string): string | null {
  const value = valueIn(from, key)
  return typeof value === 'string' && value !== '' ? value : null
}

/** The same object without some of its fields. */
export function without(from: Json, ...keys: readonly string[]): Json {
  return Object.fromEntries(Object.entries(from).filter(([key]) => !keys.includes(key)))
}
