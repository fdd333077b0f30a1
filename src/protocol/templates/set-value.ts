// Values that are set in an event before it is sent: `data.message.text=hi`.
import { isRecord, type Json } from '../../core/json.ts'

/** A value, and where it goes: names of fields, and indexes of lists as people write them. */
export interface Assignment {
  readonly path: readonly string[]
  readonly value: unknown
}

/** The event with the value in it, and what somebody should know about it; or why it cannot be set. */
export type SetResult =
  | { readonly value: Json; readonly notes: readonly string[] }
  | { readonly problem: string; readonly exists: readonly string[] }

/**
 * Reads `path=value`: words between dots, `[0]` or `0` in a list, a backslash before a dot, a bracket or an equals sign that is part of a
 * name. The value is JSON, and anything that is not JSON is a text. `null` where there is no path, or no `=`.
 */
export function parseAssignment(given: string): Assignment | null {
  const path: string[] = []
  let word = ''
  let afterIndex = false
  for (let at = 0; at < given.length; at += 1) {
    const character = given[at] ?? ''
    if (character === '\\' && at + 1 < given.length) {
      at += 1
      word += given[at]
    } else if (character === '.' || character === '=' || character === '[') {
      // `actions[0].text`: the dot after a bracket does not end a word.
      if (word !== '' || !afterIndex) path.push(word)
      if (character === '=')
        return path.every((name) => name !== '') ? { path, value: jsonOrText(given.slice(at + 1)) } : null
      word = ''
      afterIndex = false
      if (character !== '[') continue
      const end = given.indexOf(']', at)
      if (end === -1) return null
      path.push(given.slice(at + 1, end))
      at = end
      afterIndex = true
    } else {
      if (afterIndex) return null
      word += character
    }
  }
  return null
}

const INTEGER = /^-?\d+$/

/** A number that JSON would change stays the text that it is: an id of many digits. */
function jsonOrText(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    const isChanged =
      typeof value === 'number' && (!Number.isFinite(value) || (INTEGER.test(text) && `${value}` !== text))
    return isChanged ? text : value
  } catch {
    // Most texts are not JSON, and need no quotes.
    return text
  }
}

/** Sets a value: fields that exist or are new, items of a list that exist or the next one. */
export function setValue(event: Json, { path, value }: Assignment): SetResult {
  const notes: string[] = []
  const set = (into: unknown, depth: number): unknown => {
    const key = path[depth] ?? ''
    const isLast = depth === path.length - 1
    if (Array.isArray(into)) {
      const index = indexIn(into, key, isLast)
      if (index === null) throw new Unsettable(outside(path.slice(0, depth), key), indexes(into))
      return into.toSpliced(index, 1, isLast ? value : set(into[index], depth + 1))
    }
    if (!isRecord(into))
      throw new Unsettable(`${shown(path.slice(0, depth))} is ${kindOf(into)}, which has nothing in it`, [])
    const exists = Object.hasOwn(into, key)
    if (!isLast && !exists) throw new Unsettable(`${shown(path.slice(0, depth))} has no \`${key}\``, Object.keys(into))
    if (isLast) notes.push(...notesOn(path, exists, into[key], value))
    return withField(into, key, isLast ? value : set(into[key], depth + 1))
  }
  try {
    const changed = set(event, 0)
    return isRecord(changed) ? { value: changed, notes } : { problem: 'the event would not be an object', exists: [] }
  } catch (error) {
    if (error instanceof Unsettable) return { problem: error.message, exists: error.exists }
    throw error
  }
}

/** Why a path leads nowhere, and what there is where it ends. */
class Unsettable extends Error {
  readonly exists: readonly string[]

  constructor(message: string, exists: readonly string[]) {
    super(message)
    this.exists = exists
  }
}

/** A copy with one field, in its own place; a name such as `__proto__` is a name like any other. */
const withField = (into: Json, key: string, value: unknown): Json =>
  Object.fromEntries(
    Object.hasOwn(into, key)
      ? Object.entries(into).map(([name, old]) => [name, name === key ? value : old])
      : [...Object.entries(into), [key, value]],
  )

const INDEX = /^(?:0|[1-9]\d{0,8})$/

/** The index that a word means; `null` for one that is not in the list. A new item can only be the next one. */
function indexIn(list: readonly unknown[], key: string, mayBeNew: boolean): number | null {
  const index = INDEX.test(key) ? Number(key) : -1
  return index >= 0 && index < list.length + (mayBeNew ? 1 : 0) ? index : null
}

const indexes = (list: readonly unknown[]): string[] => [...list.keys()].map(String)

const outside = (path: readonly string[], key: string): string => `${shown(path)} is a list, and has no item \`${key}\``

/** A path for people. */
const shown = (path: readonly string[]): string => (path.length === 0 ? 'the event' : `\`${path.join('.')}\``)

function notesOn(path: readonly string[], exists: boolean, old: unknown, value: unknown): string[] {
  if (!exists) return [`${shown(path)} is new: the event has no such field`]
  const [was, is] = [kindOf(old), kindOf(value)]
  if (typeof old !== 'string' || (typeof value !== 'number' && typeof value !== 'boolean')) return []
  return [`${shown(path)} was ${was}, and is ${is} now; for a text, put the value in double quotes`]
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  return { string: 'a text', number: 'a number', boolean: 'true or false' }[String(typeof value)] ?? 'something else'
}
