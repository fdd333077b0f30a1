// The states of a delivery, and the table of transitions: what each tells the journal and the platform.

import { type Attempt, isSuccess, type Settled } from '../../core/delivery.ts'

/**
 * `waiting → sending → answered | received | broken | returned | owed`, and back from `sending` to `waiting` when the bot refuses an
 * attempt. The first two exist twice: with `-acknowledged`, dev-hook has told the platform "received" before the bot had the delivery.
 */
export type DeliveryState =
  /** In the queue; not a byte of it has been sent. */
  | 'waiting'
  | 'waiting-acknowledged'
  /** At the bot: an attempt is under way. */
  | 'sending'
  | 'sending-acknowledged'
  /** The bot answered 2xx itself. */
  | 'answered'
  /** The bot answered with an error, and dev-hook told the platform "received". */
  | 'received'
  /** Its connection broke after bytes were sent, and dev-hook told the platform "received": only a person has it sent again. */
  | 'broken'
  /** The platform was told that it was not received, and will send it again. */
  | 'returned'
  /** Acknowledged, but not sent before the end of the run: the next run delivers it. */
  | 'owed'

/** What can happen to a delivery. */
export type DeliveryEvent =
  /** An attempt begins; not a byte of it has left. */
  | 'sends'
  /** The attempt was refused: not a byte was sent. */
  | 'refused'
  /** The bot answered 2xx. */
  | 'answered'
  /** The bot answered anything else, which is kept from the platform. */
  | 'failed'
  /** The bot answered anything else, which is passed on to the platform. */
  | 'failed-passed'
  /** The connection broke after bytes were sent, and the platform must not send the delivery again. */
  | 'broke'
  /** The connection broke after bytes were sent, and the platform is to send the delivery again. */
  | 'broke-retried'
  /** The delivery is not a valid HTTP request, so that it can never be sent. */
  | 'unsendable'
  /** Given up; not a byte was sent. */
  | 'cancelled'
  /** Given up; the bot may have some of it. */
  | 'cancelled-sent'
  /** The platform has waited long enough: dev-hook answers "received". */
  | 'acknowledged'
  /** The disk refused the delivery, so that it must not be acknowledged after all. */
  | 'not-recorded'

/** What the platform is told: nothing yet, the bot's own reply, "received", or an error after which it sends the delivery again. */
export type Told = 'nothing' | 'reply' | 'received-once-synced' | 'received' | 'unavailable' | 'bad-gateway'

export interface Transition {
  readonly to: DeliveryState
  /** What the journal records; `null` for nothing. */
  readonly settle: Settled | null
  /** What the platform is told, if it still waits. */
  readonly tell: Told
}

const row = (to: DeliveryState, settle: Settled | null = null, tell: Told = 'nothing'): Transition => ({
  to,
  settle,
  tell,
})

type Open = 'waiting' | 'sending' | 'waiting-acknowledged' | 'sending-acknowledged'

const ANSWERED_BY_BOT = {
  answered: row('answered', 'delivered', 'reply'),
  failed: row('received', 'delivered', 'received-once-synced'),
}

/** Every transition. An event that is not in the row of a state changes nothing. */
const TRANSITIONS: Readonly<Record<Open, Partial<Record<DeliveryEvent, Transition>>>> = {
  waiting: {
    sends: row('sending'),
    acknowledged: row('waiting-acknowledged', 'acknowledged', 'received-once-synced'),
    cancelled: row('returned', 'returned', 'unavailable'),
  },
  sending: {
    ...ANSWERED_BY_BOT,
    'failed-passed': row('returned', 'returned', 'reply'),
    refused: row('waiting'),
    acknowledged: row('sending-acknowledged', 'interrupted', 'received-once-synced'),
    broke: row('broken', 'interrupted', 'received-once-synced'),
    'broke-retried': row('returned', 'returned', 'bad-gateway'),
    // Under any policy: "received" must not be said of what the bot can never get.
    unsendable: row('returned', 'returned', 'bad-gateway'),
    cancelled: row('returned', 'returned', 'unavailable'),
    'cancelled-sent': row('returned', 'returned', 'unavailable'),
  },
  'waiting-acknowledged': {
    // Recorded as interrupted before its first byte leaves: should dev-hook die before the answer, nobody knows whether the bot has
    // it, and the bot must not get it twice.
    sends: row('sending-acknowledged', 'interrupted'),
    cancelled: row('owed', 'acknowledged', 'received'),
    'not-recorded': row('waiting'),
  },
  'sending-acknowledged': {
    ...ANSWERED_BY_BOT,
    'failed-passed': ANSWERED_BY_BOT.failed,
    refused: row('waiting-acknowledged', 'acknowledged'),
    broke: row('broken', 'interrupted', 'received-once-synced'),
    'broke-retried': row('broken', 'interrupted', 'received-once-synced'),
    unsendable: row('broken', 'interrupted', 'received-once-synced'),
    cancelled: row('owed', 'acknowledged', 'received'),
    // The bot may have it: like one whose connection broke, it is not sent again by itself.
    'cancelled-sent': row('broken', 'interrupted', 'received-once-synced'),
    'not-recorded': row('sending'),
  },
}

/** The transition that an event makes; `null` when it makes none. */
export function transition(state: DeliveryState, event: DeliveryEvent): Transition | null {
  return isOpen(state) ? (TRANSITIONS[state][event] ?? null) : null
}

/** Whether a delivery in this state is still on its way to the bot. */
export const isOpen = (state: DeliveryState): state is Open => Object.hasOwn(TRANSITIONS, state)

/** Whether a delivery in this state waits in the queue. */
export const isWaiting = (state: DeliveryState): boolean => state === 'waiting' || state === 'waiting-acknowledged'

/** Whether a delivery in this state was acknowledged, and the bot has not answered it. */
export const isUndelivered = (state: DeliveryState): boolean =>
  state === 'waiting-acknowledged' || state === 'sending-acknowledged' || state === 'owed'

/** What the platform is told when something goes wrong. */
export interface TrafficPolicy {
  /** When the bot is too late: `ack` has dev-hook answer "received", `retry` has the platform send the delivery again. */
  readonly late: 'ack' | 'retry'
  /** When the bot answers with an error: `ack` has dev-hook answer "received", `pass` passes the error on. */
  readonly onBotError: 'ack' | 'pass'
}

/** The event that the end of an attempt is, under a policy. */
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
