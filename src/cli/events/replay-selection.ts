// Which recorded deliveries a `dev-hook replay` means: in the order in which their ids are given, else oldest first.

import type { Summary } from '../../core/delivery.ts'
import { DevHookError } from '../../core/errors.ts'
import { findById } from '../../journal/find-by-id.ts'
import { isConversation } from '../../protocol/query/keys.ts'
import { isFailed } from '../../protocol/query/outcomes.ts'
import { allOf, anyOf } from '../../protocol/query/query.ts'
import { countOf, listOf, type Own } from '../command-line/own-flags.ts'

/** What the command line asks for: some ids, or every delivery that fits. */
export type Selection =
  | { readonly by: 'id'; readonly ids: readonly string[] }
  | { readonly by: 'filter'; readonly fits: (summary: Summary) => boolean; readonly last: number | null }

/** Reads which deliveries a command line asks for. Throws `usage` when it asks for nothing, or for ids and a filter at once. */
export function readSelection(ids: readonly string[], own: Own): Selection {
  const last = countOf(own, 'last')
  const conversations = listOf(own, 'conversation')
  const failed = own['failed'] === true
  const filtered = last !== null || conversations !== null || failed
  if (ids.length > 0 && filtered)
    throw new DevHookError('usage', 'give ids, or `--last`, `--failed` and `--conversation`, not both')
  if (ids.length > 0) return { by: 'id', ids: ids.flatMap((id) => id.split(',')) }
  if (!filtered)
    throw new DevHookError('usage', 'say which deliveries: their ids, `--last`, `--failed` or `--conversation`')
  return {
    by: 'filter',
    last,
    // What was rejected at the door is not for the bot.
    fits: allOf<Summary>([
      ({ settled }) => settled !== 'rejected',
      ...(failed ? [isFailed] : []),
      ...(conversations === null ? [] : [anyOf(conversations.map(isConversation))]),
    ]),
  }
}

/** Finds the deliveries of a selection. Throws `deliveryUnknown` when there are none, and `usage` for an id that several share. */
export function select(recorded: readonly Summary[], selection: Selection): readonly Summary[] {
  if (selection.by === 'id') return [...new Set(selection.ids.map((id) => withId(recorded, id)))]
  const fitting = recorded.filter(selection.fits)
  const found = selection.last === null ? fitting : fitting.slice(-selection.last)
  if (found.length === 0) throw new DevHookError('deliveryUnknown', 'no recorded delivery matches')
  return found
}

function withId(recorded: readonly Summary[], given: string): Summary {
  const found = findById(recorded, ({ id }) => id, given)
  if (found === null) throw new DevHookError('deliveryUnknown', `no delivery ${given} is recorded`)
  return found
}
