// The traffic of a run: puts forwarder, queue, guard and pipeline together.
import type { Config } from '../../config/load.ts'
import { withDeadline } from '../../core/async.ts'
import type { Delivery, RawHeaders } from '../../core/delivery.ts'
import type { Totals } from '../../core/notices.ts'
import type { Journal, Queue } from '../../core/ports.ts'
import { createForwarder, type Forwarder } from '../../delivery/forwarder.ts'
import { createPasser } from '../../delivery/passer.ts'
import { createQueue } from '../../delivery/queue.ts'
import { anyOnly, readOnly } from '../../protocol/only/filter.ts'
import { createOwnership } from '../../protocol/only/ownership.ts'
import { resign } from '../../protocol/signature.ts'
import { type ChallengeOptions, createChallengeAnswers } from './answer-challenge.ts'
import { type BotAccess, botAccess } from './bot-access.ts'
import type { FormerReceiver } from './others/former-receiver.ts'
import { createOthers, type Others } from './others/others.ts'
import { createPipeline, type ItemEvents, type Pipeline, type PipelineItem } from './pipeline.ts'
import { createQueueNotices, type QueueNoticesOptions } from './queue-notices.ts'
import { createReplies } from './replies.ts'
import { createGuard } from './signature-guard.ts'

export interface TrafficOptions extends ChallengeOptions, QueueNoticesOptions {
  readonly config: Config
  /** Whether the platform is a sandbox: redeliveries then go to the bot. */
  readonly emulated: boolean
  readonly journal: Journal
  readonly botId: string
  /** The URL that was registered before this run; `null` while that is not known, or when there was none. */
  readonly formerUrl: () => string | null
  /** Who gets what `--only` does not match; `null` when there is nobody. */
  readonly former: () => FormerReceiver | null
  /** The secret with which the bot checks signatures now; `null` if it checks none, or uses the webhook's own secret. */
  readonly botSecret: () => string | null
  /** Called for each delivery that comes in. */
  readonly arrived: () => void
  /** How deliveries are sent on. Default: to the bot, over HTTP. */
  readonly forwarder?: Forwarder
  /** How many deliveries may be at the bot at a time. Default: that of the queue. */
  readonly inFlightLimit?: number
  /** The longest wait for an answer, in ms. Default: that of the pipeline. */
  readonly patienceMs?: number
}

export interface Traffic {
  readonly queue: Queue<PipelineItem>
  readonly pipeline: Pipeline
  /** The secret with which the bot checks signatures; `null` if that is not known. */
  botSecret(): string | null
  /** Reports that the bot is gone, and with it the connections to it. */
  botGone(): void
  totals(): Totals
  /** Waits a while for the answers of the bot, then closes queue and connections. */
  close(): Promise<void>
}

/** How long the bot may still take to answer at the end. */
const DRAIN_MS = 2_500

/** Creates the traffic of a run. Deliveries are held until the queue is released. */
export function createTraffic(options: TrafficOptions): Traffic {
  const { config, emit, secret, botSecret } = options
  const { forwarder = createForwarder({ target: config.target, access: accessOf(options) }) } = options
  const { inFlightLimit, patienceMs } = options
  const notices = createQueueNotices(options)

  // Signed when it is sent, not when it arrives: the bot may have been restarted meanwhile, with another secret.
  const headersFor = (delivery: Delivery): RawHeaders | undefined => {
    const bots = botSecret()
    return bots === null || bots === secret() ? undefined : resign(delivery.headers, delivery.body, bots)
  }
  const openQueue = (on: ItemEvents): Queue<PipelineItem> =>
    createQueue({
      send: (delivery, headers = headersFor(delivery), written) => forwarder.forward(delivery, headers, written),
      on: { ...on, ...notices.on },
      ...(inFlightLimit !== undefined && { inFlightLimit }),
    })

  const { signature: mode, late, onBotError, hold: holdMs } = config
  const guard = createGuard({ mode, secret, rereadSecret: options.rereadSecret, emit })
  const answerChallenge = createChallengeAnswers(options)
  const others = othersOf(options)
  const { journal, botId, arrived } = options
  const pipeline = createPipeline({
    openQueue,
    journal,
    guard,
    emit,
    botId,
    answerChallenge,
    others,
    passesRepeats: options.emulated,
    arrived,
    late,
    onBotError,
    holdMs,
    ...(patienceMs !== undefined && { patienceMs }),
  })
  const { queue } = pipeline
  queue.hold('bot not ready')

  return {
    queue,
    pipeline,
    botSecret: () => botSecret() ?? secret(),
    botGone: forwarder.reset,
    totals: () => ({ ...pipeline.totals(), ...notices.totals(), ...(others?.totals() ?? NO_OTHERS) }),
    close: async () => {
      await withDeadline([], { ms: DRAIN_MS, reason: 'the bot has not answered' }, queue.idle)
      await queue.close()
      await forwarder.close()
    },
  }
}

const NO_OTHERS = { passed: 0, ignored: 0 }

/** Creates what passes on the deliveries that `--only` does not match; `null` without `--only`. */
function othersOf(options: TrafficOptions): Others | null {
  const { config, journal, former, secret, runId, emit } = options
  if (config.only === null) return null
  const filters = config.only.map((text) => {
    const filter = readOnly(text)
    // Impossible: the config has parsed it before.
    if ('message' in filter) throw new Error(filter.message)
    return filter
  })
  const ownership = createOwnership(anyOnly(filters))
  const passer = createPasser(config.proxies)
  return createOthers({ ownership, passer, former, secret, runId, journal, replies: createReplies(journal), emit })
}

/** What is added for the bot, computed anew only when the former URL changes. */
function accessOf({ config, formerUrl }: Pick<TrafficOptions, 'config' | 'formerUrl'>): () => BotAccess {
  let of: string | null = null
  let access = botAccess(config, of)
  return () => {
    const url = formerUrl()
    if (url === of) return access
    of = url
    access = botAccess(config, url)
    return access
  }
}
