// The daemon's side of the watchdog: a detached process that restores when the pipe to it breaks, kept alive during the run.
import { type Clock, ignoreAbort, MONOTONIC, poll } from '../../core/async.ts'
import { messageOf } from '../../core/errors.ts'
import { packageFile } from '../../core/instance.ts'
import { type Emit, warning } from '../../core/notices.ts'
import { exponential, sinceBeginning } from '../../core/pace.ts'
import type { TokenPair } from '../../platform/api/token-source.ts'
import type { Snapshot } from '../../platform/webhook/snapshot.ts'
import { encodeSnapshot } from '../../platform/webhook/snapshot-format.ts'
import type { WatchdogMessage, WatchdogOrders } from './messages.ts'
import { startWatchdogProcess, type WatchdogProcess } from './watchdog-process.ts'

export interface Watchdog {
  /** Gives it its orders. Until then it does nothing when the daemon dies. Rejects when its process could not be started. */
  arm(orders: WatchdogOrders): Promise<void>
  /** The tokens were refreshed: those it was armed with may be refused by then. */
  tokens(tokens: TokenPair): void
  /** The bot's process, which is to be ended with the daemon; `null` when there is none. */
  bot(pid: number | null): void
  /** What is owed to the platform from now on, so that it is not only on disk. */
  snapshot(snapshot: Snapshot): void
  /** Ends the watchdog, as everything is as it was. Resolves when its process has gone. */
  dismiss(): Promise<void>
  /** Leaves the restore that failed to the watchdog, as if the daemon had died. */
  entrust(): void
}

export interface WatchdogOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly emit: Emit
  /** The file that is run. */
  readonly childPath?: string
  /** How often a process is asked whether it still answers, in ms. */
  readonly askMs?: number
  readonly clock?: Clock
}

const CHILD = packageFile('dist/daemon/watchdog/child.cjs')
/** Seldom, as long as all is well; one that is stopped is replaced after three times as long. */
const ASK_MS = 10_000

/** From the start of one process to that of the next: at once, unless they die one after the other. */
const PACE = sinceBeginning(exponential(500, 60_000))

/**
 * Starts a watchdog, and, once it is armed, another one whenever its process dies or no longer answers during the run. Its orders, the
 * token among them, go through the pipe: they are neither in argv nor on disk.
 */
export function startWatchdog(options: WatchdogOptions): Watchdog {
  const { env, emit, childPath = CHILD, askMs = ASK_MS, clock = MONOTONIC } = options
  const over = new AbortController()
  // The newest message of each type, in the order in which another process needs them: the orders are the first.
  const known = new Map<WatchdogMessage['type'], WatchdogMessage>()
  let child: WatchdogProcess | null = null
  let isFailing = false

  const start = async (): Promise<WatchdogProcess> => {
    const process = startWatchdogProcess(childPath, env, askMs)
    for (const message of known.values()) process.send(message)
    child = process
    await process.started
    return process
  }
  const first = start()
  // Whoever arms it is told.
  const firstGone = first.then(
    ({ gone }) => gone,
    () => undefined,
  )
  let lives: Promise<void> = firstGone

  const send = (message: WatchdogMessage): void => {
    known.set(message.type, message)
    child?.send(message)
  }
  const end = (last?: WatchdogMessage): void => {
    over.abort()
    child?.end(last)
  }

  /** One process, from its start to its death. */
  async function live(n: number): Promise<void> {
    try {
      const { gone, end: dismiss } = await (n === 0 ? first : start())
      isFailing = false
      if (n > 0 && over.signal.aborted) dismiss({ type: 'dismiss' })
      await gone
    } catch (error) {
      // Once, however long it lasts.
      if (!isFailing) emit(warning('watchdogFailed', `the watchdog cannot be started again: ${messageOf(error)}`))
      isFailing = true
    } finally {
      child = null
    }
  }
  const isOver = (): boolean => over.signal.aborted

  return {
    arm: async (orders) => {
      await first
      send({ type: 'arm', orders })
      lives = ignoreAbort(poll(live, isOver, { pace: PACE, signal: over.signal, clock }), over.signal)
    },
    tokens: (tokens) => send({ type: 'tokens', tokens }),
    bot: (pid) => send({ type: 'bot', pid }),
    snapshot: (snapshot) => send({ type: 'snapshot', text: encodeSnapshot(snapshot) }),
    entrust: () => end(),
    dismiss: async () => {
      await first.catch(() => undefined)
      end({ type: 'dismiss' })
      await lives
    },
  }
}
