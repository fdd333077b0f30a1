// The ids of conversations that were cut short on the command line, made whole from what is recorded.

import type { Summary } from '../../core/delivery.ts'
import { findById } from '../../journal/find-by-id.ts'
import { listOf, type Own } from '../command-line/own-flags.ts'

/** The same flags with the whole id of each conversation that is recorded. Throws `usage` when one may be several. */
export function withWholeConversation(own: Own, recorded: readonly Summary[]): Own {
  const given = listOf(own, 'conversation')
  if (given === null) return own
  const ids = new Set(recorded.map(({ label }) => label.conversation ?? '').filter((id) => id !== ''))
  const conversation = given.map((part) => findById([...ids], (id) => id, part) ?? part)
  return { ...own, conversation: conversation.join() }
}
