// The id of a conversation that was cut short on the command line, made whole from what is recorded.

import type { Summary } from '../../core/delivery.ts'
import { findById } from '../../journal/find-by-id.ts'
import { type Own, textOf } from '../command-line/own-flags.ts'

/** The same flags with the whole id of the conversation, if it is recorded. Throws `usage` when it may be several. */
export function withWholeConversation(own: Own, recorded: readonly Summary[]): Own {
  const given = textOf(own, 'conversation')
  if (given === null) return own
  const ids = new Set(recorded.map(({ label }) => label.conversation ?? '').filter((id) => id !== ''))
  const conversation = findById([...ids], (id) => id, given) ?? given
  return { ...own, conversation }
}
