// The pipeline with fakes around it, on a clock that the test turns.
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Delivery, Reply } from '../../../src/core/delivery.ts'
import type { Emit } from '../../../src/core/notices.ts'
import type { PipelineOptions } from '../../../src/daemon/traffic/pipeline.ts'
import { createGuard, type GuardOptions } from '../../../src/daemon/traffic/signature-guard.ts'
import { resign, sign } from '../../../src/protocol/signature.ts'
import { anAttempt } from '../../support/attempts.ts'
import { attemptOf, type FakeTicket } from '../../support/daemon/fakes.ts'
import { pipelineWithFakes } from '../../support/daemon/pipeline-with-fakes.ts'
import { createFakeClock, type FakeClock, settled } from '../../support/fake-clock.ts'
import { folderForTest } from '../../support/folder.ts'
import { openTestJournal } from '../../support/journal/journal.ts'

const SECRET = 'the webhook secret'

let clock: FakeClock
beforeEach(() => {
  clock = createFakeClock()
})

function setUp(options: Partial<PipelineOptions> = {}, guardOptions: Partial<GuardOptions> = {}) {
  const answerChallenge = vi.fn((): Reply => reply(200, 'answered'))
  const guardOf = (emit: Emit) =>
    createGuard({ mode: 'enforce', secret: () => SECRET, rereadSecret: async () => null, emit, ...guardOptions })
  const { pipeline, ...fakes } = pipelineWithFakes({ answerChallenge, clock, guardOf, ...options })
  const accept = (delivery: Delivery, since = clock.now(), verified = (): void => undefined): Promise<Reply> =>
    pipeline.accept(delivery, since, verified)
  return { ...fakes, pipeline: { ...pipeline, accept }, answerChallenge }
}

let count = 0
function delivery(more: Partial<Delivery> & { readonly payload?: unknown } = {}): Delivery {
  count += 1
  const {
    payload = {
      id: `p${count}`,
      event: 'message.create.contact.chat',
      data: { conversation: { id: 'c1' }, message: { id: `m${count}` } },
    },
  } = more
  const body = Buffer.from(JSON.stringify(payload))
  const headers = ['Content-Type', 'application/json', 'X-Hub-Signature', sign(body, SECRET)]
  return { id: `d${count}`, receivedAt: Date.now(), method: 'POST', search: '', headers, body, ...more }
}

const reply = (status: number, text = ''): Reply => ({ status, headers: ['x-bot', 'yes'], body: Buffer.from(text) })
/** Nothing was sent. */
const refused = anAttempt('refused')
const only = (tickets: readonly FakeTicket[]): FakeTicket => {
  const [ticket] = tickets
  if (!ticket) throw new Error('nothing was submitted')
  return ticket
}
const textOf = ({ body }: Reply): string => body.toString().trim()

