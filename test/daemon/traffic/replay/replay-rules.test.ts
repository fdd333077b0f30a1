// Replays inside a run: the pipeline with fakes around it.

import { describe, expect, it } from 'vitest'
import { MONOTONIC } from '../../../../src/core/async.ts'
import type { Delivery, Reply, Settled } from '../../../../src/core/delivery.ts'
import type { Journal, RecordedDelivery } from '../../../../src/core/ports.ts'
import type { PipelineOptions } from '../../../../src/daemon/traffic/pipeline.ts'
import { findReplayable, forBot, settleReplay } from '../../../../src/daemon/traffic/replay/replay-rules.ts'
import { checkSignature, sign } from '../../../../src/protocol/signature.ts'
import { anAttempt } from '../../../support/attempts.ts'
import { attemptOf } from '../../../support/daemon/fakes.ts'
import { pipelineWithFakes } from '../../../support/daemon/pipeline-with-fakes.ts'
import { aDelivery } from '../../../support/deliveries.ts'
import { settled } from '../../../support/fake-clock.ts'

const LABEL = { event: 'message.update', platformId: null, conversation: 'c1', text: 'hi' }

function setUp(options: Partial<PipelineOptions> = {}) {
  const { pipeline, journal, ...fakes } = pipelineWithFakes({ clock: MONOTONIC, ...options })
  /** A delivery that an earlier run recorded. */
  const record = (
    settled: Settled | null = 'delivered',
    attempts = 1,
  ): { delivery: Delivery; recorded: RecordedDelivery } => {
    const delivery = aDelivery()
    journal.record(delivery, LABEL, null)
    if (attempts > 0) journal.recordAttempt(delivery.id, attempts, REFUSED)
    if (settled !== null) journal.settle(delivery.id, settled)
    return { delivery, recorded: recordedIn(journal, delivery.id) }
  }
  const replay = (of: ReturnType<typeof record>, signal?: AbortSignal) =>
    pipeline.replay({ ...of, editOf: null }, signal)
  const accept = (delivery: Delivery): Promise<Reply> => pipeline.accept(delivery, performance.now())
  return { ...fakes, journal, pipeline: { ...pipeline, accept }, record, replay }
}

const REFUSED = anAttempt('refused')

function recordedIn(journal: Pick<Journal, 'find'>, id: string): RecordedDelivery {
  const recorded = journal.find(id)
  if (recorded === null) throw new Error(`${id} is not recorded`)
  return recorded
}

const reply = (status: number) => attemptOf({ status, headers: [], body: Buffer.alloc(0) })

describe('A replay', () => {
  it('goes in the lane of its conversation, and continues the number of attempts', async () => {
    const { queue, record, replay } = setUp()
    const of = record('delivered', 2)
    const replaying = replay(of)
    expect(queue.tickets).toMatchObject([{ delivery: of.delivery, lane: 'c1', n: 3 }])
    queue.tickets[0]?.end(reply(201))
    expect(await replaying).toMatchObject({ id: of.delivery.id, outcome: 'answered', status: 201, reason: null })
  })

  it('has the number of the attempt that ended it, after those that the bot refused', async () => {
    const { queue, journal, record, replay } = setUp()
    const of = record('delivered', 1)
    const replaying = replay(of)
    for (const n of [2, 3]) journal.recordAttempt(of.delivery.id, n, n === 2 ? REFUSED : reply(200))
    queue.tickets[0]?.end(reply(200))
    expect(await replaying).toMatchObject({ n: 3 })
  })

  it('of an interrupted delivery takes it out of the count of those, once the bot has answered', async () => {
    const { queue, pipeline, journal, replay } = setUp()
    const delivery = aDelivery()
    void pipeline.accept(delivery)
    queue.tickets[0]?.end(attemptOf('interrupted'))
    await settled()
    expect(pipeline.totals().interrupted).toBe(1)

    const recorded = recordedIn(journal, delivery.id)
    const failing = replay({ delivery, recorded })
    queue.tickets[1]?.end(attemptOf('interrupted'))
    await failing
    expect(pipeline.totals().interrupted).toBe(1)
    const replaying = replay({ delivery, recorded })
    queue.tickets[2]?.end(reply(200))
    await replaying
    expect(pipeline.totals().interrupted).toBe(0)
  })

  it('is announced as what it is, and never counted as a delivery of the platform', async () => {
    const { queue, seen, pipeline, record, replay } = setUp()
    const of = record()
    const replaying = replay(of)
    queue.tickets[0]?.end(reply(200))
    await replaying
    expect(seen.map(({ type }) => type)).toEqual(['replay'])
    expect(seen[0]).toMatchObject({ event: 'message.update', conversation: 'c1', text: 'hi', edited: false })
    expect(pipeline.totals()).toEqual({ deliveries: 0, delivered: 0, undelivered: 0, interrupted: 0 })
  })

  it.each([
    ['interrupted', 'answered', 'delivered'],
    ['acknowledged', 'answered', 'delivered'],
    ['returned', 'answered', 'delivered'],
    ['delivered', 'cancelled', 'delivered'],
    ['delivered', 'interrupted', 'delivered'],
    ['acknowledged', 'cancelled', 'acknowledged'],
  ] as const)('of what was %s and is %s now leaves it %s', async (before, outcome, after) => {
    const { queue, journal, record, replay } = setUp()
    const of = record(before)
    const replaying = replay(of)
    queue.tickets[0]?.end(outcome === 'answered' ? reply(500) : attemptOf(outcome))
    await replaying
    expect(journal.find(of.delivery.id)?.settled).toBe(after)
  })

  it('can be taken back while it waits, and not once it is sent', async () => {
    const { queue, record, replay } = setUp()
    const leaving = new AbortController()
    const waiting = replay(record(), leaving.signal)
    const sent = replay(record(), leaving.signal)
    queue.tickets[1]?.sent()
    leaving.abort()
    expect(await waiting).toMatchObject({ outcome: 'cancelled', status: null, reason: 'taken back' })
    expect(queue.tickets[1]?.phase).toBe('sending')
    queue.tickets[1]?.end(reply(200))
    expect(await sent).toMatchObject({ outcome: 'answered' })
    expect(await replay(record(), leaving.signal)).toMatchObject({ outcome: 'cancelled' })
  })

  it('is refused while the same delivery is on its way, and possible again afterwards', async () => {
    const { queue, record, replay, pipeline } = setUp()
    const of = record()
    const first = replay(of)
    await expect(replay(of)).rejects.toMatchObject({ code: 'DEVHOOK_REPLAY_REFUSED' })
    queue.tickets[0]?.end(reply(200))
    await first
    const second = replay(of)
    queue.tickets[1]?.end(reply(200))
    expect(await second).toMatchObject({ outcome: 'answered' })

    const fresh = record(null, 0)
    void pipeline.accept(fresh.delivery)
    await expect(replay(fresh)).rejects.toThrow('still on its way')

    const kept = record('acknowledged', 0)
    pipeline.deliver(kept.delivery, LABEL, 0)
    await expect(replay(kept)).rejects.toThrow('still on its way')
  })

  it('is refused when too much waits, and possible once there is room', async () => {
    const { queue, record, replay } = setUp()
    const of = record()
    queue.full = true
    await expect(replay(of)).rejects.toThrow('too many deliveries are waiting')
    queue.full = false
    const replaying = replay(of)
    queue.tickets[0]?.end(reply(200))
    expect(await replaying).toMatchObject({ status: 200 })
  })

  it('is not taken for a redelivery, and the platform’s own still is', async () => {
    const { queue, journal, replay, pipeline } = setUp()
    const delivery = aDelivery()
    void pipeline.accept(delivery)
    queue.tickets[0]?.end(reply(200))
    await new Promise((resolve) => setImmediate(resolve))
    void replay({ delivery, recorded: recordedIn(journal, delivery.id) })
    expect(queue.tickets).toHaveLength(2)
    expect((await pipeline.accept({ ...delivery, id: 'again' })).status).toBe(200)
    expect(queue.tickets).toHaveLength(2)
  })
})

