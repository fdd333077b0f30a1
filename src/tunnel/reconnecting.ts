// A tunnel that stays open: one connection after the other, each watched, and opened again when it is lost.
import { nextCall } from '../core/async.ts'
import { asDevHookError } from '../core/errors.ts'
import { createObservable } from '../core/listeners.ts'
import type { Tunnel, TunnelState } from '../core/ports.ts'
import type { Connection, OpenConnection } from './connection.ts'
import { type Health, type HealthOptions, startHealth } from './health.ts'
import { type BackOff, openWithin, reopen } from './reconnect-schedule.ts'

export interface ReconnectingOptions extends HealthOptions {
  /** For the start, all attempts together. */
  readonly startLimitMs: number
  /** How long the public URL may take to answer after a reconnect. */
  readonly answerLimitMs: number
  readonly backOff: BackOff
}

/**
 * Opens the first connection, then keeps the tunnel open until `close`. `signal` ends the opening only: an open tunnel
 * outlives the request to end, because the platform still needs it.
 */
export async function openReconnectingTunnel(
  open: OpenConnection,
  options: ReconnectingOptions,
  signal: AbortSignal,
): Promise<Tunnel> {
  const { backOff, answerLimitMs, clock } = options
  const closing = new AbortController()
  let connection = await openFirst(open, options, signal)
  let health: Health | null = null
  const tunnel = createObservable<TunnelState>({ state: 'online', url: connection.url })

  function reconnecting(reason: string): void {
    const now = tunnel.current()
    if (now.state === 'reconnecting' && now.reason === reason) return
    tunnel.set({ state: 'reconnecting', url: now.url, reason })
  }

  const offline = (cause: Error): void => tunnel.set({ state: 'offline', url: tunnel.current().url, cause })

  const untilLost = (): Promise<string> =>
    nextCall((onLost) => {
      health = startHealth(connection, options, onLost)
      return health.stop
    }, closing.signal)

  async function keepOpen(): Promise<void> {
    for (;;) {
      reconnecting(await untilLost())
      // First the old one goes, wholly: as long as it has the name, the provider gives it to nobody else.
      await connection.kill()
      const opened = await reopen(answerLimitMs, open, reconnecting, { backOff, clock, signal: closing.signal })
      if ('failed' in opened) return offline(opened.failed)
      connection = opened.connection
      tunnel.set({ state: 'online', url: connection.url })
    }
  }

  const closed = keepOpen()
    .catch((error: unknown) => {
      if (!closing.signal.aborted) offline(asDevHookError(error))
    })
    .then(() => connection.close())

  return {
    current: tunnel.current,
    on: tunnel.on,
    markActive: () => health?.markActive(),
    close: () => {
      closing.abort()
      return closed
    },
  }
}

const MAX_FIRST_WAIT_MS = 2_000

async function openFirst(
  open: OpenConnection,
  { startLimitMs, backOff: inARun, clock }: ReconnectingOptions,
  signal: AbortSignal,
): Promise<Connection> {
  // Somebody waits for this one.
  const backOff = { ...inARun, maxMs: Math.min(inARun.maxMs, MAX_FIRST_WAIT_MS) }
  try {
    const opened = await openWithin(startLimitMs, open, { backOff, clock, signal })
    if ('connection' in opened) return opened.connection
    throw opened.failed
  } catch (error) {
    signal.throwIfAborted()
    throw error
  }
}
