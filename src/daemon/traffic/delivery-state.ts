// What becomes of a delivery: its states, and for each change what the journal records and what the platform is told.

import { type Attempt, isSuccess, type Settled } from '../../core/delivery.ts'

/**
 * The way of a delivery: `waiting → sending → answered | received | broken | returned | owed`, and back from `sending` to
 * `waiting` when the bot refused it. Its first two stations exist twice: once the platform has been told "received" in our own
 * name it is `…-acknowledged`, and from then on the promise is ours.
 */
export type DeliveryState =
  /** In the queue; nothing of it has been sent. */
  | 'waiting'
  | 'waiting-acknowledged'
  /** At the bot: an attempt is under way. */
  | 'sending'
  | 'sending-acknowledged'
  /** The bot answered 2xx itself. */
  | 'answered'
  /** The bot had it and answered with an error; the platform was told "received" in our own name. */
  | 'received'
  /** Its connection broke after bytes were sent; told "received", not repeated by itself. */
  | 'broken'
  /** The platform was told that it was not received, and sends it again. */
  | 'returned'
  /** Acknowledged, and not sent before the end of the run: the next run delivers it. */
  | 'owed'

/** What happens to a delivery. */
export type DeliveryEvent =
  /** An attempt begins; not a byte has left yet. */
  | 'sends'
  /** The attempt was refused: nothing of it was sent. */
  | 'refused'
  /** The bot answered 2xx. */
  | 'answered'
  /** The bot answered anything else, and the platform is to be spared it. */
  | 'failed'
  /** The bot answered anything else, and the platform is to have it. */
  | 'failed-passed'
  /** The connection broke after bytes were sent, and the platform is not to send it again. */
  | 'broke'
  /** The same, and the platform is to send it again. */
  | 'broke-retried'
  /** It can never be sent. */
  | 'unsendable'
  /** Given up, and nothing of it was sent. */
  | 'cancelled'
  /** Given up, and the bot may have some of it. */
  | 'cancelled-sent'
  /** The platform has waited long enough: it is to be told "received" in our own name. */
  | 'acknowledged'
  /** The disk refused it, so that it must not be acknowledged after all. */
  | 'not-recorded'

/** What the platform is told: nothing yet, the bot's own reply, "received" once it is on disk, or to come again. */
export type Told = 'nothing' | 'reply' | 'received-once-synced' | 'received' | 'unavailable' | 'bad-gateway'

export interface Transition {
  readonly to: DeliveryState
  /** What the journal records; `null` for nothing. */
  readonly settle: Settled | null
  /** What the platform is told, should it still wait. */
  readonly tell: Told
}

const row = (to: DeliveryState, settle: Settled | null = null, tell: Told = 'nothing'): Transition => ({
  to,
  settle,
  tell,
})

type Open = 'waiting' | 'sending' | 'waiting-acknowledged' | 'sending-acknowledged'

const WITH_THE_BOT = {
  answered: row('answered', 'delivered', 'reply'),
  failed: row('received', 'delivered', 'received-once-synced'),
}

/** Every change that there is. What is not here cannot happen, and changes nothing. */
const TRANSITIONS: Readonly<Record<Open, Partial<Record<DeliveryEvent, Transition>>>> = {
  waiting: {
    sends: row('sending'),
    acknowledged: row('waiting-acknowledged', 'acknowledged', 'received-once-synced'),
    cancelled: row('returned', 'returned', 'unavailable'),
  },
  sending: {
    ...WITH_THE_BOT,
    'failed-passed': row('returned', 'returned', 'reply'),
    refused: row('waiting'),
    acknowledged: row('sending-acknowledged', 'interrupted', 'received-once-synced'),
    broke: row('broken', 'interrupted', 'received-once-synced'),
    'broke-retried': row('returned', 'returned', 'bad-gateway'),
    // Whatever the policy: what the bot can never have is never told "received".
    unsendable: row('returned', 'returned', 'bad-gateway'),
    cancelled: row('returned', 'returned', 'unavailable'),
    'cancelled-sent': row('returned', 'returned', 'unavailable'),
  },
  'waiting-acknowledged': {
    // Recorded before its first byte leaves, as if the connection had broken: should dev-hook die before the answer, nobody
    // knows whether the bot has it, and it must not get it twice.
    sends: row('sending-acknowledged', 'interrupted'),
    cancelled: row('owed', 'acknowledged', 'received'),
    'not-recorded': row('waiting'),
  },
  'sending-acknowledged': {
    ...WITH_THE_BOT,
    'failed-passed': WITH_THE_BOT.failed,
    refused: row('waiting-acknowledged', 'acknowledged'),
    broke: row('broken', 'interrupted', 'received-once-synced'),
    'broke-retried': row('broken', 'interrupted', 'received-once-synced'),
    unsendable: row('broken', 'interrupted', 'received-once-synced'),
    cancelled: row('owed', 'acknowledged', 'received'),
    // The bot may have it by now: not sent again by itself, like one whose connection broke.
    'cancelled-sent': row('broken', 'interrupted', 'received-once-synced'),
    'not-recorded': row('sending'),
  },
}

/** The change that an event makes; `null` where it makes none. */
export function transition(state: DeliveryState, event: DeliveryEvent): Transition | null {
  return isOpen(state) ? (TRANSITIONS[state][event] ?? null) : null
}

/** Whether something is still to happen to it in this run. */
export const isOpen = (state: DeliveryState): state is Open => Object.hasOwn(TRANSITIONS, state)

/** Whether it still waits for the bot: nothing of it has been sent. */
export const isWaiting = (state: DeliveryState): boolean => state === 'waiting' || state === 'waiting-acknowledged'

/** Whether the platform was told "received", and the bot has not had it yet. */
export const isUndelivered = (state: DeliveryState): boolean =>
  state === 'waiting-acknowledged' || state === 'sending-acknowledged' || state === 'owed'

/** What the platform is to be told about what went wrong. */
export interface TrafficPolicy {
  /** For a bot that is too late: `ack` acknowledges in our own name, `retry` lets the platform send again. */
  readonly late: 'ack' | 'retry'
  /** For a bot that answers with an error: `ack` spares the platform, `pass` passes it on. */
  readonly onBotError: 'ack' | 'pass'
}

/** What the end of an attempt means, under a policy. */
export function eventOf(attempt: Attempt, { late, onBotError }: TrafficPolicy): DeliveryEvent {
  switch (attempt.outcome) {
    case 'answered':
      if (isSuccess(attempt.reply.status)) return 'answered'
      return onBotError === 'pass' ? 'failed-passed' : 'failed'
    case 'refused':
      return 'refused'
    case 'interrupted':
      if (attempt.unsendable) return 'unsendable'
      return late === 'retry' ? 'broke-retried' : 'broke'
    case 'timed-out':
      return late === 'retry' ? 'broke-retried' : 'broke'
    case 'cancelled':
      return attempt.sent ? 'cancelled-sent' : 'cancelled'
    default:
      return attempt satisfies never
  }
}
