// A tunnel that is kept: one line after the other, each watched, and opened again when it is lost.
import { onAbort } from '../core/async.ts'
import { asDevHookError } from '../core/errors.ts'

import { createListeners } from '../core/listeners.ts'
import type { Tunnel, TunnelState } from '../core/ports.ts'
import type { Line, OpenLine } from './connection.ts'
import { type HealthOptions, startHealth } from './health.ts'
import { type BackOff, openAgain, openWithin } from './reconnect-schedule.ts'

export interface KeeperOptions extends HealthOptions {
  /** For the start, all attempts together. */
  readonly startLimitMs: number
  /** How long one attempt to reconnect waits for the public URL to answer. */
  readonly patienceMs: number
  readonly backOff: BackOff
}

/**
 * Opens the first line, then keeps the tunnel until `close`. `signal` ends the opening only: an open tunnel outlives the
 * wish to end, because the platform still needs it.
 */
export async function keepTunnel(open: OpenLine, options: KeeperOptions, signal: AbortSignal): Promise<Tunnel> {
  const { backOff, patienceMs } = options
  const first = await openFirst(open, options, signal)
  let line = first
  let state: TunnelState = { state: 'online', url: line.url }
  let used = (): void => {}
  const listeners = createListeners<TunnelState>()
  const ending = new AbortController()

  function become(next: TunnelState): void {
    state = next
    listeners.emit(next)
  }

  function reconnecting(reason: string): void {
    if (state.state === 'reconnecting' && state.reason === reason) return
    become({ state: 'reconnecting', url: state.url, reason })
  }

  async function loss(): Promise<string> {
    return new Promise((resolve, reject) => {
      const health = startHealth(line, options, (reason) => {
        off()
        resolve(reason)
      })
      used = () => health.used()
      const off = onAbort(ending.signal, () => {
        health.stop()
        reject(ending.signal.reason)
      })
    })
  }

  async function keep(): Promise<void> {
    for (;;) {
      reconnecting(await loss())
      // First the old one goes, wholly: the service gives the name to nobody while it has it.
      await line.kill()
      const opened = await openAgain(patienceMs, open, backOff, reconnecting, ending.signal)
      if (!('line' in opened)) return become({ state: 'offline', url: state.url, cause: opened.failed })
      line = opened.line
      become({ state: 'online', url: line.url })
    }
  }

  const kept = keep()
    .catch((error: unknown) => {
      if (!ending.signal.aborted) become({ state: 'offline', url: state.url, cause: asDevHookError(error) })
    })
    .then(() => line.close())

  return {
    current: () => state,
    on: listeners.on,
    used: () => used(),
    close: () => {
      ending.abort()
      return kept
    },
  }
}

async function openFirst(open: OpenLine, options: KeeperOptions, signal: AbortSignal): Promise<Line> {
  try {
    const opened = await openWithin(options.startLimitMs, open, options.backOff, signal)
    if ('line' in opened) return opened.line
    throw opened.failed
  } catch (error) {
    signal.throwIfAborted()
    throw error
  }
}
