// The table of what becomes of a delivery, against the promises that it has to keep, whatever happens in which order.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type DeliveryEvent,
  type DeliveryState,
  eventOf,
  isOpen,
  isUndelivered,
  type Told,
  transition,
} from '../../../src/daemon/traffic/delivery-state.ts'
import { anAttempt } from '../../support/attempts.ts'

const EVENTS = [
  'sends',
  'refused',
  'answered',
  'failed',
  'failed-passed',
  'broke',
  'broke-retried',
  'unsendable',
  'cancelled',
  'cancelled-sent',
  'acknowledged',
  'not-recorded',
] as const satisfies readonly DeliveryEvent[]

const TOLD_RECEIVED: ReadonlySet<Told> = new Set(['received', 'received-once-synced'])

/** Every change that a list of events makes, from the beginning. */
function changesOf(events: readonly DeliveryEvent[], from: DeliveryState = 'waiting') {
  let state = from
  return events.flatMap((event) => {
    const change = transition(state, event)
    if (change === null) return []
    const before = state
    state = change.to
    return [{ before, event, ...change }]
  })
}

const lives = fc.array(fc.constantFrom(...EVENTS), { maxLength: 30 })
const beginnings = fc.constantFrom<DeliveryState>('waiting', 'waiting-acknowledged')

describe('The state of a delivery', () => {
  it('is final once the delivery has ended: no event changes it', () => {
    for (const state of ['answered', 'received', 'broken', 'returned', 'owed'] as const)
      for (const event of EVENTS) expect(transition(state, event)).toBeNull()
  })

  it('can become final from every open state', () => {
    for (const state of ['waiting', 'sending', 'waiting-acknowledged', 'sending-acknowledged'] as const)
      expect(EVENTS.some((event) => !isOpen(transition(state, event)?.to ?? state))).toBe(true)
  })

  it('never lets the platform send again what it was told is received', () => {
    fc.assert(
      fc.property(beginnings, lives, (from, events) => {
        let acknowledged = from === 'waiting-acknowledged'
        for (const { event, to, tell } of changesOf(events, from)) {
          if (event === 'acknowledged') acknowledged = true
          // The disk refused, so that the platform was not told.
          if (event === 'not-recorded') acknowledged = false
          if (!acknowledged) continue
          expect(to).not.toBe('returned')
          expect(['unavailable', 'bad-gateway']).not.toContain(tell)
        }
      }),
    )
  })

  it('has the platform told "received" by dev-hook only of what the journal keeps', () => {
    fc.assert(
      fc.property(beginnings, lives, (from, events) => {
        for (const { tell, settle } of changesOf(events, from))
          if (TOLD_RECEIVED.has(tell)) expect(['acknowledged', 'interrupted', 'delivered']).toContain(settle)
      }),
    )
  })

  it('is recorded as interrupted before a byte of what was acknowledged leaves', () => {
    fc.assert(
      fc.property(beginnings, lives, (from, events) => {
        let recorded: string | null = from === 'waiting-acknowledged' ? 'acknowledged' : null
        for (const { to, settle } of changesOf(events, from)) {
          recorded = settle ?? recorded
          if (to === 'sending-acknowledged') expect(recorded).toBe('interrupted')
          // Nothing of it is at the bot, so the next run may deliver it.
          if (to === 'waiting-acknowledged' || to === 'owed') expect(recorded).toBe('acknowledged')
        }
      }),
    )
  })

  it('is owed to the next run only if the delivery was acknowledged and not a byte was sent', () => {
    fc.assert(
      fc.property(beginnings, lives, (from, events) => {
        for (const { before, to, event } of changesOf(events, from)) {
          if (to !== 'owed') continue
          expect(isUndelivered(before)).toBe(true)
          expect(event).toBe('cancelled')
        }
      }),
    )
  })
})

describe('The end of an attempt', () => {
  it.each([
    [anAttempt('answered', { status: 204 }), 'ack', 'ack', 'answered'],
    [anAttempt('answered', { status: 500 }), 'ack', 'ack', 'failed'],
    [anAttempt('answered', { status: 302 }), 'ack', 'pass', 'failed-passed'],
    [anAttempt('interrupted'), 'ack', 'ack', 'broke'],
    [anAttempt('timed-out'), 'retry', 'ack', 'broke-retried'],
    [anAttempt('refused'), 'retry', 'ack', 'refused'],
    [anAttempt('cancelled', { sent: true }), 'ack', 'ack', 'cancelled-sent'],
    [anAttempt('cancelled'), 'ack', 'ack', 'cancelled'],
  ] as const)('%o means, with %s and %s, that it %s', (attempt, late, onBotError, event) => {
    expect(eventOf(attempt, { late, onBotError })).toBe(event)
  })
})
