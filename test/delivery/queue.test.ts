// What the queue does with one delivery after the other.

import { beforeEach, describe, expect, it } from 'vitest'
import type { Queue, QueueItem } from '../../src/core/ports.ts'
import { createQueue, type QueueEvents, type QueueOptions } from '../../src/delivery/queue.ts'
import { anAttempt } from '../support/attempts.ts'
import { createFakeBot, type FakeBot } from '../support/bot/fake-bot.ts'
import { anItem, type TestItem } from '../support/daemon/fakes.ts'
import { aDelivery } from '../support/deliveries.ts'
import { createFakeClock, type FakeClock, settled } from '../support/fake-clock.ts'

let clock: FakeClock
let bot: FakeBot
let told: string[]

beforeEach(() => {
  clock = createFakeClock()
  bot = createFakeBot(clock.now)
  told = []
})

const nameOf = ({ delivery }: QueueItem): string => delivery.id

const on: QueueEvents<TestItem> = {
  sends: () => {},
  attempt: (item, n, { outcome }) => told.push(`${nameOf(item)} attempt ${n} ${outcome}`),
  refused: () => {},
  ended: (item, attempt) => item.end(attempt),
  held: (item, reason) => told.push(`${nameOf(item)} held: ${reason}`),
  released: (item, ms) => told.push(`${nameOf(item)} released after ${ms}`),
  dropped: (item, ms) => told.push(`${nameOf(item)} dropped after ${ms}`),
  unreachable: () => told.push('unreachable'),
  overdue: (count) => told.push(`${count} overdue`),
}

function aQueue(options: Partial<QueueOptions<TestItem>> = {}): Queue<TestItem> {
  return createQueue({
    send: bot.send,
    now: clock.now,
    after: clock.after,
    on,
    ...options,
  })
}

/** Submits deliveries named after their lane: `a1` to lane `a`, `-1` to none. */
const submit = (queue: Queue<TestItem>, ...ids: string[]) =>
  ids.map((id) => {
    const item = anItem(aDelivery({ id }), id.startsWith('-') ? null : id.slice(0, 1))
    const ticket = queue.submit(item)
    if (ticket === null) throw new Error(`${id} was not taken`)
    return {
      done: item.done,
      cancel: ticket.cancel,
      get phase() {
        return ticket.phase
      },
    }
  })

const sentIds = (): string[] => bot.sent.map(({ delivery }) => delivery.id)

const end = async (
  id: string,
  outcome: 'answered' | 'refused' | 'interrupted' = 'answered',
  fields: { readonly alone?: boolean } = {},
): Promise<void> => {
  bot
    .open()
    .find(({ delivery }) => delivery.id === id)
    ?.end(outcome, fields)
  await settled()
}