describe('The pipeline', () => {
  it('answers a challenge by itself, whatever the bot does', async () => {
    const { pipeline, queue, answerChallenge } = setUp()
    const headers = ['User-Agent', 'Web1on1']
    const answer = await pipeline.accept(
      delivery({ method: 'GET', search: '?type=subscribe&challenge=a%20b', headers, body: Buffer.alloc(0) }),
    )
    expect(textOf(answer)).toBe('answered')
    expect(answerChallenge).toHaveBeenCalledWith('a b', headers)
    expect(queue.tickets).toEqual([])
  })

  it.each([`?challenge=${'x'.repeat(513)}`, '?challenge=', ''])(
    'takes a GET without a proper challenge for a delivery (%#)',
    async (search) => {
      const { pipeline, queue } = setUp({}, { mode: 'off' })
      void pipeline.accept(delivery({ method: 'GET', search }))
      await settled()
      expect(queue.tickets).toHaveLength(1)
    },
  )

  it('passes the bot’s own answer back as it is', async () => {
    const { pipeline, queue, journal } = setUp()
    const answering = pipeline.accept(delivery())
    await settled()
    const own = reply(202, '{"messages":[]}')
    only(queue.tickets).end(attemptOf(own))
    expect(await answering).toBe(own)
    expect(journal.syncs).toBe(0)
    expect([...journal.settled.values()]).toEqual(['delivered'])
    expect(pipeline.totals()).toEqual({ deliveries: 1, delivered: 1, undelivered: 0, interrupted: 0 })
  })

  it('queues a delivery in the lane of its conversation', async () => {
    const { pipeline, queue } = setUp()
    void pipeline.accept(delivery())
    await settled()
    expect(only(queue.tickets).lane).toBe('c1')
  })

  describe('at the end of the hold', () => {
    it('counts from the head of the request, from when on the platform waits', async () => {
      const { pipeline, seen } = setUp()
      const answering = pipeline.accept(delivery(), clock.now() - 8_000)
      await clock.pass(6_999)
      expect(seen.some(({ type }) => type === 'acknowledged')).toBe(false)
      await clock.pass(1)
      expect((await answering).status).toBe(200)
      expect(seen.at(-1)).toMatchObject({ type: 'acknowledged', ms: 15_000 })
    })

    it('answers at once what took longer than that to arrive', async () => {
      const { pipeline } = setUp()
      const answering = pipeline.accept(delivery(), clock.now() - 25_000)
      await clock.pass(0)
      expect((await answering).status).toBe(200)
    })

    it('comes before the platform gives up, however long the hold may be', async () => {
      const { pipeline } = setUp({ holdMs: 60_000 })
      const answering = pipeline.accept(delivery())
      await clock.pass(18_000)
      expect((await answering).status).toBe(200)
    })

    it('leaves no timer behind when the bot has answered before', async () => {
      const { pipeline, queue } = setUp()
      const answering = pipeline.accept(delivery())
      await settled()
      expect(clock.timers()).toBe(1)
      only(queue.tickets).end(attemptOf(reply(200)))
      await answering
      expect(clock.timers()).toBe(0)
    })

    it.each([-60_000, 60_000])('does not depend on the clock of the machine, which is set by %s ms', async (ms) => {
      const { pipeline, seen } = setUp()
      const answering = pipeline.accept(delivery())
      await settled()
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms })
      onTestFinished(() => void vi.useRealTimers())
      await clock.pass(14_999)
      expect(seen.some(({ type }) => type === 'acknowledged')).toBe(false)
      await clock.pass(1)
      expect((await answering).status).toBe(200)
    })

    it('acknowledges once the delivery is on disk, and delivers it later', async () => {
      const { pipeline, queue, journal, seen } = setUp()
      const answering = pipeline.accept(delivery())
      await clock.pass(14_999)
      expect(journal.syncs).toBe(0)
      await clock.pass(1)
      expect((await answering).status).toBe(200)
      expect(seen.at(-1)).toMatchObject({ type: 'acknowledged', ms: 15_000 })
      expect(journal.syncs).toBe(1)
      expect([...journal.settled.values()]).toEqual(['acknowledged'])
      expect(pipeline.totals().undelivered).toBe(1)
      only(queue.tickets).end(attemptOf(reply(200)))
      await settled()
      expect([...journal.settled.values()]).toEqual(['delivered'])
      expect(pipeline.totals()).toMatchObject({ delivered: 1, undelivered: 0 })
    })

    it('answers 503 and keeps nothing when the disk refuses', async () => {
      const { pipeline, queue, journal } = setUp()
      journal.broken = true
      const answering = pipeline.accept(delivery())
      await clock.pass(15_000)
      expect((await answering).status).toBe(503)
      expect(only(queue.tickets).phase).toBe('done')
      expect(pipeline.totals().undelivered).toBe(0)
    })

    it('with `retry` answers 503, keeps nothing, and takes the same delivery when it comes again', async () => {
      const { pipeline, queue, journal } = setUp({ late: 'retry' })
      const first = delivery()
      const answering = pipeline.accept(first)
      await clock.pass(15_000)
      expect((await answering).status).toBe(503)
      expect(journal.syncs).toBe(0)
      void pipeline.accept({ ...first, id: 'again', receivedAt: Date.now() })
      await settled()
      expect(queue.tickets).toHaveLength(2)
    })
  })

  describe('with a bot that has it but does not answer', () => {
    it('acknowledges after 18 s and lets the attempt go on', async () => {
      const { pipeline, queue } = setUp()
      const answering = pipeline.accept(delivery())
      await settled()
      only(queue.tickets).sent()
      await clock.pass(18_000)
      expect((await answering).status).toBe(200)
      expect(only(queue.tickets).phase).toBe('sending')
    })

    it('with `retry` answers 504, and gives the answer to the redelivery', async () => {
      const { pipeline, queue } = setUp({ late: 'retry' })
      const first = delivery()
      const answering = pipeline.accept(first)
      await settled()
      only(queue.tickets).sent()
      await clock.pass(18_000)
      expect((await answering).status).toBe(504)
      const again = pipeline.accept({ ...first, id: 'again', receivedAt: Date.now() })
      await settled()
      only(queue.tickets).end(attemptOf(reply(200, 'at last')))
      expect(textOf(await again)).toBe('at last')
      expect(queue.tickets).toHaveLength(1)
    })

    it('with `retry` lets a redelivery wait on for the bot when the first is answered 504', async () => {
      const { pipeline, queue } = setUp({ late: 'retry' })
      const first = delivery()
      const answering = pipeline.accept(first)
      await settled()
      only(queue.tickets).sent()
      await clock.pass(10_000)
      const again = pipeline.accept({ ...first, id: 'again' })
      await clock.pass(8_000)
      expect((await answering).status).toBe(504)
      only(queue.tickets).end(attemptOf(reply(200, 'at last')))
      expect(textOf(await again)).toBe('at last')
    })
  })

  describe('with a connection that broke after bytes were sent', () => {
    it('acknowledges once it is on disk, and does not repeat it', async () => {
      const { pipeline, queue, journal } = setUp()
      const first = delivery()
      const answering = pipeline.accept(first)
      await settled()
      only(queue.tickets).end(attemptOf('interrupted'))
      expect((await answering).status).toBe(200)
      expect(journal.syncs).toBe(1)
      expect([...journal.settled.values()]).toEqual(['interrupted'])
      expect((await pipeline.accept({ ...first, id: 'again' })).status).toBe(200)
      expect(queue.tickets).toHaveLength(1)
    })

    it('with `retry` answers 502, and forwards it when it comes again', async () => {
      const { pipeline, queue } = setUp({ late: 'retry' })
      const first = delivery()
      const answering = pipeline.accept(first)
      await settled()
      only(queue.tickets).end(attemptOf('interrupted'))
      expect((await answering).status).toBe(502)
      void pipeline.accept({ ...first, id: 'again' })
      await settled()
      expect(queue.tickets).toHaveLength(2)
    })
  })

  it.each(['ack', 'retry'] as const)('never says "received" of what can never be sent, with `%s`', async (late) => {
    const { pipeline, queue, journal } = setUp({ late })
    const answering = pipeline.accept(delivery())
    await settled()
    const reason = 'invalid path'
    only(queue.tickets).end({ startedAt: 0, ms: 0, outcome: 'interrupted', reason, unsendable: true })
    const answer = await answering
    expect([answer.status, textOf(answer)]).toEqual([502, reason])
    expect([...journal.settled.values()]).toEqual(['returned'])
  })

  describe('with a bot that answers with an error', () => {
    it('answers 200 once it is on disk, and counts it as delivered', async () => {
      const { pipeline, queue, journal } = setUp()
      const answering = pipeline.accept(delivery())
      await settled()
      only(queue.tickets).end(attemptOf(reply(500)))
      expect((await answering).status).toBe(200)
      expect(journal.syncs).toBe(1)
      expect(pipeline.totals().delivered).toBe(1)
    })

    it('with `pass` passes the error on, and forwards it when it comes again', async () => {
      const { pipeline, queue } = setUp({ onBotError: 'pass' })
      const first = delivery()
      const answering = pipeline.accept(first)
      await settled()
      only(queue.tickets).end(attemptOf(reply(500, 'oops')))
      expect(textOf(await answering)).toBe('oops')
      void pipeline.accept({ ...first, id: 'again' })
      await settled()
      expect(queue.tickets).toHaveLength(2)
    })
  })

  describe('with the same delivery again', () => {
    it('waits for the first while it is under way, and gives its answer', async () => {
      const { pipeline, queue, seen } = setUp()
      const first = delivery()
      const one = pipeline.accept(first)
      const two = pipeline.accept({ ...first, id: 'again' })
      await settled()
      only(queue.tickets).end(attemptOf(reply(200, 'once')))
      expect(textOf(await one)).toBe('once')
      expect(textOf(await two)).toBe('once')
      expect(queue.tickets).toHaveLength(1)
      expect(seen.filter(({ type }) => type === 'delivery')).toEqual([
        expect.not.objectContaining({ redelivery: expect.anything() }),
        expect.objectContaining({ id: 'again', redelivery: first.id }),
      ])
    })

    it('answers as the bot did, without forwarding', async () => {
      const { pipeline, queue, journal } = setUp()
      const first = delivery()
      const one = pipeline.accept(first)
      await settled()
      const attempt = attemptOf(reply(201, 'done'))
      journal.recordAttempt(first.id, 1, attempt)
      only(queue.tickets).end(attempt)
      await one
      expect(await pipeline.accept({ ...first, id: 'again' })).toEqual(reply(201, 'done'))
      expect(queue.tickets).toHaveLength(1)
    })

    it('forwards it once the first is more than a day old', async () => {
      vi.useFakeTimers({ toFake: ['Date'] })
      onTestFinished(() => void vi.useRealTimers())
      const { pipeline, queue } = setUp()
      const first = delivery()
      void pipeline.accept(first)
      await clock.pass(15_000)
      vi.setSystemTime(first.receivedAt + 24 * 60 * 60_000 + 1)
      void pipeline.accept({ ...first, id: 'again' })
      await settled()
      expect(queue.tickets).toHaveLength(2)
    })

    it('answers 200 at once when the first is acknowledged and waits', async () => {
      const { pipeline, queue } = setUp()
      const first = delivery()
      void pipeline.accept(first)
      await clock.pass(15_000)
      expect((await pipeline.accept({ ...first, id: 'again' })).status).toBe(200)
      expect(queue.tickets).toHaveLength(1)
    })

    it('answers 200 with the first when that is acknowledged', async () => {
      const { pipeline, queue } = setUp()
      const first = delivery()
      const one = pipeline.accept(first)
      await clock.pass(14_000)
      const two = pipeline.accept({ ...first, id: 'again' })
      await clock.pass(1_000)
      expect((await one).status).toBe(200)
      expect((await two).status).toBe(200)
      expect(queue.tickets).toHaveLength(1)
    })

    it.each([
      ['broke', attemptOf('interrupted')],
      ['was answered with an error', attemptOf(reply(500))],
    ])('never says "received" in its own name before the first, which %s, is on disk', async (_, attempt) => {
      const { pipeline, queue, journal } = setUp()
      const first = delivery()
      const one = pipeline.accept(first)
      await settled()
      journal.broken = true
      only(queue.tickets).end(attempt)
      expect((await one).status).toBe(503)
      expect((await pipeline.accept({ ...first, id: 'again' })).status).toBe(503)
      journal.broken = false
      expect((await pipeline.accept({ ...first, id: 'once more' })).status).toBe(200)
      expect(queue.tickets).toHaveLength(1)
    })

    it.each([
      ['delivered', attemptOf(reply(200, 'long ago')), 'long ago'],
      ['was told "received" of, though its connection broke', attemptOf('interrupted'), 'received'],
    ])('recognises what an earlier run %s', async (_, attempt, says) => {
      const { pipeline, journal } = setUp()
      const first = delivery()
      void pipeline.accept(first)
      await settled()
      journal.recordAttempt(first.id, 1, attempt)
      const next = setUp({ journal })
      const answer = await next.pipeline.accept({ ...first, id: 'again' })
      expect([answer.status, textOf(answer)]).toEqual([200, says])
      expect(next.queue.tickets).toEqual([])
    })

    it.each([
      ['answered', attemptOf(reply(201, 'yes')), 201],
      ['broke', attemptOf('interrupted'), 200],
      ['was answered with an error', attemptOf(reply(500)), 200],
    ])(
      'recognises one that %s when others have pushed it out of the journal, also in the next run',
      async (_, attempt, status) => {
        const folder = await folderForTest()
        const limits = { deliveries: 10, ms: 1e12, bytes: 1e9 }
        const { journal } = await openTestJournal(folder, { limits })
        const { pipeline, queue } = setUp({ journal })
        const first = delivery()
        for (const each of [first, ...Array.from({ length: 20 }, () => delivery())]) {
          const answering = pipeline.accept(each)
          await settled()
          const how = each === first ? attempt : attemptOf(reply(200))
          journal.recordAttempt(each.id, 1, how)
          queue.tickets.at(-1)?.end(how)
          await answering
          await journal.synced(each.id)
        }
        expect(journal.find(first.id)).toBeNull()
        expect((await pipeline.accept({ ...first, id: 'again' })).status).toBe(status)
        await journal.close()
        const next = setUp({ journal: (await openTestJournal(folder, { limits })).journal })
        expect((await next.pipeline.accept({ ...first, id: 'once more' })).status).toBe(status)
        expect(next.queue.tickets).toEqual([])
      },
    )
  })

  describe('at the door', () => {
    const forged = (): Delivery => ({ ...delivery(), headers: ['X-Hub-Signature', `sha1=${'0'.repeat(40)}`] })

    it('answers a wrong signature with 503 until one was right, then with 401; the bot never sees it', async () => {
      const { pipeline, queue, seen, journal } = setUp()
      expect((await pipeline.accept(forged())).status).toBe(503)
      void pipeline.accept(delivery())
      await settled()
      expect((await pipeline.accept(forged())).status).toBe(401)
      expect((await pipeline.accept({ ...delivery(), headers: [] })).status).toBe(401)
      expect(queue.tickets).toHaveLength(1)
      expect(seen.flatMap((notice) => (notice.type === 'rejected' ? [notice.reason] : []))).toEqual([
        'signature-wrong',
        'signature-wrong',
        'signature-missing',
      ])
      expect([...journal.settled.values()].filter((settled) => settled === 'rejected')).toHaveLength(3)
    })

    it('reports which of them is verified, before the bot has answered', async () => {
      const { pipeline } = setUp()
      const verified = vi.fn()
      await pipeline.accept(forged(), clock.now(), verified)
      expect(verified).not.toHaveBeenCalled()
      void pipeline.accept(delivery(), clock.now(), verified)
      await settled()
      expect(verified).toHaveBeenCalledOnce()
    })

    it('records a hundred of them at most, and parses none', async () => {
      const { pipeline, journal } = setUp()
      for (let i = 0; i < 150; i++) await pipeline.accept(forged())
      expect(journal.records).toHaveLength(100)
      expect(new Set(journal.records.map(({ label }) => label.event))).toEqual(new Set([null]))
    })

    it('records 16 MiB of them at most', async () => {
      const { pipeline, journal } = setUp()
      const body = Buffer.alloc(5 * 1024 * 1024)
      for (let i = 0; i < 6; i++) await pipeline.accept({ ...forged(), body })
      expect(journal.records).toHaveLength(3)
    })

    it('announces ten of them one by one, and counts the others of the same ten seconds', async () => {
      const { pipeline, seen } = setUp()
      const rejected = () => seen.flatMap((notice) => (notice.type === 'rejected' ? [notice.more ?? 0] : []))
      for (let i = 0; i < 150; i++) await pipeline.accept(forged())
      expect(rejected()).toEqual(Array(10).fill(0))
      await clock.pass(10_000)
      expect(rejected()).toEqual([...Array(10).fill(0), 139])
    })

    it('announces at the end what it has only counted', async () => {
      const { pipeline, seen } = setUp()
      for (let i = 0; i < 12; i++) await pipeline.accept(forged())
      await pipeline.end()
      await pipeline.accept(forged())
      expect(seen.filter(({ type }) => type === 'rejected')).toMatchObject([...Array(10).fill({}), { more: 1 }, {}])
    })

    it('refuses it all the same while the platform cannot be asked for the secret', async () => {
      const rereadSecret = async (): Promise<never> => {
        throw new Error('the platform is away')
      }
      const { pipeline, seen } = setUp({}, { rereadSecret })
      expect((await pipeline.accept(forged())).status).toBe(503)
      expect(seen).toMatchObject([{ type: 'rejected', reason: 'signature-wrong' }])
    })

    it('reads the secret again before it refuses, at most once a minute', async () => {
      const rereadSecret = vi.fn(async () => 'changed in the admin pages')
      const { pipeline, queue } = setUp({}, { rereadSecret, now: clock.now })
      const body = Buffer.from('{}')
      void pipeline.accept({ ...delivery(), body, headers: resign([], body, 'changed in the admin pages') })
      await settled()
      expect(queue.tickets).toHaveLength(1)
      await pipeline.accept(forged())
      await pipeline.accept(forged())
      expect(rereadSecret).toHaveBeenCalledTimes(1)
      await clock.pass(60_000)
      await pipeline.accept(forged())
      expect(rereadSecret).toHaveBeenCalledTimes(2)
    })

    it('lets everything pass when no secret is known, and warns once', async () => {
      const { pipeline, queue, seen } = setUp({}, { secret: () => null })
      void pipeline.accept(forged())
      void pipeline.accept(forged())
      await settled()
      expect(queue.tickets).toHaveLength(2)
      expect(seen.filter((notice) => notice.type === 'warning')).toHaveLength(1)
    })

    it('passes a wrong one on with `warn`, and says so', async () => {
      const { pipeline, queue, seen } = setUp({}, { mode: 'warn' })
      void pipeline.accept(forged())
      await settled()
      expect(queue.tickets).toHaveLength(1)
      expect(seen.filter((notice) => notice.type === 'warning')).toHaveLength(1)
    })
  })

  it('answers 503 with Retry-After when too much waits', async () => {
    const { pipeline, queue, seen, journal } = setUp()
    queue.full = true
    const answer = await pipeline.accept(delivery())
    expect(answer.status).toBe(503)
    expect([...journal.settled.values()]).toEqual(['returned'])
    expect(answer.headers).toContain('retry-after')
    expect(seen.some((notice) => notice.type === 'rejected' && notice.reason === 'full')).toBe(true)
  })

  it('ends by having the platform send again what waits, and keeps what it acknowledged', async () => {
    const { pipeline, queue, journal } = setUp()
    void pipeline.accept(delivery())
    await clock.pass(15_000)
    const held = pipeline.accept(delivery())
    await settled()
    await pipeline.end()
    expect((await held).status).toBe(503)
    expect([...journal.settled.values()]).toEqual(['acknowledged', 'returned'])
    expect(queue.tickets.map((ticket) => ticket.phase)).toEqual(['waiting', 'done'])
    expect(pipeline.totals().undelivered).toBe(1)
  })

  it('waits at its end for what the bot has, for 0.9 s at most', async () => {
    for (const isAnswered of [true, false]) {
      const { pipeline, queue } = setUp()
      const answering = pipeline.accept(delivery())
      await settled()
      only(queue.tickets).sent()
      let isOver = false
      void pipeline.end().then(() => {
        isOver = true
      })
      await clock.pass(899)
      expect(isOver).toBe(false)
      if (isAnswered) only(queue.tickets).end(attemptOf(reply(200, 'just in time')))
      await clock.pass(isAnswered ? 0 : 1)
      expect(isOver).toBe(true)
      if (isAnswered) expect(textOf(await answering)).toBe('just in time')
    }
  })

  it('leaves what it acknowledged to the next run when the queue gives up on it', async () => {
    const { pipeline, queue, journal } = setUp()
    void pipeline.accept(delivery())
    await clock.pass(15_000)
    only(queue.tickets).end(attemptOf('cancelled'))
    await settled()
    expect([...journal.settled.values()]).toEqual(['acknowledged'])
    expect(pipeline.totals().undelivered).toBe(1)
  })

  it('does not leave to the next run what it acknowledged and the bot may have by now', async () => {
    const { pipeline, queue, journal } = setUp()
    const first = delivery()
    void pipeline.accept(first)
    await clock.pass(15_000)
    expect(journal.settled.get(first.id)).toBe('acknowledged')
    // From the moment it leaves, should dev-hook be killed.
    only(queue.tickets).sent()
    expect(journal.settled.get(first.id)).toBe('interrupted')
    only(queue.tickets).end(refused)
    expect(journal.settled.get(first.id)).toBe('acknowledged')
    only(queue.tickets).sent()
    only(queue.tickets).end(anAttempt('cancelled', { sent: true }))
    await settled()
    expect(journal.settled.get(first.id)).toBe('interrupted')
    expect(pipeline.totals()).toMatchObject({ undelivered: 0, interrupted: 1 })
  })

  it('tells the journal nothing when a delivery is sent that was not acknowledged', async () => {
    const { pipeline, queue, journal } = setUp()
    const first = delivery()
    void pipeline.accept(first)
    await settled()
    only(queue.tickets).sent()
    only(queue.tickets).end(refused)
    expect(journal.settled.size).toBe(0)
  })

  it('settles what an earlier run acknowledged as interrupted when its connection breaks, also with `retry`', async () => {
    const { pipeline, queue, journal } = setUp({ late: 'retry' })
    const old = delivery()
    pipeline.deliver(old, { event: null, platformId: null, conversation: 'c1', text: null }, 0)
    only(queue.tickets).end(attemptOf('interrupted'))
    await settled()
    expect(journal.settled.get(old.id)).toBe('interrupted')
    expect(pipeline.totals().undelivered).toBe(0)
  })

  it('still counts what an earlier run acknowledged as undelivered when too much waits to deliver it', () => {
    const { pipeline, queue } = setUp()
    queue.full = true
    pipeline.deliver(delivery(), { event: null, platformId: null, conversation: 'c1', text: null }, 0)
    expect(queue.tickets).toEqual([])
    expect(pipeline.totals().undelivered).toBe(1)
  })
})
