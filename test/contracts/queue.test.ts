// What every queue does: the one that sends to the bot, and the one whose every move is the test's.

import { describe, expect, it } from 'vitest'
import type { Attempt } from '../../src/core/delivery.ts'
import type { Queue, Ticket } from '../../src/core/ports.ts'
import { createQueue } from '../../src/delivery/queue.ts'
import { createFakeBot } from '../support/bot/fake-bot.ts'
import { anItem, attemptOf, createFakeQueue, type TestItem } from '../support/daemon/fakes.ts'
import { aDelivery } from '../support/deliveries.ts'
import { createFakeClock, settled } from '../support/fake-clock.ts'

interface Subject {
  readonly queue: Queue<TestItem>
  /** Begins the attempt of everything that waits. */
  send(): void
  /** Ends the oldest attempt under way: the bot answers. */
  answer(): void
  /** Reaches its bound. */
  fill(): void
}

const nothing = (): void => undefined

const ON = { sends: nothing, refused: nothing, ended: (item: TestItem, attempt: Attempt) => item.end(attempt) }

function realQueue(): Subject {
  const clock = createFakeClock()
  const bot = createFakeBot(clock.now)
  const on = {
    ...ON,
    held: nothing,
    released: nothing,
    dropped: nothing,
    attempt: nothing,
    unreachable: nothing,
    overdue: nothing,
  }
  const queue = createQueue({ send: bot.send, now: clock.now, after: clock.after, on, maxWaiting: 3 })
  return {
    queue,
    send: () => queue.release(),
    answer: () => bot.open()[0]?.end('answered'),
    fill: () => {
      queue.hold('the test')
      while (queue.submit(anItem(aDelivery())) !== null);
    },
  }
}

function fakeQueue(): Subject {
  const queue = createFakeQueue<TestItem>(ON)
  return {
    queue,
    send: () => {
      queue.release()
      for (const ticket of queue.tickets) ticket.sent()
    },
    answer: () => {
      const answered = attemptOf({ status: 200, headers: [], body: Buffer.alloc(0) })
      queue.tickets.find((ticket) => ticket.phase === 'sending')?.end(answered)
    },
    fill: () => {
      queue.full = true
    },
  }
}

const QUEUES: readonly (readonly [name: string, open: () => Subject])[] = [
  ['the queue', realQueue],
  ['the fake queue', fakeQueue],
]

interface Submitted extends Ticket {
  readonly done: Promise<Attempt>
}

function submit(queue: Queue<TestItem>, body = 'body'): Submitted {
  const item = anItem(aDelivery({ body: Buffer.from(body) }))
  const ticket = queue.submit(item)
  if (ticket === null) throw new Error('the queue took nothing')
  return {
    done: item.done,
    cancel: ticket.cancel,
    get phase() {
      return ticket.phase
    },
  }
}

/** The outcome of a ticket, or `waiting` while it has none. */
async function outcomeOf(ticket: Submitted): Promise<Attempt['outcome'] | 'pending'> {
  await settled()
  return Promise.race([ticket.done.then(({ outcome }) => outcome), settled().then(() => 'pending' as const)])
}

describe.each(QUEUES)('%s', (_, open) => {
  it('takes a delivery from waiting over the attempt to its end, and counts it meanwhile', async () => {
    const { queue, send, answer } = open()
    queue.hold('bot starting')
    expect(queue.holding).toBe(true)
    const ticket = submit(queue, 'twelve bytes')
    expect(ticket.phase).toBe('waiting')
    expect([queue.waiting, queue.waitingBytes, queue.inFlight]).toEqual([1, 12, 0])
    send()
    expect(queue.holding).toBe(false)
    expect(ticket.phase).toBe('sending')
    expect([queue.waiting, queue.waitingBytes, queue.inFlight]).toEqual([0, 0, 1])
    expect(await outcomeOf(ticket)).toBe('pending')
    answer()
    expect(await outcomeOf(ticket)).toBe('answered')
    expect(ticket.phase).toBe('done')
    expect([queue.waiting, queue.waitingBytes, queue.inFlight]).toEqual([0, 0, 0])
  })

  it('cancels what waits, with the reason and without anything sent', async () => {
    const { queue } = open()
    queue.hold('bot starting')
    const ticket = submit(queue)
    ticket.cancel('taken back')
    ticket.cancel('again')
    expect(ticket.phase).toBe('done')
    expect(queue.waiting).toBe(0)
    expect(await ticket.done).toMatchObject({ outcome: 'cancelled', reason: 'taken back', sent: false })
  })

  it('cancels an attempt under way, and nothing that is done', async () => {
    const { queue, send, answer } = open()
    const [cancelled, answered] = [submit(queue), submit(queue)]
    send()
    cancelled.cancel('the end')
    expect(await outcomeOf(cancelled)).toBe('cancelled')
    answer()
    expect(await outcomeOf(answered)).toBe('answered')
    answered.cancel('too late')
    expect(await outcomeOf(answered)).toBe('answered')
  })

  it('takes nothing beyond its bound', () => {
    const { queue, fill } = open()
    fill()
    expect(queue.submit(anItem(aDelivery()))).toBeNull()
  })

  it('is idle once nothing is under way, or once nobody waits for that any longer', async () => {
    const { queue, send, answer } = open()
    const patient = new AbortController()
    await queue.idle(patient.signal)
    submit(queue)
    send()
    const idle = queue.idle(patient.signal).then(() => 'idle')
    const leaving = new AbortController()
    const left = queue.idle(leaving.signal).then(() => 'left')
    leaving.abort()
    expect(await left).toBe('left')
    expect(await Promise.race([idle, settled()])).toBeUndefined()
    answer()
    expect(await idle).toBe('idle')
  })

  it('is closed with everything cancelled, and takes nothing any more', async () => {
    const { queue, send } = open()
    const sent = submit(queue)
    send()
    queue.hold('bot restarting')
    const waiting = submit(queue)
    await Promise.all([queue.close(), queue.close()])
    expect([await outcomeOf(sent), await outcomeOf(waiting)]).toEqual(['cancelled', 'cancelled'])
    expect(queue.submit(anItem(aDelivery()))).toBeNull()
  })
})