describe('The queue', () => {
  it('a delivery goes to a bot that is ready at once, within the call', () => {
    const queue = aQueue()
    const [ticket] = submit(queue, 'a1')
    expect(sentIds()).toEqual(['a1'])
    expect(ticket?.phase).toBe('sending')
    expect(queue.inFlight).toBe(1)
  })

  it('the answer to the attempt ends the ticket, and nothing is reported as held', async () => {
    const queue = aQueue()
    const [ticket] = submit(queue, 'a1')
    await end('a1')
    expect(ticket?.phase).toBe('done')
    expect(await ticket?.done).toMatchObject({ outcome: 'answered', reply: { status: 200 } })
    expect(told).toEqual(['a1 attempt 1 answered'])
    expect(queue.inFlight).toBe(0)
  })

  it('headers given with a delivery go with its attempt', () => {
    const queue = aQueue()
    queue.submit(anItem(aDelivery(), null, { headers: ['x', 'y'] }))
    queue.submit(anItem(aDelivery(), null))
    expect(bot.sent.map(({ headers }) => headers)).toEqual([['x', 'y'], undefined])
  })

  it('lanes never serialise while nothing is held', () => {
    submit(aQueue(), 'a1', 'a2', 'a3')
    expect(sentIds()).toEqual(['a1', 'a2', 'a3'])
  })

  it('a hold keeps what is not sent, and a release sends one delivery of each lane', async () => {
    const queue = aQueue()
    queue.hold('bot restarting')
    submit(queue, 'a1', 'b1', 'a2', '-1', '-2', 'a3')
    expect([queue.holding, queue.waiting, sentIds()]).toEqual([true, 6, []])
    await clock.pass(1_200)
    queue.release()
    expect(sentIds()).toEqual(['a1', 'b1', '-1', '-2'])
    await end('a1')
    await end('a2')
    expect(sentIds()).toEqual(['a1', 'b1', '-1', '-2', 'a2', 'a3'])
    expect(told.slice(0, 6)).toEqual(['a1', 'b1', 'a2', '-1', '-2', 'a3'].map((id) => `${id} held: bot restarting`))
    expect(told).toContain('a3 released after 1200')
  })

  it('a lane goes on without an answer after 5 s', async () => {
    const queue = aQueue()
    queue.hold('x')
    submit(queue, 'a1', 'a2', 'a3')
    queue.release()
    await clock.pass(4_999)
    expect(sentIds()).toEqual(['a1'])
    await clock.pass(1)
    expect(sentIds()).toEqual(['a1', 'a2'])
    await end('a1')
    expect(sentIds()).toEqual(['a1', 'a2'])
    await clock.pass(5_000)
    expect(sentIds()).toEqual(['a1', 'a2', 'a3'])
  })

  it('what arrives while its lane drains queues behind it, and other lanes are free', async () => {
    const queue = aQueue()
    queue.hold('x')
    submit(queue, 'a1')
    queue.release()
    submit(queue, 'a2', 'b1', '-1')
    expect(sentIds()).toEqual(['a1', 'b1', '-1'])
    expect(told).toContain('a2 held: behind its conversation')
    await end('a1')
    await end('a2')
    submit(queue, 'a3', 'a4')
    expect(sentIds()).toEqual(['a1', 'b1', '-1', 'a2', 'a3', 'a4'])
    expect(clock.timers()).toBe(0)
  })

  it('a hold while lanes drain stops further starts', async () => {
    const queue = aQueue()
    queue.hold('x')
    submit(queue, 'a1', 'a2')
    queue.release()
    queue.hold('y')
    await end('a1')
    await clock.pass(10_000)
    expect(sentIds()).toEqual(['a1'])
    queue.release()
    expect(sentIds()).toEqual(['a1', 'a2'])
  })

  it('a refused delivery holds the queue and goes first once it is released', async () => {
    const queue = aQueue()
    const tickets = submit(queue, 'a1', 'a2', 'a3')
    await end('a2', 'refused')
    expect(queue.holding).toBe(true)
    submit(queue, 'a4')
    await end('a3', 'refused')
    await end('a1', 'refused')
    expect(tickets.map((ticket) => ticket.phase)).toEqual(['waiting', 'waiting', 'waiting'])
    queue.release()
    for (const id of ['a1', 'a2', 'a3', 'a4']) await end(id)
    expect(sentIds().slice(3)).toEqual(['a1', 'a2', 'a3', 'a4'])
    expect(told.slice(0, 3)).toEqual(['a2 attempt 1 refused', 'a2 held: bot not reachable', 'unreachable'])
    expect(told).toContain('a1 attempt 2 answered')
  })

  it.each(['a', '-'])('a delivery that is refused alone blocks only what is behind it in lane %s', async (lane) => {
    const queue = aQueue()
    submit(queue, `${lane}1`)
    await end(`${lane}1`, 'refused', { alone: true })
    submit(queue, 'a2', 'b1')
    expect(queue.holding).toBe(false)
    expect(sentIds()).toEqual(lane === 'a' ? ['a1', 'b1'] : ['-1', 'a2', 'b1'])
    expect(told).toEqual([
      `${lane}1 attempt 1 refused`,
      `${lane}1 held: it broke`,
      ...(lane === 'a' ? ['a2 held: behind its conversation'] : []),
    ])
    await clock.pass(1_000)
    await end(`${lane}1`)
    expect(sentIds().slice(2)).toEqual(lane === 'a' ? ['a1', 'a2'] : ['b1', '-1'])
    for (const id of ['a2', 'b1']) await end(id)
    expect([queue.waiting, clock.timers()]).toEqual([0, 0])
  })

  it('a delivery that was refused alone is tried ever more slowly, up to every 15 s', async () => {
    const queue = aQueue()
    submit(queue, 'a1')
    for (let n = 0; n < 20; n += 1) {
      const before = bot.sent.length
      await end('a1', 'refused', { alone: true })
      await clock.pass(Math.min(15_000, 1_000 * 2 ** n))
      expect(bot.sent.length - before).toBe(1)
    }
    const [before, last] = bot.sent.slice(-2)
    expect((last?.at ?? 0) - (before?.at ?? 0)).toBeGreaterThanOrEqual(7_500)
    await end('a1')
  })

  it('what is behind a delivery that was refused alone goes when that is cancelled, but not at the end', async () => {
    const queue = aQueue()
    const [first] = submit(queue, 'a1')
    submit(queue, 'a2')
    await end('a2')
    await end('a1', 'refused', { alone: true })
    submit(queue, 'a3')
    first?.cancel('as told')
    expect(sentIds()).toEqual(['a1', 'a2', 'a3'])
    await end('a3', 'refused', { alone: true })
    submit(queue, 'a4')
    await queue.close()
    expect(sentIds()).toEqual(['a1', 'a2', 'a3'])
    expect(clock.timers()).toBe(0)
  })

  it('a refusal during a hold keeps the reason of the hold', async () => {
    const queue = aQueue()
    submit(queue, 'a1')
    queue.hold('bot restarting')
    await end('a1', 'refused')
    expect(told).toContain('a1 held: bot restarting')
  })

  it('a release while a refusal is being reported is safe', async () => {
    const queue: Queue<TestItem> = aQueue({
      on: { ...on, unreachable: () => queue.release() },
    })
    submit(queue, 'a1', 'a2')
    await end('a1', 'refused')
    submit(queue, 'a3')
    expect(sentIds()).toEqual(['a1', 'a2', 'a1'])
    await end('a1')
    await end('a3')
    expect(sentIds()).toEqual(['a1', 'a2', 'a1', 'a3'])
    expect([queue.waiting, clock.timers()]).toEqual([0, 0])
  })

  it.each(['interrupted', 'timed-out'] as const)('an attempt that ends as %s is not repeated', async (outcome) => {
    const queue = aQueue()
    const [ticket] = submit(queue, 'a1')
    bot.sent[0]?.end(outcome)
    expect((await ticket?.done)?.outcome).toBe(outcome)
    expect([queue.holding, bot.sent.length]).toEqual([false, 1])
  })

  it('a busy bot makes deliveries wait in order of arrival, unreported and without serialising', async () => {
    const queue = aQueue({ inFlightLimit: 2 })
    submit(queue, 'a1', 'a2', 'a3', 'b1', 'a4')
    expect([queue.inFlight, queue.waiting]).toEqual([2, 3])
    await end('a1')
    await end('a2')
    await end('a3')
    expect(sentIds()).toEqual(['a1', 'a2', 'a3', 'b1', 'a4'])
    expect(told.filter((text) => /held|released/.test(text))).toEqual([])
  })

  it('a hold reports those that waited for a free slot, too', async () => {
    const queue = aQueue({ inFlightLimit: 1 })
    submit(queue, 'a1', 'a2')
    await clock.pass(100)
    queue.hold('bot restarting')
    queue.hold('bot crashed')
    expect(told).toEqual(['a2 held: bot restarting'])
    await clock.pass(100)
    queue.release()
    await end('a1')
    expect(told).toContain('a2 released after 200')
  })

  it('what is released stays within the limit', async () => {
    const queue = aQueue({ inFlightLimit: 3 })
    queue.hold('x')
    submit(queue, ...Array.from({ length: 10 }, (_, i) => `-${i}`))
    queue.release()
    expect(bot.open()).toHaveLength(3)
    await end('-0')
    expect(sentIds()).toEqual(['-0', '-1', '-2', '-3'])
  })

  it('an attempt that is not answered for as long as the platform waits gives up its slot', async () => {
    const queue = aQueue({ inFlightLimit: 2, overdueMs: 18_000, maxOverdue: 3 })
    submit(queue, 'a1', 'a2')
    await clock.pass(10_000)
    submit(queue, 'a3', 'a4', 'a5', 'a6', 'a7')
    await clock.pass(7_999)
    expect(sentIds()).toEqual(['a1', 'a2'])
    await clock.pass(1)
    expect(told).toEqual(['2 overdue'])
    expect(sentIds()).toEqual(['a1', 'a2', 'a3', 'a4'])
    // One more may, and then there is an end to it.
    await clock.pass(18_000)
    expect(sentIds()).toEqual(['a1', 'a2', 'a3', 'a4', 'a5'])
    await clock.pass(100_000)
    expect([queue.inFlight, queue.waiting, clock.timers()]).toEqual([5, 2, 0])
    // One that is answered at last makes room like any other.
    await end('a1')
    await end('a5')
    await clock.pass(0)
    expect(sentIds()).toEqual(['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'])
    for (const id of ['a2', 'a3', 'a4', 'a6', 'a7']) await end(id)
    expect([queue.inFlight, queue.waiting, clock.timers()]).toEqual([0, 0, 0])
  })

  it('a delivery that is cancelled while it is held is reported with how long that was', async () => {
    const queue = aQueue()
    queue.hold('bot starting')
    const [first] = submit(queue, 'a1')
    await clock.pass(1_500)
    first?.cancel('the end')
    expect(told).toEqual(['a1 held: bot starting', 'a1 dropped after 1500'])
  })

  it('no timer is left once the bot has nothing', async () => {
    const queue = aQueue({ inFlightLimit: 1 })
    submit(queue, 'a1', 'a2')
    expect(clock.timers()).toBe(1)
    await end('a1')
    await end('a2')
    expect(clock.timers()).toBe(0)
  })

  it('a waiting delivery that is cancelled leaves the others in order', async () => {
    const queue = aQueue()
    queue.hold('x')
    const [, second, third] = submit(queue, 'a1', 'a2', 'a3', 'a4')
    second?.cancel('hold over')
    third?.cancel('hold over')
    third?.cancel('again')
    expect(await second?.done).toMatchObject({ outcome: 'cancelled', reason: 'hold over' })
    expect(queue.waiting).toBe(2)
    queue.release()
    await end('a1')
    await end('a4')
    expect(sentIds()).toEqual(['a1', 'a4'])
    expect(told.filter((text) => text.includes('released'))).toHaveLength(2)
  })

  it('a sent delivery that is cancelled aborts its attempt', async () => {
    const queue = aQueue()
    const [ticket] = submit(queue, 'a1')
    ticket?.cancel('shutting down')
    expect(bot.sent[0]?.cancelled).toBe('shutting down')
    expect((await ticket?.done)?.outcome).toBe('cancelled')
    ticket?.cancel('again')
    expect(queue.inFlight).toBe(0)
  })

  it('a cancelled delivery whose attempt was refused meanwhile is cancelled and not repeated', async () => {
    const queue = aQueue()
    const [ticket] = submit(queue, 'a1')
    bot.sent[0]?.end('refused')
    ticket?.cancel('too late')
    expect(await ticket?.done).toMatchObject({ outcome: 'cancelled', reason: 'too late' })
    expect([queue.holding, queue.waiting]).toEqual([false, 0])
  })

  it('a delivery over a bound is not taken, and is taken once there is room', () => {
    const queue = aQueue({ maxWaiting: 2, maxWaitingBytes: 10 })
    queue.hold('x')
    const of = (bytes: number) => queue.submit(anItem(aDelivery({ body: Buffer.alloc(bytes) }), 'a'))
    const first = of(10)
    expect([first === null, of(1)]).toEqual([false, null])
    first?.cancel('')
    expect([of(5), of(5), of(0)].map((ticket) => ticket === null)).toEqual([false, false, true])
    expect([queue.waiting, queue.waitingBytes]).toEqual([2, 10])
  })

  it('only what waits counts against the bounds: what is sent at once is always taken', () => {
    const queue = aQueue({ maxWaiting: 0, maxWaitingBytes: 0 })
    expect(queue.submit(anItem(aDelivery(), 'a'))).not.toBeNull()
  })

  it('idle resolves when nothing is in flight, or when it is aborted', async () => {
    const queue = aQueue()
    await queue.idle(new AbortController().signal)
    submit(queue, 'a1', 'a2')
    const controller = new AbortController()
    const order: string[] = []
    const aborted = queue.idle(controller.signal).then(() => order.push('aborted'))
    const idle = queue.idle(new AbortController().signal).then(() => order.push('idle'))
    controller.abort()
    await aborted
    await end('a1')
    expect(order).toEqual(['aborted'])
    await end('a2')
    await idle
    expect(order).toEqual(['aborted', 'idle'])
  })

  it('closing cancels what waits and what is sent, and nothing more is taken', async () => {
    const queue = aQueue({ inFlightLimit: 2 })
    queue.hold('x')
    const tickets = submit(queue, 'a1', 'a2', 'b1', 'b2')
    queue.release()
    await Promise.all([queue.close(), queue.close()])
    for (const ticket of tickets) {
      expect(await ticket.done).toMatchObject({ outcome: 'cancelled' })
    }
    expect([queue.submit(anItem(aDelivery(), null)), queue.waiting, queue.inFlight, clock.timers()]).toEqual([
      null,
      0,
      0,
      0,
    ])
  })

  it.each([25, 10_000])('10,000 deliveries over %i lanes are released without growing slower', async (laneCount) => {
    const started = performance.now()
    const queue = createQueue({
      send: () => ({
        done: Promise.resolve(anAttempt('interrupted')),
        cancel: () => {},
      }),
      on,
    })
    queue.hold('x')
    for (let i = 0; i < 10_000; i++) queue.submit(anItem(aDelivery(), `lane ${i % laneCount}`))
    expect(queue.waiting).toBe(10_000)
    queue.release()
    await queue.idle(new AbortController().signal)
    expect(queue.waiting).toBe(0)
    // A fraction of a second; the rest is for a busy machine.
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  it('the attempts of a delivery that had some before continue their numbers', async () => {
    const queue = aQueue()
    queue.submit(anItem(aDelivery({ id: 'a1' }), 'a', { attempts: 3 }))
    await end('a1', 'refused')
    queue.release()
    await end('a1')
    expect(told.filter((line) => line.includes('attempt'))).toEqual(['a1 attempt 4 refused', 'a1 attempt 5 answered'])
  })
})
