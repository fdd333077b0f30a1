// What becomes of a delivery in the queue: recorded, announced and counted.
import type { Config } from '../../config/load.ts'
import { type Attempt, isSuccess } from '../../core/delivery.ts'
import { type Emit, type Totals, warning } from '../../core/notices.ts'
import type { Journal } from '../../core/ports.ts'
import { isUndelivered } from './delivery-state.ts'
import type { PipelineItem } from './pipeline.ts'
import { createUnroutedHint } from './unrouted-hint.ts'

export interface QueueNoticesOptions {
  readonly config: Pick<Config, 'onBotError' | 'target'>
  readonly journal: Pick<Journal, 'recordAttempt'>
  readonly emit: Emit
  /** A forward was refused: the bot's port may be closed. */
  readonly refused: () => void
  /** The paths that the bot's source names as its routes. */
  readonly botRoutes: () => Promise<readonly string[]>
}

/** Creates what the queue calls as an item goes its way, and its counts. */
export function createQueueNotices({ config, journal, emit, refused, botRoutes }: QueueNoticesOptions) {
  const hint = createUnroutedHint({ path: config.target.path, emit, botRoutes })
  const counts = { held: 0, longestHoldMs: 0, unrouted: 0 }
  let announcedOverdue = false

  function countHold({ kind }: PipelineItem, ms: number): void {
    if (kind === 'delivery') counts.longestHoldMs = Math.max(counts.longestHoldMs, Math.round(ms))
  }

  /** Whether the platform hears "received" in place of a status of the bot. */
  const isSpared = (item: PipelineItem, status: number): boolean =>
    item.kind === 'delivery' && !isSuccess(status) && (config.onBotError === 'ack' || isUndelivered(item.tracked.state))

  return {
    totals: (): Pick<Totals, 'held' | 'longestHoldMs' | 'unrouted'> => counts,
    on: {
      attempt: (item: PipelineItem, n: number, attempt: Attempt): void => {
        const { id, method } = item.delivery
        journal.recordAttempt(id, n, item.kind === 'replay' ? { ...attempt, replay: true } : attempt)
        const { outcome, ms } = attempt
        const status = outcome === 'answered' ? attempt.reply.status : null
        const told = status !== null && isSpared(item, status) ? { told: 200 } : {}
        emit({ type: 'attempt', id, n, outcome, status, ms, ...told })
        if (status !== null && hint.answered(method, status) && item.kind === 'delivery') counts.unrouted += 1
      },
      held: ({ kind, delivery: { id } }: PipelineItem, reason: string): void => {
        if (kind === 'delivery') counts.held += 1
        emit({ type: 'held', id, reason })
      },
      released: (item: PipelineItem, ms: number): void => {
        countHold(item, ms)
        emit({ type: 'released', id: item.delivery.id, ms: Math.round(ms) })
      },
      dropped: countHold,
      unreachable: refused,
      overdue: (count: number): void => {
        if (!announcedOverdue) emit(warning('botOverdue', `the bot has ${count} deliveries that it does not answer`))
        announcedOverdue = true
      },
    },
  }
}