describe('The next try of the platform', () => {
  it('is received, and not refused again, when a replay has brought to the bot what was refused then', async () => {
    const first = setUp()
    const delivery = aDelivery()
    first.queue.full = true
    expect((await first.pipeline.accept(delivery)).status).toBe(503)
    first.journal.recordAttempt(delivery.id, 1, reply(200))
    settleReplay(first.journal, delivery.id, reply(200))
    const { queue, pipeline } = setUp({ journal: first.journal })
    expect((await pipeline.accept({ ...delivery, id: 'again' })).status).toBe(200)
    expect(queue.tickets).toEqual([])
  })

  it('is meant for the bot, by the record too, after `pass` has passed its error on', async () => {
    const { queue, journal, pipeline } = setUp({ onBotError: 'pass' })
    const delivery = aDelivery()
    const answering = pipeline.accept(delivery)
    queue.tickets[0]?.end(reply(500))
    expect((await answering).status).toBe(500)
    expect(journal.settled.get(delivery.id)).toBe('returned')
  })
})

describe('What is forwarded again', () => {
  const body = Buffer.from('{"text":"hi"}')
  const signed = (secret: string): Delivery =>
    aDelivery({ body, headers: ['A', '1', 'X-Hub-Signature', sign(body, secret), 'B', '2'] })

  it('is the delivery as it was, when its signature is right or nobody knows', () => {
    const delivery = signed('s1')
    expect(forBot(delivery, null, 's1')).toBe(delivery)
    expect(forBot(delivery, null, null)).toBe(delivery)
    const unsigned = aDelivery({ body })
    expect(forBot(unsigned, null, 's1')).toBe(unsigned)
  })

  it('is signed again when the bot has another secret', () => {
    const { headers, body: sent } = forBot(signed('s1'), null, 's2')
    expect(sent).toBe(body)
    expect(checkSignature(headers, sent, 's2')).toBe('right')
    expect(headers.slice(0, 4)).toEqual(['A', '1', 'B', '2'])
  })

  it('is signed again when it was edited', () => {
    const edited = Buffer.from('{"text":"bye"}')
    const { headers, body: sent } = forBot(signed('s1'), edited, 's1')
    expect(sent).toBe(edited)
    expect(checkSignature(headers, sent, 's1')).toBe('right')
    expect(checkSignature(forBot(aDelivery({ body }), edited, 's1').headers, edited, 's1')).toBe('right')
  })

  it('is nothing that is not recorded, or was kept from the bot', () => {
    const { journal, record } = setUp()
    expect(() => findReplayable(journal, 'zz')).toThrow('no delivery zz is recorded')
    expect(() => findReplayable(journal, record('rejected').delivery.id)).toThrow('was rejected, so it is not replayed')
  })
})
