// The traffic of a run: forwarder, queue, guard and pipeline, put together and counted.
import type { Config } from '../../config/load.ts'
import type { Delivery, RawHeaders } from '../../core/delivery.ts'
import { type Emit, type Totals, warning } from '../../core/notices.ts'
import type { Journal, Queue } from '../../core/ports.ts'
import { createForwarder } from '../../delivery/forwarder.ts'
import { createQueue } from '../../delivery/queue.ts'
import { resign } from '../../protocol/signature.ts'
import { createPipeline, type Pipeline } from './pipeline.ts'
import { createGuard } from './signature-guard.ts'

export interface DeliveriesOptions {
  readonly config: Config
  readonly journal: Journal
  readonly emit: Emit
  readonly who: string
  /** The webhook's secret, as far as it is known. */
  readonly secret: () => string | null
  readonly rereadSecret: () => Promise<string | null>
  /** The secret that the bot checks with now; `null` when it checks none, or the webhook's own. */
  readonly botSecret: () => string | null
  readonly challenged: () => void
  readonly handedOver: (by: string) => void
  readonly arrived: () => void
  /** A forward was refused: the bot's port may be closed. */
  readonly refused: () => void
}

export interface Deliveries {
  readonly queue: Queue
  readonly pipeline: Pipeline
  /** What the bot checks signatures with, as far as it is known. */
  botSecret(): string | null
  /** The bot has gone: connections to it are dead. */
  gone(): void
  totals(): Totals
  /** Waits for what is at the bot, then lets go of it. */
  close(): Promise<void>
}

/** How long what is at the bot may still take at the end. */
const DRAIN_MS = 2_500

/** Creates the traffic of a run, holding until the bot is ready. */
export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { config, journal, emit, secret, botSecret } = options
  const holds = { count: 0, longestMs: 0 }
  const forwarder = createForwarder({ target: config.target })
  let saidOverdue = false

  // When it is sent, not when it came: the bot may have been started again meanwhile, with another secret.
  const headersFor = (delivery: Delivery): RawHeaders | undefined => {
    const bots = botSecret()
    return bots === null || bots === secret() ? undefined : resign(delivery.headers, delivery.body, bots)
  }
  const queue = createQueue({
    forward: (delivery, headers = headersFor(delivery)) => {
      pipeline.leaves(delivery.id)
      return forwarder.forward(delivery, headers)
    },
    on: {
      held: (delivery, reason) => {
        if (!pipeline.isReplay(delivery.id)) holds.count += 1
        emit({ type: 'held', id: delivery.id, reason })
      },
      released: (delivery, ms) => {
        heldFor(delivery, ms)
        emit({ type: 'released', id: delivery.id, ms })
      },
      dropped: heldFor,
      attempt: ({ id }, n, attempt) => {
        journal.recordAttempt(id, n, attempt)
        const { outcome, ms } = attempt
        if (outcome === 'refused') pipeline.comesBack(id)
        emit({ type: 'attempt', id, n, outcome, status: outcome === 'answered' ? attempt.reply.status : null, ms })
      },
      refused: options.refused,
      overdue: (count) => {
        if (!saidOverdue) emit(warning('botOverdue', `the bot has ${count} deliveries that it does not answer`))
        saidOverdue = true
      },
    },
  })
  queue.hold('bot not ready')

  function heldFor({ id }: Delivery, ms: number): void {
    if (!pipeline.isReplay(id)) holds.longestMs = Math.max(holds.longestMs, ms)
  }

  const { signature: mode, late, onBotError, hold: holdMs } = config
  const guard = createGuard({ mode, secret, rereadSecret: options.rereadSecret, emit })
  const { challenged, handedOver, arrived, who } = options
  const pipeline = createPipeline({
    queue,
    journal,
    guard,
    emit,
    who,
    challenged,
    handedOver,
    arrived,
    late,
    onBotError,
    holdMs,
  })

  return {
    queue,
    pipeline,
    botSecret: () => botSecret() ?? secret(),
    gone: forwarder.reset,
    totals: () => ({ ...pipeline.totals(), held: holds.count, longestHoldMs: holds.longestMs }),
    close: async () => {
      await queue.idle(AbortSignal.timeout(DRAIN_MS))
      await queue.close()
      await forwarder.close()
    },
  }
}
