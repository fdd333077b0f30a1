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
