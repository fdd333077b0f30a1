// A bot that somebody else runs: its state is found out by connecting.

import { sleep } from '../core/async.ts'
import { createObservable } from '../core/listeners.ts'
import type { Warn } from '../core/notices.ts'
import type { Bot, BotState } from '../core/ports.ts'
import { startLookout } from './port-monitor.ts'
import { waitForPort } from './readiness.ts'

export interface WatchedBotOptions {
  readonly host: string
  readonly port: number
  readonly warn: Warn
  /** How long nothing may listen before it is said, once. */
  readonly lateMs?: number
  readonly now?: () => number
}

/** Watches a bot from the outside: it is only ever `starting` or `ready`, and `stopped` once nobody watches it. */
export function watchBot(options: WatchedBotOptions): Bot {
  const { host, port, warn, lateMs = 10_000, now = () => performance.now() } = options
  const states = createObservable<BotState>({ state: 'starting', pid: null })
  const lookout = startLookout({
    target: { host, port },
    pid: null,
    announce: states.set,
    late: () => warn('botNotListening', `nothing listens on ${host}:${port} yet; deliveries are held`),
    lateMs,
    waitForPort,
    sleep,
    now,
  })
  let stopping: Promise<void> | undefined

  async function stop(): Promise<void> {
    await lookout.stop()
    states.set({ state: 'stopped', pid: null, code: null })
  }

  return {
    current: states.current,
    on: states.on,
    refused: lookout.refused,
    restart: () => {},
    stop: () => {
      stopping ??= stop()
      return stopping
    },
  }
}
