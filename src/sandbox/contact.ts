// A person who talks to the bot.

import { DevHookError } from '../core/errors.ts'
import type { Off } from '../core/listeners.ts'

import type { Conversation, Message } from '../protocol/resources.ts'
import type { SandboxDelivery } from './webhooks/deliver.ts'

/** How long to wait for the bot; default 10 s. */
export interface Patience {
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

export interface Contact {
  readonly id: string
  readonly name: string
  /** The id of the conversation. */
  readonly conversation: string
  /** Everything said in the conversation so far, oldest first. */
  readonly messages: readonly Message[]
  /** Says something, and resolves with the bot's next message; rejects with what happened instead. */
  say(text: string, patience?: Patience): Promise<Message>
  /** Says something, and waits for nothing. */
  send(text: string): Message
  /** Presses a button that carries this payload, and waits for nothing. */
  press(payload: string): Message
  /** The first `n` messages of the bot since this contact last said or pressed something; rejects like `say`. */
  replies(n: number, patience?: Patience): Promise<readonly Message[]>
}

const USUAL_PATIENCE_MS = 10_000

/** Creates a person in a conversation of their own. */
export function createContact(options: {
  readonly id: string
  readonly name: string
  readonly conversation: Conversation
  readonly messages: () => readonly Message[]
  readonly post: (type: 'chat' | 'postback', text: string) => Message
  /** The deliveries that announce a message. */
  readonly deliveries: (message: string) => readonly SandboxDelivery[]
  /** Calls after every new message and every attempt to deliver one. */
  readonly on: (listener: () => void) => Off
  /** Aborted when the sandbox closes; nobody waits longer than that. */
  readonly closed: AbortSignal
}): Contact {
  const { id, name, conversation, messages, post, deliveries, on, closed } = options
  let last: Message | null = null

  function utter(type: 'chat' | 'postback', text: string): Message {
    last = post(type, text)
    return last
  }

  function repliesTo(message: Message | null): readonly Message[] {
    const all = messages()
    const since = message === null ? -1 : all.findIndex((other) => other.id === message.id)
    return all.slice(since + 1).filter((other) => other.role === 'bot' && other.type !== 'command')
  }

  function waitFor(n: number, message: Message | null, patience: Patience): Promise<readonly Message[]> {
    const { timeoutMs = USUAL_PATIENCE_MS, signal } = patience
    const outcomes = (): readonly SandboxDelivery[] => (message === null ? [] : deliveries(message.id))
    return new Promise((resolve, reject) => {
      const undo: Off[] = []
      const settle = (finish: () => void): void => {
        for (const off of undo) off()
        finish()
      }
      const giveUp = (when: string): void =>
        settle(() => reject(noReply(name, when, n, repliesTo(message).length, outcomes())))
      const look = (): void => {
        const replies = repliesTo(message)
        if (replies.length >= n) settle(() => resolve(replies.slice(0, n)))
        else if (message !== null && isHopeless(outcomes())) giveUp('')
      }
      const end = (by: AbortSignal): void => {
        const aborted = (): void => settle(() => reject(by.reason))
        by.addEventListener('abort', aborted)
        undo.push(() => by.removeEventListener('abort', aborted))
      }

      const ends = signal === undefined ? [closed] : [closed, signal]
      const over = ends.find((by) => by.aborted)
      if (over !== undefined) return reject(over.reason)
      ends.forEach(end)
      const timer = setTimeout(giveUp, timeoutMs, ` within ${timeoutMs} ms`)
      undo.push(on(look), () => clearTimeout(timer))
      look()
    })
  }

  return {
    id,
    name,
    conversation: conversation.id,
    get messages() {
      return messages()
    },
    say: async (text, patience = {}) => {
      const [reply] = await waitFor(1, utter('chat', text), patience)
      if (reply === undefined) throw new DevHookError('unexpected', 'waited for one reply and got none')
      return reply
    },
    send: (text) => utter('chat', text),
    press: (payload) => utter('postback', payload),
    replies: (n, patience = {}) => waitFor(n, last, patience),
  }
}

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
  const what = deliveries.length === 0 ? 'nobody is registered for this event' : deliveries.map(fateOf).join('; ')
  return new DevHookError('noReply', `${name} got ${replies}${when}: ${what}`)
}

function fateOf({ origin, attempts, state }: SandboxDelivery): string {
  const attempt = attempts.at(-1)
  if (state === 'dropped') return `the delivery to ${origin} was dropped, too many are under way`
  if (attempt === undefined) return `${origin} has not answered the delivery yet`
  const next = state === 'given-up' ? 'given up' : 'to be tried again'
  if (attempt.status === null) return `the delivery to ${origin} failed: ${attempt.error} (${next})`
  if (state === 'delivered') return `${origin} answered ${attempt.status}, but the bot posted nothing`
  return `the delivery to ${origin} failed with status ${attempt.status} (${next})`
}
