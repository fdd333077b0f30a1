// Reading and changing JSON whose shape nobody has promised.

export type Json = Readonly<Record<string, unknown>>

/** Where something is in a document: keys of objects and indexes of lists. */
export type Path = readonly (string | number)[]

/** The value as an object; `null` when it is anything else. */
export const asRecord = (value: unknown): Json | null => (isRecord(value) ? value : null)

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value as a text; `null` when it is anything else, or empty. */
export const asText = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

/** What is at a path, or `undefined`. */
export function getIn(from: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, key) => (Array.isArray(at) ? at[Number(key)] : asRecord(at)?.[key]), from)
}

/** A copy of an object with the value at a path replaced; what is missing on the way is made. */
export function setIn<T extends Json>(into: T, path: Path, value: unknown): T {
  return replaced(into, path, value) as T
}

function replaced(into: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value
  if (typeof key === 'string') return { ...asRecord(into), [key]: replaced(asRecord(into)?.[key], rest, value) }
  const list: unknown[] = Array.isArray(into) ? [...into] : []
  list[key] = replaced(list[key], rest, value)
  return list
}
