// A conversation as it was in the last delivery that told of it.

import type { Summary } from '../../core/delivery.ts'
import { DevHookError } from '../../core/errors.ts'
import { asRecord, type Json, textIn, valueIn } from '../../core/json.ts'
import { sanitize } from '../../core/text/sanitize.ts'
import { findById } from '../../journal/find-by-id.ts'
import { readDeliveries, readDelivery } from '../../journal/reader.ts'
import { jsonInBody } from '../../protocol/body-json.ts'

/** How many of those that there are an error lists. */
const MAX_LISTED = 10

/** Reads it from what is recorded in a bot's folder; its id may be cut short. Throws `usage` with those that there are. */
export async function recordedConversation(folder: string, given: string): Promise<Json> {
  const recorded = (await readDeliveries(folder)).filter(({ label }) => label.conversation !== null)
  const ids = [...new Set(recorded.map(conversationOf))]
  const id = findById(ids, (one) => one, given)
  if (id === null) throw unknown(given, ids)
  const last = recorded.findLast((summary) => conversationOf(summary) === id)
  const read = last === undefined ? null : await readDelivery(folder, last.id)
  const payload = read === null ? null : jsonInBody(read.delivery.headers, read.delivery.body)
  return { ...asRecord(valueIn(valueIn(payload, 'data'), 'conversation')), id }
}

/** The whole id of a conversation of which something is recorded; `null` for one that is not. Throws `usage` when it may be several. */
export async function deliveredConversation(folder: string, given: string): Promise<string | null> {
  const ids = new Set((await readDeliveries(folder)).map(conversationOf).filter((id) => id !== ''))
  return findById([...ids], (id) => id, given)
}

const conversationOf = ({ label }: Summary): string => label.conversation ?? ''

function unknown(given: string, ids: readonly string[]): DevHookError {
  const message = `no conversation \`${sanitize(given, 100)}\` is recorded`
  const newest = ids.slice(-MAX_LISTED).map((id) => `  ${sanitize(id, 80)}`)
  return new DevHookError('usage', ids.length === 0 ? message : [`${message}; the latest are:`, ...newest], {
    remedy: 'see `dev-hook events` for deliveries, or leave the conversation out for one that is made up',
  })
}

/** Who the contact of a conversation is, as far as it says. */
export const contactIn = (conversation: Json): { readonly id: string | null; readonly name: string | null } => ({
  id: textIn(conversation, 'contact') ?? textIn(valueIn(conversation, 'contact'), 'id'),
  name: textIn(conversation, 'name'),
})
