// While running: the registration is looked at once a minute, and claimed again when the public URL has changed.
import { messageOf } from '../../core/errors.ts'
import { type HookAddress, hookUrl } from '../../core/hook-url.ts'
import { type Emit, warning } from '../../core/notices.ts'
import type { Registration, Tunnel, TunnelState } from '../../core/ports.ts'
import { reclaimNotice } from '../registration-notices.ts'

export interface VigilOptions {
  readonly tunnel: Tunnel
  readonly registration: Registration
  readonly address: HookAddress
  /** What is registered now: the public URL, without path and credentials, and the events. */
  readonly claimed: { readonly url: string; readonly events: readonly string[] | null }
  readonly emit: Emit
  /** The tunnel is gone for good; whoever hears it announces why. */
  readonly lost: (cause: Error) => void
  readonly everyMs?: number
  /** How soon a claim that failed is tried again. */
  readonly retryMs?: number
}

export interface Vigil {
  /** Claims again with other events. */
  claimEvents(events: readonly string[] | null): void
  stop(): void
}

/** Starts the vigil. Whatever goes wrong in it is announced; it ends with the run, not before. */
export function startVigil(options: VigilOptions, signal: AbortSignal): Vigil {
  const { tunnel, registration, address, emit, everyMs = 60_000, retryMs = 2_000 } = options
  let { claimed } = options
  let wanted = claimed
  let superseded = false
  let failing = false
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> = Promise.resolve()

  const again = (ms: number): void => {
    clearTimeout(timer)
    if (!signal.aborted && !superseded) timer = setTimeout(look, ms)
  }

  /** One look at a time: the next one starts when the one before is done. */
  function look(): void {
    looking = looking.then(lookNow).then(
      () => {
        failing = false
        again(everyMs)
      },
      (error: unknown) => {
        if (signal.aborted) return
        // Once, however long it lasts.
        if (!failing) emit(warning('vigilFailed', `the webhook could not be checked: ${messageOf(error)}`))
        failing = true
        again(retryMs)
      },
    )
  }

  async function lookNow(): Promise<void> {
    if (superseded || signal.aborted) return
    const state = tunnel.current()
    if (state.state !== 'online') return
    if ((await registration.check(signal)) === 'superseded') {
      superseded = true
      emit({ type: 'registration', state: 'superseded', kind: registration.kind })
      emit(warning('superseded', 'somebody else changed the webhook; it is left alone from now on'))
      return
    }
    wanted = { ...wanted, url: state.url }
    if (wanted.url === claimed.url && wanted.events === claimed.events) return
    const now = wanted
    const url = hookUrl(now.url, address)
    await registration.claim(url, now.events, signal)
    emit(reclaimNotice(registration, { url, events: now.events, eventsChanged: now.events !== claimed.events }))
    claimed = now
  }

  let announced: TunnelState['state'] = 'online'
  const onTunnel = (state: TunnelState): void => {
    // It may be told again that it reconnects, for another reason.
    if (state.state !== announced) emit({ type: 'tunnel', state: state.state, url: state.url })
    announced = state.state
    if (state.state === 'online') look()
    if (state.state === 'offline') options.lost(state.cause)
  }

  const off = tunnel.on(onTunnel)
  again(everyMs)
  const now = tunnel.current()
  // It may have been lost since the claim, when nobody listened yet.
  if (now.state !== 'online' || now.url !== claimed.url) onTunnel(now)
  return {
    claimEvents: (events) => {
      wanted = { ...wanted, events }
      look()
    },
    stop: () => {
      off()
      clearTimeout(timer)
    },
  }
}
