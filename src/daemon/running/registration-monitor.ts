// The check of the registration during a run: once a minute, and claimed again when the public URL or the events change.
import { type Clock, MONOTONIC } from '../../core/async.ts'
import { messageOf } from '../../core/errors.ts'
import { type HookAddress, hookUrl } from '../../core/hook-url.ts'
import type { Off } from '../../core/listeners.ts'
import { type Emit, warning } from '../../core/notices.ts'
import type { Registration, Tunnel, TunnelState } from '../../core/ports.ts'
import { reclaimNotice } from '../registration-notices.ts'

/** What the platform is to have: the public URL, without path and credentials, and the events. */
interface Subscription {
  readonly url: string
  readonly events: readonly string[] | null
}

export interface MonitorOptions {
  readonly tunnel: Tunnel
  readonly registration: Registration
  readonly address: HookAddress
  /** What is registered now. */
  readonly claimed: Subscription
  readonly emit: Emit
  /** Called when the tunnel is gone for good; announcing why is left to it. */
  readonly lost: (cause: Error) => void
  readonly everyMs?: number
  /** How soon a check that failed is made again. */
  readonly retryMs?: number
  readonly clock?: Clock
}

export interface RegistrationMonitor {
  /** Claims again with other events. */
  claimEvents(events: readonly string[] | null): void
  /** Ends the checks; resolves when one that is under way, which the signal aborts, is over. */
  stop(): Promise<void>
}

/**
 * `behind`: a dev-hook that has joined this one has the webhook, and passes on to it. `superseded`: somebody else has it, so that it
 * is left alone. That and `stopped` are final.
 */
type Phase = 'watching' | 'behind' | 'failing' | 'superseded' | 'stopped'

const ASKED_AGAIN =
  'no action needed, unless it stays so: dev-hook asks the platform again each time it looks at the webhook'

const OUT_OF_REACH = warning(
  'superseded',
  'the public URL has changed, and the dev-hook in front of this one could not be told: nothing comes here any more',
  'no action needed, unless it stays so: it is told again once a minute; else start again, in front of it',
)

const isFinal = (phase: Phase): boolean => phase === 'superseded' || phase === 'stopped'

/** Starts to check the registration. Whatever goes wrong is announced; the checks end with the run, not before. */
// One story: each check goes by what is claimed and wanted by then, and leaves both as they are from then on.
export function startRegistrationMonitor(options: MonitorOptions, signal: AbortSignal): RegistrationMonitor {
  const { tunnel, registration, address, emit, everyMs = 60_000, retryMs = 2_000, clock = MONOTONIC } = options
  let { claimed } = options
  let wanted = claimed
  let phase: Phase = 'watching'
  let cancelNext: Off = () => undefined
  let checking: Promise<void> = Promise.resolve()

  function enter(next: Phase): void {
    if (isFinal(phase)) return
    phase = next
    cancelNext()
    if (!isFinal(next)) cancelNext = clock.after(next === 'failing' ? retryMs : everyMs, check)
  }

  /** One check at a time: the next one starts when the one before is done. */
  function check(): void {
    checking = checking.then(async () => {
      if (signal.aborted || isFinal(phase)) return
      try {
        enter(await checkOnce())
      } catch (error) {
        if (signal.aborted) return
        // Once, however long it lasts.
        if (phase !== 'failing') emit(warning('checkFailed', `the webhook could not be checked: ${messageOf(error)}`))
        enter('failing')
      }
    })
  }

  async function checkOnce(): Promise<Phase> {
    const state = tunnel.current()
    // Nothing could be claimed.
    if (state.state !== 'online') return 'watching'
    const found = await registration.check(signal)
    if (found === 'superseded') return superseded(options)
    await registration.checkNeighbour(signal)
    if (found === 'behind') {
      claimed = { ...claimed, url: await tellInFront(state.url, claimed.url, signal) }
      return 'behind'
    }
    const isAbandoned = found === 'abandoned'
    if (isAbandoned || phase === 'behind') emit({ type: 'registration', state: 'ahead', kind: registration.kind })
    wanted = { ...wanted, url: state.url }
    const now = wanted
    if (now.url === claimed.url && now.events === claimed.events && !isAbandoned) {
      await verifyAgain(found === 'ours', signal)
      return 'watching'
    }
    const url = hookUrl(now.url, address)
    await registration.claim(url, now.events, signal)
    if (!isAbandoned)
      emit(reclaimNotice(registration, { url, events: now.events, eventsChanged: now.events !== claimed.events }))
    claimed = now
    return 'watching'
  }

  const verifyAgain = createVerifier(options)
  const tellInFront = createTeller(options)
  const announce = createTunnelAnnouncer(emit)
  const onTunnel = (state: TunnelState): void => {
    announce(state)
    if (state.state === 'online') check()
    if (state.state === 'offline') options.lost(state.cause)
  }
  const off = tunnel.on(onTunnel)
  enter('watching')
  const current = tunnel.current()
  // It may have been lost since the claim, when nobody listened yet.
  if (current.state !== 'online' || current.url !== claimed.url) onTunnel(current)
  return {
    claimEvents: (events) => {
      wanted = { ...wanted, events }
      check()
    },
    stop: async () => {
      off()
      enter('stopped')
      await checking
    },
  }
}

function superseded({ registration: { kind }, emit }: Pick<MonitorOptions, 'registration' | 'emit'>): Phase {
  emit({ type: 'registration', state: 'superseded', kind })
  emit(warning('superseded', 'somebody else changed the webhook; it is left alone from now on'))
  return 'superseded'
}

/**
 * Asks the platform to verify the URL again whenever it is seen not to be verified: it was challenged while nothing could answer,
 * as the machine slept, or the tunnel was away.
 */
function createVerifier({ registration, emit }: Pick<MonitorOptions, 'registration' | 'emit'>) {
  let isVerified = true
  return async (seen: boolean, signal: AbortSignal): Promise<void> => {
    const was = isVerified
    isVerified = seen || (await registration.verifyAgain(signal))
    if (seen) return
    if (isVerified) emit({ type: 'registration', state: 'verified', kind: registration.kind })
    // Once, however long it lasts.
    else if (was) emit(warning('notVerified', 'the platform shows the webhook as not verified', ASKED_AGAIN))
  }
}

/**
 * Tells the dev-hook that has joined this run the public URL to pass on to, where it is another one than it knows, and announces whether
 * that is done: that it is not, once for each URL. Resolves with the URL that it knows from then on.
 */
function createTeller({ registration, address, emit }: Pick<MonitorOptions, 'registration' | 'address' | 'emit'>) {
  let announced: string | null = null
  return async (url: string, known: string, signal: AbortSignal): Promise<string> => {
    if (url === known) return url
    const isDone = await registration.moved(hookUrl(url, address), signal)
    if (isDone) emit({ type: 'registration', state: 'moved', kind: registration.kind })
    else if (url !== announced) emit(OUT_OF_REACH)
    announced = url
    return isDone ? url : known
  }
}

/** Announces a tunnel that was online when its state changes; not that it reconnects for yet another reason. */
function createTunnelAnnouncer(emit: Emit): (state: TunnelState) => void {
  let announced: TunnelState['state'] = 'online'
  return ({ state, url }) => {
    if (state !== announced) emit({ type: 'tunnel', state, url })
    announced = state
  }
}
