// The queue against every order of happenings: nothing lost, doubled or out of order, and nothing waits without a reason.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Attempt, Delivery } from '../../src/core/delivery.ts'
import type { Queue, Ticket } from '../../src/core/ports.ts'
import { createQueue } from '../../src/delivery/queue.ts'
import { createFakeBot, type Sent } from '../support/bot/fake-bot.ts'
import { anItem, type TestItem } from '../support/daemon/fakes.ts'
import { aDelivery } from '../support/deliveries.ts'
import { createFakeClock, settled } from '../support/fake-clock.ts'

const LIMITS = { inFlightLimit: 3, maxWaiting: 8, maxWaitingBytes: 100, laneAnswerMs: 5_000, maxOverdue: 0 }

type Step =
  | { readonly do: 'submit'; readonly lane: string | null; readonly bytes: number }
  | { readonly do: 'end'; readonly which: number; readonly outcome: Attempt['outcome'] }
  | { readonly do: 'cancel'; readonly which: number }
  | { readonly do: 'hold' | 'release' }
  | { readonly do: 'pass'; readonly ms: number }

const submits: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('submit' as const),
  lane: fc.constantFrom('a', 'a', 'b', 'c', null),
  bytes: fc.constantFrom(1, 5, 60),
})
const ends: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('end' as const),
  which: fc.nat(5),
  outcome: fc.constantFrom('answered', 'answered', 'refused', 'interrupted', 'timed-out'),
})
const cancels: fc.Arbitrary<Step> = fc.record({ do: fc.constant('cancel' as const), which: fc.nat(30) })
const holds: fc.Arbitrary<Step> = fc.record({ do: fc.constantFrom('hold' as const, 'release', 'release') })
const passes: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('pass' as const),
  ms: fc.constantFrom(10, 4_000, 5_000),
})
const steps = fc.oneof(
  { arbitrary: submits, weight: 8 },
  { arbitrary: ends, weight: 6 },
  { arbitrary: cancels, weight: 2 },
  { arbitrary: holds, weight: 3 },
  { arbitrary: passes, weight: 2 },
)

/** What the test knows of a delivery that was taken. */
interface Known {
  readonly id: string
  readonly lane: string | null
  readonly bytes: number
  readonly ticket: Ticket
  /** Its last attempt, if that is under way. */
  attempt: Sent | null
  /** Whether that attempt began with a release, so that its lane waits for the answer. */
  released: boolean
  held: boolean
  cancelled: boolean
  attempts: Attempt['outcome'][]
  ended: Attempt[]
}

