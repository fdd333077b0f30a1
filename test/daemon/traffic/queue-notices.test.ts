// What is recorded, announced and counted of each event of the queue.
import { describe, expect, it, vi } from 'vitest'
import type { Attempt } from '../../../src/core/delivery.ts'
import type { NoticeBody } from '../../../src/core/notices.ts'
import type { PipelineItem } from '../../../src/daemon/traffic/pipeline.ts'
import { createItem } from '../../../src/daemon/traffic/platform-item.ts'
import { createQueueNotices } from '../../../src/daemon/traffic/queue-notices.ts'
import { NO_LABEL } from '../../../src/protocol/payload.ts'
import { anAttempt } from '../../support/attempts.ts'
import { aDelivery } from '../../support/deliveries.ts'

function setUp() {
  const notices: NoticeBody[] = []
  const recordAttempt = vi.fn<(id: string, n: number, attempt: Attempt) => void>()
  const refused = vi.fn<() => void>()
  const { on, totals } = createQueueNotices({
    config: { onBotError: 'ack', target: { host: '127.0.0.1', port: 3000, path: '/' } },
    journal: { recordAttempt },
    emit: (notice) => void notices.push(notice),
    refused,
    botRoutes: async () => [],
  })
  return { on, totals, notices, recordAttempt, refused }
}

const delivery = aDelivery()
const tracked = { id: delivery.id, key: null, receivedAt: 0, recorded: true, reply: null, waiters: null }
const received: PipelineItem = createItem(
  delivery,
  NO_LABEL,
  { ...tracked, state: 'waiting' },
  { attempts: 0, since: 0 },
)
const replayed: PipelineItem = {
  kind: 'replay',
  delivery,
  lane: null,
  headers: delivery.headers,
  attempts: 1,
  done: () => undefined,
}

describe('What the queue reports', () => {
  it('is recorded as a replay where a person asked for the attempt', () => {
    const { on, recordAttempt } = setUp()
    const attempt = anAttempt('interrupted')
    on.attempt(received, 1, attempt)
    on.attempt(replayed, 2, attempt)
    expect(recordAttempt.mock.calls).toEqual([
      [delivery.id, 1, attempt],
      [delivery.id, 2, { ...attempt, replay: true }],
    ])
  })

  it('is counted for what the platform has sent, and announced for replays too', () => {
    const { on, totals, notices } = setUp()
    for (const item of [received, replayed]) on.held(item, 'bot crashed')
    on.released(received, 30.4)
    on.dropped(received, 80.2)
    on.released(replayed, 1_000)
    expect(totals()).toEqual({ held: 1, longestHoldMs: 80, unrouted: 0 })
    expect(notices).toEqual([
      { type: 'held', id: delivery.id, reason: 'bot crashed' },
      { type: 'held', id: delivery.id, reason: 'bot crashed' },
      { type: 'released', id: delivery.id, ms: 30 },
      { type: 'released', id: delivery.id, ms: 1_000 },
    ])
  })

  it('is warned of once when the bot leaves deliveries unanswered', () => {
    const { on, notices } = setUp()
    on.overdue(3)
    on.overdue(5)
    expect(notices).toMatchObject([{ type: 'warning', message: 'the bot has 3 deliveries that it does not answer' }])
  })

  it('is passed on when the bot cannot be reached', () => {
    const { on, refused } = setUp()
    on.unreachable()
    expect(refused).toHaveBeenCalledOnce()
  })
})
