// Paths into JSON documents: reading and replacing the value at one.
import { asRecord, type Json } from '../core/json.ts'

/** Where something is in a document: keys of objects and indexes of lists. */
export type Path = readonly (string | number)[]

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
