// A contact: a person in a conversation with the bot, and the waiting for what the bot answers.

import { waitUntil, withDeadline } from '../../core/async.ts'
import { DevHookError } from '../../core/errors.ts'
import { isRecord, type Json } from '../../core/json.ts'
import type { Off } from '../../core/listeners.ts'
import type { Message } from '../../protocol/resources.ts'
import { unseenByContact } from '../../protocol/visibility.ts'
import type { Caller } from '../access/tokens.ts'
import type { AppContext } from '../app-context.ts'
import { addContact, createConversation } from '../resources/conversations.ts'
import { adminOf } from '../seed.ts'
import type { SandboxDelivery } from '../webhooks/deliver.ts'
import { isBy } from './people.ts'
import { post } from './posting.ts'

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
  /** Posts a message, and resolves with the next one of the bot's that this contact sees; rejects with what happened instead. */
  say(text: string, options?: WaitOptions): Promise<Message>
  /** Posts a message, and waits for nothing. */
  send(text: string): Message
  /** Presses a button that carries this payload, and waits for nothing. */
  press(payload: string): Message
  /** The first `n` messages of the bot's that this contact sees since this contact last posted or pressed something; rejects like `say`. */
  replies(n: number, options?: WaitOptions): Promise<readonly Message[]>
}

const DEFAULT_TIMEOUT_MS = 10_000

/** What a contact needs of the sandbox. */
export interface ContactOptions {
  readonly context: AppContext
  readonly name: string
  /** The e-mail address that they log in with; `null` for none. */
  readonly email: string | null
  /** The deliveries that announce a message. */
  readonly deliveries: (message: string) => readonly SandboxDelivery[]
  /** Calls the listener after every message in a conversation and every attempt to deliver something that happened there. */
  readonly on: (conversation: string, listener: () => void) => Off
  /** Aborted when the sandbox closes; no wait is longer than that. */
  readonly closed: AbortSignal
}

/** Creates a person, in a conversation of their own. */
export function createContact({ context, name, email, deliveries, on, closed }: ContactOptions): Contact {
  const { store, seeded } = context
  const profile = email === null ? {} : { email }
  const { id } = addContact(context, adminOf(seeded), { name, profile })
  const caller: Caller = { user: id, organization: seeded.organization, scopes: ['guest'] }
  const conversation = createConversation(context, caller, { name, contact: id })
  let last: Message | null = null

  function postMessage(type: 'chat' | 'postback', text: string, more: Json = {}): Message {
    last = post(context, caller, conversation, { ...more, type, text })
    return last
  }

  /** The button that carries a payload: it comes back with the click. */
  function buttonOf(payload: string): Json {
    const actions = store.messages.of(conversation.id).flatMap((message) => message['actions'])
    const button = actions.findLast((action) => isRecord(action) && action['payload'] === payload)
    return { actions: [button ?? { type: 'postback', text: payload, payload }] }
  }

  /** What the bot has said since. */
  function saidSince(message: Message | null): readonly Message[] {
    const all = store.messages.of(conversation.id)
    const since = message === null ? -1 : all.findLastIndex((other) => other.id === message.id)
    return all.slice(since + 1).filter((said) => isBy(said, seeded.bot.id))
  }

  const repliesTo = (message: Message | null): readonly Message[] =>
    saidSince(message).filter((reply) => unseenByContact(reply) === null)

  async function waitForReplies(
    n: number,
    message: Message | null,
    { timeoutMs = DEFAULT_TIMEOUT_MS, signal }: WaitOptions,
  ): Promise<readonly Message[]> {
    const signals = signal === undefined ? [closed] : [closed, signal]
    const outcomes = (): readonly SandboxDelivery[] => (message === null ? [] : deliveries(message.id))
    const giveUp = (when: string): DevHookError => {
      const unread = unseen(name, saidSince(message))
      const reasons = unread === null ? outcomes().map(explain) : [unread]
      return noReply(name, when, n, repliesTo(message).length, reasons)
    }
    const check = (): readonly Message[] | null => {
      const replies = repliesTo(message)
      if (replies.length >= n) return replies.slice(0, n)
      if (message !== null && isHopeless(outcomes())) throw giveUp('')
      return null
    }
    return withDeadline(signals, { ms: timeoutMs, reason: 'no reply in time' }, (limited) =>
      waitUntil(check, (listener) => on(conversation.id, listener), limited).catch((error: unknown) => {
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
      return [...store.messages.of(conversation.id)]
    },
    say: async (text, options = {}) => {
      const [reply] = await waitForReplies(1, postMessage('chat', text), options)
      if (reply === undefined) throw new DevHookError('unexpected', 'waited for one reply and got none')
      return reply
    },
    send: (text) => postMessage('chat', text),
    press: (payload) => postMessage('postback', payload, buttonOf(payload)),
    replies: (n, options = {}) => waitForReplies(n, last, options),
  }
}

/** No further attempt will be made, or there never was one. */
const isHopeless = (deliveries: readonly SandboxDelivery[]): boolean =>
  deliveries.every(({ state }) => state === 'given-up' || state === 'dropped')

function noReply(name: string, when: string, n: number, got: number, reasons: readonly string[]): DevHookError {
  const replies = n === 1 ? 'no reply' : `${got} of ${n} replies`
  const why = reasons.length === 0 ? 'nobody is registered for this event' : reasons.join('; ')
  return new DevHookError('noReply', `${name} got ${replies}${when}: ${why}`)
}

/** What the bot said instead that the contact does not see, commands apart; `null` when it did not. */
function unseen(name: string, said: readonly Message[]): string | null {
  const hidden = said.filter((message) => message.type !== 'command' && unseenByContact(message) !== null)
  const [first] = hidden
  if (first === undefined) return null
  const why = first.isBackchannel ? 'they are in the backchannel' : `role "${first.role}", type "${first.type}"`
  return `the bot wrote ${hidden.length === 1 ? '1 message' : `${hidden.length} messages`} that ${name} does not see (${why})`
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
