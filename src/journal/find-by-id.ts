// Finding a delivery by its id, or by a part of it that no other has.
import { DevHookError } from '../core/errors.ts'

/**
 * The only one whose id is given, begins with what is given, or else ends with it, as ids are cut short on the screen; `null`
 * when there is none. Throws `usage` when there are several.
 */
export function findById<Item>(items: readonly Item[], idOf: (item: Item) => string, given: string): Item | null {
  const exact = items.find((item) => idOf(item) === given)
  if (exact !== undefined) return exact
  const beginning = items.filter((item) => idOf(item).startsWith(given))
  const [found, another] = beginning.length > 0 ? beginning : items.filter((item) => idOf(item).endsWith(given))
  if (another === undefined) return found ?? null
  throw new DevHookError('usage', `several ids ${beginning.length > 0 ? 'begin' : 'end'} with \`${given}\``, {
    remedy: 'give more of the id; `dev-hook events` lists them',
  })
}
