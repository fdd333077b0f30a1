// A bot that somebody else runs: its state is found out from the outside.

import { type Clock, MONOTONIC } from '../core/async.ts'
import { createObservable } from '../core/listeners.ts'
import type { Warn } from '../core/notices.ts'
import type { Bot, BotState } from '../core/ports.ts'
import { startPortMonitor } from './port-monitor.ts'
import type { Readiness } from './readiness.ts'

export interface ExternalBotOptions {
  /** As they are shown to people. */
  readonly host: string
  readonly port: number
  readonly readiness: Readiness
  readonly warn: Warn
  /** How long the bot may not be ready before that is announced, once. */
  readonly lateMs?: number
  readonly clock?: Clock
}

/** Monitors a bot that somebody else runs: it is only ever `starting` or `ready`, and `stopped` once the monitor is. */
export function monitorExternalBot(options: ExternalBotOptions): Bot {
  const { host, port, readiness, warn, lateMs = 10_000, clock = MONOTONIC } = options
  const states = createObservable<BotState>({ state: 'starting', pid: null })
  const monitor = startPortMonitor({
    readiness,
    pid: null,
    onState: states.set,
    onLate: () => warn('botNotListening', `nothing listens on ${host}:${port} yet; deliveries are held`),
    lateMs,
    clock,
  })
  let stopping: Promise<void> | undefined

  async function stop(): Promise<void> {
    await monitor.stop()
    states.set({ state: 'stopped', pid: null, code: null })
  }

  return {
    current: states.current,
    on: states.on,
    refused: monitor.refused,
    restart: () => {},
    stop: () => {
      stopping ??= stop()
      return stopping
    },
  }
}