function createWorld() {
  const clock = createFakeClock()
  const taken: Known[] = []
  const byId = (delivery: Delivery): Known | undefined => taken.find(({ id }) => id === delivery.id)
  const waitingOf = (lane: string | null): Known[] =>
    taken.filter((known) => known.ticket.phase === 'waiting' && known.lane === lane)

  /** Whether a lane waits for the answer to something that was released `patience` ms ago at most. */
  const isBusy = (lane: string | null, patience = LIMITS.laneAnswerMs - 1): boolean =>
    lane !== null &&
    taken.some(
      (known) =>
        known.lane === lane && known.released && known.attempt !== null && clock.now() - known.attempt.at <= patience,
    )

  /** Whether a waiting delivery has to wait, although the bot has room. */
  const mustWait = (known: Known, patience?: number): boolean =>
    known.lane !== null && (waitingOf(known.lane)[0] !== known || isBusy(known.lane, patience))

  const bot = createFakeBot(clock.now, (sent) => {
    expect(queue.holding).toBe(false)
    expect(queue.inFlight).toBeLessThanOrEqual(LIMITS.inFlightLimit)
    const known = byId(sent.delivery)
    // Unknown as yet: it went straight, within `submit`.
    const before = known === undefined ? taken : taken.slice(0, taken.indexOf(known))
    // Of lanes whose patience ends at the same instant, one is the first to notice.
    const waiting = before.filter(({ ticket }) => ticket.phase === 'waiting')
    for (const other of waiting) expect(mustWait(other, LIMITS.laneAnswerMs)).toBe(true)
    if (known === undefined) return
    expect(known.attempt).toBeNull()
    expect(known.cancelled).toBe(false)
    if (known.lane !== null) expect(waiting.some(({ lane }) => lane === known.lane)).toBe(false)
    known.attempt = sent
    known.released = known.held
  })

  const queue: Queue<TestItem> = createQueue<TestItem>({
    ...LIMITS,
    send: bot.send,
    now: clock.now,
    after: clock.after,
    on: {
      sends: () => {},
      ended: (item, attempt) => item.end(attempt),
      refused: () => {},
      held: ({ delivery }) => pending.push(() => tell(delivery, true)),
      released: ({ delivery }) => tell(delivery, false),
      attempt: ({ delivery }, n, attempt) => {
        const known = byId(delivery)
        if (known === undefined) return
        known.attempts.push(attempt.outcome)
        known.attempt = null
        expect(n).toBe(known.attempts.length)
      },
      unreachable: () => expect(queue.holding).toBe(true),
      overdue: () => expect.unreachable('none may be'),
      dropped: ({ delivery }) => expect(byId(delivery)?.held).toBe(true),
    },
  })

  // `held` is told within `submit`, before the test knows the delivery.
  const pending: (() => void)[] = []
  const tell = (delivery: Delivery, held: boolean): void => {
    flush()
    const known = byId(delivery)
    expect(known?.held).toBe(!held)
    if (known !== undefined) known.held = held
  }
  const flush = (): void => {
    for (let next = pending.shift(); next; next = pending.shift()) next()
  }

  function submit(lane: string | null, bytes: number): void {
    const delivery = aDelivery({ body: Buffer.alloc(bytes) })
    const full = queue.waiting >= LIMITS.maxWaiting || queue.waitingBytes + bytes > LIMITS.maxWaitingBytes
    const mustQueue = lane !== null && (waitingOf(lane).length > 0 || isBusy(lane))
    const free = !queue.holding && queue.inFlight < LIMITS.inFlightLimit && !mustQueue
    const item = anItem(delivery, lane)
    const ticket = queue.submit(item)
    expect(ticket === null).toBe(full && !free)
    if (ticket === null) return
    expect(ticket.phase).toBe(free ? 'sending' : 'waiting')
    const attempt = free ? (bot.sent.at(-1) ?? null) : null
    const known: Known = {
      id: delivery.id,
      lane,
      bytes,
      ticket,
      attempt,
      released: false,
      held: false,
      cancelled: false,
      attempts: [],
      ended: [],
    }
    taken.push(known)
    flush()
    void item.done.then((ended) => known.ended.push(ended))
  }

  async function run(step: Step): Promise<void> {
    switch (step.do) {
      case 'submit':
        submit(step.lane, step.bytes)
        break
      case 'end': {
        const open = bot.open()
        open[step.which % Math.max(1, open.length)]?.end(step.outcome)
        break
      }
      case 'cancel': {
        const known = taken[step.which]
        if (known === undefined || known.ticket.phase === 'done') break
        known.cancelled = true
        known.ticket.cancel('as told')
        break
      }
      case 'hold':
        queue.hold('as told')
        break
      case 'release':
        queue.release()
        break
      case 'pass':
        await clock.pass(step.ms)
        break
    }
    flush()
    await settled()
    flush()
    check()
  }

  function check(): void {
    const waiting = taken.filter(({ ticket }) => ticket.phase === 'waiting')
    expect(queue.waiting).toBe(waiting.length)
    expect(queue.waitingBytes).toBe(waiting.reduce((sum, { bytes }) => sum + bytes, 0))
    // Refused deliveries come on top of the bound: they were taken before.
    expect(waiting.length).toBeLessThanOrEqual(LIMITS.maxWaiting + LIMITS.inFlightLimit)
    expect(queue.inFlight).toBe(bot.open().length)
    for (const known of taken) {
      expect(known.ended).toHaveLength(known.ticket.phase === 'done' ? 1 : 0)
      if (queue.holding && known.ticket.phase === 'waiting') expect(known.held).toBe(true)
      if (known.held) expect(known.ticket.phase === 'waiting' || known.cancelled).toBe(true)
    }
    const room = !queue.holding && queue.inFlight < LIMITS.inFlightLimit
    if (room) for (const known of waiting) expect(mustWait(known)).toBe(true)
  }

  /** Lets everything go to a bot that answers, and looks at what became of each delivery. */
  async function finish(): Promise<void> {
    while (queue.waiting + queue.inFlight > 0) {
      await run({ do: 'release' })
      await run({ do: 'end', which: 0, outcome: 'answered' })
    }
    for (const { ended, attempts, cancelled, held } of taken) {
      expect(ended).toHaveLength(1)
      const final = attempts.filter((outcome) => outcome !== 'refused')
      expect(final.length).toBeLessThanOrEqual(1)
      if (!cancelled) expect(final).toEqual([ended[0]?.outcome])
      if (!cancelled) expect(held).toBe(false)
      expect(ended[0]?.outcome).not.toBe('refused')
    }
    expect(clock.timers()).toBe(0)
    await queue.idle(new AbortController().signal)
    await queue.close()
  }

  return { run, finish }
}

describe('The queue, in whatever order things happen', () => {
  it('every delivery that was taken ends once, in the order of its lane, and none waits without a reason', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { maxLength: 60, size: 'max' }), async (all) => {
        const world = createWorld()
        for (const step of all) await world.run(step)
        await world.finish()
      }),
      { numRuns: 200 },
    )
  })
})
