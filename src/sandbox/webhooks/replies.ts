// The messages that the receiver of an event puts into its answer, posted into the conversation as its token's owner, or the bot.
// Source: developers.web1on1.chat/webhooks/responding.
import { asRecord, asText, type Json, textIn } from '../../core/json.ts'
import type { Payload } from '../../protocol/envelope.ts'
import type { Caller } from '../access/tokens.ts'
import { ApiError } from '../api-error.ts'
import type { AppContext } from '../app-context.ts'
import { postAll } from '../chat/posting.ts'
import { getIn } from '../json-path.ts'
import type { WebhookAnswer } from './outgoing.ts'

/** Posts what a receiver answered to an event about a message; `bot` is who answers without a token. */
export function postReplies(
  context: AppContext,
  bot: Caller,
  payload: Pick<Payload, 'event' | 'data'>,
  answer: WebhookAnswer,
): void {
  const conversation = context.store.conversations.get(asText(getIn(payload.data, ['conversation', 'id'])) ?? '')
  if (conversation === undefined || !payload.event.startsWith('message.')) return
  const body = bodyIn(answer)
  const token = textIn(body, 'token')
  const checked = token === null ? { caller: bot } : context.tokens.check(token, 'access_token')
  if ('fault' in checked) return
  try {
    postAll(context, checked.caller, conversation, repliesIn(body))
  } catch (error) {
    // The platform ignores messages it cannot make sense of; the receiver does not learn of it.
    if (!(error instanceof ApiError)) throw error
  }
}

/** The JSON of an answer; anything else holds no replies. */
const bodyIn = ({ type, body }: WebhookAnswer): unknown =>
  /^application\/json\b/i.test(type) && body ? parse(body) : null

/** `{"messages":[{"text":"…"}]}` */
function repliesIn(body: unknown): readonly Json[] {
  const messages = getIn(body, ['messages'])
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
