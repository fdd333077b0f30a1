// The messages that the receiver of an event puts into its answer, posted into the conversation as the bot's.
// Source: developers.web1on1.chat/webhooks/responding.
import { asRecord, asText, type Json } from '../../core/json.ts'
import type { Payload } from '../../protocol/templates.ts'
import { ApiError } from '../api-error.ts'
import type { AppContext } from '../app-context.ts'
import { getIn } from '../json-path.ts'
import { postAll } from '../resources/messages.ts'
import type { WebhookAnswer } from './outgoing.ts'

/** Posts what a receiver answered to an event about a message. */
export function postReplies(context: AppContext, payload: Payload, answer: WebhookAnswer): void {
  const conversation = context.store.conversations.get(asText(getIn(payload.data, ['conversation', 'id'])) ?? '')
  if (conversation === undefined || !payload.event.startsWith('message.')) return
  const replies = repliesIn(answer).map((reply) => ({ ...reply, role: 'bot' }))
  try {
    postAll(context, conversation, replies)
  } catch (error) {
    // The platform ignores messages it cannot make sense of; the receiver does not learn of it.
    if (!(error instanceof ApiError)) throw error
  }
}

/** `{"messages":[{"text":"…"}]}` as JSON; anything else holds no replies. */
function repliesIn({ type, body }: WebhookAnswer): readonly Json[] {
  if (!/^application\/json\b/i.test(type) || !body) return []
  const messages = getIn(parse(body), ['messages'])
  if (!Array.isArray(messages)) return []
  return messages.flatMap((message) => {
    const record = asRecord(message)
    return record !== null && asText(record['text']) !== null ? [record] : []
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // A receiver's own affair: the platform ignores what it cannot read.
    return null
  }
}
