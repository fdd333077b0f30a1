// The traffic of a run: forwarder, queue, guard and pipeline, put together and counted.
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
  /** Whether the platform is emulated: what comes again is then meant to. */
  readonly emulated: boolean
  readonly journal: Journal
  readonly botId: string
  /** The URL that was registered before this run; `null` while it is not known, or when there was none. */
  readonly formerUrl: () => string | null
  /** Who gets what `--only` does not match; `null` where there is nobody. */
  readonly former: () => FormerReceiver | null
  /** The secret that the bot checks with now; `null` when it checks none, or the webhook's own. */
  readonly botSecret: () => string | null
  readonly arrived: () => void
  /** Where deliveries go. Default: to the bot, by HTTP. */
  readonly forwarder?: Forwarder
  /** How many may be under way there at a time. Default: that of the queue. */
  readonly inFlightLimit?: number
  /** Longest wait for an answer, in ms. Default: that of the pipeline. */
  readonly patienceMs?: number
}

export interface Traffic {
  readonly queue: Queue<PipelineItem>
  readonly pipeline: Pipeline
  /** What the bot checks signatures with, as far as it is known. */
  botSecret(): string | null
  /** Reports that the bot has gone: connections to it are dead. */
  botGone(): void
  totals(): Totals
  /** Waits for what is at the bot, then lets go of it. */
  close(): Promise<void>
}

/** How long what is at the bot may still take at the end. */
const DRAIN_MS = 2_500

/** Creates the traffic of a run, holding until the bot is ready. */
export function createTraffic(options: TrafficOptions): Traffic {
  const { config, emit, secret, botSecret } = options
  const { forwarder = createForwarder({ target: config.target, access: accessOf(options) }) } = options
  const { inFlightLimit, patienceMs } = options
  const notices = createQueueNotices(options)

  // When it is sent, not when it came: the bot may have been started again meanwhile, with another secret.
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
  const { journal, botId, arrived, emulated } = options
  const others = othersOf(options)
  const limit = patienceMs === undefined ? {} : { patienceMs }
  const parts = { openQueue, journal, guard, answerChallenge, others, ...limit }
  const pipeline = createPipeline({ ...parts, emit, botId, arrived, late, onBotError, holdMs, passesRepeats: emulated })
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

/** The deliveries of others, with `--only`; `null` without it. */
function othersOf(options: TrafficOptions): Others | null {
  const { config, journal, former, secret, runId, emit } = options
  if (config.only === null) return null
  const filters = config.only.map((text) => {
    const filter = readOnly(text)
    // The config has read it before.
    if ('message' in filter) throw new Error(filter.message)
    return filter
  })
  const ownership = createOwnership(anyOnly(filters))
  const passer = createPasser(config.proxies)
  return createOthers({ ownership, passer, former, secret, runId, journal, replies: createReplies(journal), emit })
}

/** What the bot expects, worked out anew only where the former URL has become known. */
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
