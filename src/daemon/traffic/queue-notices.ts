// Records, announces and counts what the queue does with each delivery.
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
  /** Called when the bot refused a delivery: its port may be closed. */
  readonly refused: () => void
  /** Finds the routes that the bot's source names. Never rejects. */
  readonly botRoutes: () => Promise<readonly string[]>
}

/** Creates listeners for the events of the queue, and the counts that they keep. */
export function createQueueNotices({ config, journal, emit, refused, botRoutes }: QueueNoticesOptions) {
  const hint = createUnroutedHint({ path: config.target.path, emit, botRoutes })
  const counts = { held: 0, longestHoldMs: 0, unrouted: 0 }
  let hasWarnedOfOverdue = false

  function countHold({ kind }: PipelineItem, ms: number): void {
    if (kind === 'delivery') counts.longestHoldMs = Math.max(counts.longestHoldMs, Math.round(ms))
  }

  /** Whether the platform is told "received" in place of the bot's status. */
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
        if (!hasWarnedOfOverdue) emit(warning('botOverdue', `the bot has ${count} deliveries that it does not answer`))
        hasWarnedOfOverdue = true
      },
    },
  }
}
