// Finding a delivery by its id, or by an unambiguous part of it.
import { DevHookError } from '../core/errors.ts'

/** How many candidates an error names. */
const MAX_LISTED = 10

/**
 * Finds the item whose id equals `given`, or else begins with it, or else ends with it, because ids are shortened on the screen;
 * `null` when there is none. Throws `usage` when several match, and for an empty id, with which every id begins.
 */
export function findById<Item>(items: readonly Item[], idOf: (item: Item) => string, given: string): Item | null {
  if (given === '')
    throw new DevHookError('usage', 'the id is empty', { remedy: 'give the beginning or the end of one' })
  const exact = items.find((item) => idOf(item) === given)
  if (exact !== undefined) return exact
  const beginning = items.filter((item) => idOf(item).startsWith(given))
  const meant = beginning.length > 0 ? beginning : items.filter((item) => idOf(item).endsWith(given))
  const [found, another] = meant
  if (another === undefined) return found ?? null
  const ids = meant.map((item) => `  ${idOf(item)}`)
  const newest = ids.slice(-MAX_LISTED)
  const head = `several ids ${beginning.length > 0 ? 'begin' : 'end'} with \`${given}\``
  const more = newest.length < ids.length ? `, the newest of ${ids.length}` : ''
  throw new DevHookError('usage', [`${head}${more}:`, ...newest], { remedy: 'give more of the id' })
}
