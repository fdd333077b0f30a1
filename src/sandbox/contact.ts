// A contact: a person in a conversation with the bot, and the waiting for what the bot answers.

import { waitUntil, withDeadline } from '../core/async.ts'
import { DevHookError } from '../core/errors.ts'
import type { Off } from '../core/listeners.ts'
import type { Message } from '../protocol/resources.ts'
import type { AppContext } from './app-context.ts'
import { createConversation } from './resources/conversations.ts'
import { post } from './resources/messages.ts'
import { newDocument } from './resources/resource.ts'
import type { SandboxDelivery } from './webhooks/deliver.ts'

/** How long to wait for the bot; 10 s by default. */
interface WaitOptions {
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

export interface Contact {
  readonly id: string
  readonly name: string
  /** The id of the conversation. */
  readonly conversation: string
  /** Everything that was posted in the conversation so far, oldest first. */
  readonly messages: readonly Message[]
  /** Posts a message, and resolves with the bot's next one; rejects with what happened instead. */
  say(text: string, options?: WaitOptions): Promise<Message>
  /** Posts a message, and waits for nothing. */
  send(text: string): Message
  /** Presses a button that carries this payload, and waits for nothing. */
  press(payload: string): Message
  /** The first `n` messages of the bot since this contact last posted or pressed something; rejects like `say`. */
  replies(n: number, options?: WaitOptions): Promise<readonly Message[]>
}

const DEFAULT_TIMEOUT_MS = 10_000

/** What a contact needs of the sandbox. */
export interface ContactOptions {
  readonly context: AppContext
  readonly name: string
  /** The deliveries that announce a message. */
  readonly deliveries: (message: string) => readonly SandboxDelivery[]
  /** Calls the listener after every new message and every attempt to deliver one. */
  readonly on: (listener: () => void) => Off
  /** Aborted when the sandbox closes; no wait is longer than that. */
  readonly closed: AbortSignal
}

/** Creates a person, in a conversation of their own. */
export function createContact({ context, name, deliveries, on, closed }: ContactOptions): Contact {
  const { id } = context.store.contacts.add(newDocument(context, { name }))
  const conversation = createConversation(context, { name, contact: id, type: 'contact' })
  let last: Message | null = null

  const messages = (): readonly Message[] =>
    context.store.messages.all().filter((message) => message.conversation === conversation.id)

  function postMessage(type: 'chat' | 'postback', text: string): Message {
    last = post(context, conversation, { role: 'contact', type, text })
    return last
  }

  function repliesTo(message: Message | null): readonly Message[] {
    const all = messages()
    const since = message === null ? -1 : all.findIndex((other) => other.id === message.id)
    return all.slice(since + 1).filter((other) => other.role === 'bot' && other.type !== 'command')
  }

  async function waitForReplies(
    n: number,
    message: Message | null,
    { timeoutMs = DEFAULT_TIMEOUT_MS, signal }: WaitOptions,
  ): Promise<readonly Message[]> {
    const signals = signal === undefined ? [closed] : [closed, signal]
    const outcomes = (): readonly SandboxDelivery[] => (message === null ? [] : deliveries(message.id))
    const giveUp = (when: string): DevHookError => noReply(name, when, n, repliesTo(message).length, outcomes())
    const check = (): readonly Message[] | null => {
      const replies = repliesTo(message)
      if (replies.length >= n) return replies.slice(0, n)
      if (message !== null && isHopeless(outcomes())) throw giveUp('')
      return null
    }
    return withDeadline(signals, { ms: timeoutMs, reason: 'no reply in time' }, (limited) =>
      waitUntil(check, on, limited).catch((error: unknown) => {
        const isLate = limited.aborted && !signals.some(({ aborted }) => aborted)
        throw isLate ? giveUp(` within ${timeoutMs} ms`) : error
      }),
    )
  }

  return {
    id,
    name,
    conversation: conversation.id,
    get messages() {
      return messages()
    },
    say: async (text, options = {}) => {
      const [reply] = await waitForReplies(1, postMessage('chat', text), options)
      if (reply === undefined) throw new DevHookError('unexpected', 'waited for one reply and got none')
      return reply
    },
    send: (text) => postMessage('chat', text),
    press: (payload) => postMessage('postback', payload),
    replies: (n, options = {}) => waitForReplies(n, last, options),
  }
}

/** No further attempt will be made, or there never was one. */
const isHopeless = (deliveries: readonly SandboxDelivery[]): boolean =>
  deliveries.every(({ state }) => state === 'given-up' || state === 'dropped')

function noReply(
  name: string,
  when: string,
  n: number,
  got: number,
  deliveries: readonly SandboxDelivery[],
): DevHookError {
  const replies = n === 1 ? 'no reply' : `${got} of ${n} replies`
  const why = deliveries.length === 0 ? 'nobody is registered for this event' : deliveries.map(explain).join('; ')
  return new DevHookError('noReply', `${name} got ${replies}${when}: ${why}`)
}

/** What became of a delivery that brought no reply. */
function explain({ origin, attempts, state }: SandboxDelivery): string {
  const attempt = attempts.at(-1)
  if (state === 'dropped') return `the delivery to ${origin} was dropped, too many are under way`
  if (attempt === undefined) return `${origin} has not answered the delivery yet`
  const next = state === 'given-up' ? 'given up' : 'to be tried again'
  if (attempt.status === null) return `the delivery to ${origin} failed: ${attempt.error} (${next})`
  if (state === 'delivered') return `${origin} answered ${attempt.status}, but the bot posted nothing`
  return `the delivery to ${origin} failed with status ${attempt.status} (${next})`
}
