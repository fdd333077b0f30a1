// Finding a delivery by its id, or by a part of it that no other has.
import { DevHookError } from '../core/errors.ts'

/** How many of the candidates are named. */
const MAX_LISTED = 10

/**
 * The only one whose id is given, begins with what is given, or else ends with it, as ids are cut short on the screen; `null`
 * when there is none. Throws `usage` when there are several, and for an empty one, with which every id begins.
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
