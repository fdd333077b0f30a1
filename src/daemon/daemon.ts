// The life of a run: the phases of its start in order, and what ends it.
//
// The start. Each phase hands what it opened to those below it, and has registered the release of that.
//
//   preflight       token, command and tunnel credentials; creates the API client
//   state           lock and journal; with --take-over, another run on this machine gives them up first
//   watchdog        its process begins, and has no orders yet
//   traffic         pipeline and queue, which holds; what an earlier run acknowledged is queued
//   gateway         the loopback server
//   watcher         saves count from here on
//   ┌───────────────┬──────────────────────────────────┬─────────────────┐
//   tunnel          registration                       inspector            side by side: one that fails cancels the others
//   opens, answers  is found; may it be claimed?       for other commands
//   └───────────────┴──────────────────────────────────┴─────────────────┘
//   arm             from here on the watchdog puts an end without a word right
//   bot             is started, not waited for
//   claim           snapshot, then the platform points here
//   verify          the platform has sent its challenge, and shows it
//   monitor         the registration is checked from now on
//   running
//
// The end, on request or by a failure, during the start as well: every wait is aborted, the start gives up, and what it has
// acquired is released in the order of `stop-order.ts`.
//
// Who calls whom while it runs:
//
//   platform → tunnel → gateway → pipeline → queue → bot: a delivery, and the answer back on the same way
//   pipeline → challenges → registration (verify); pipeline → quiet period and tunnel: a delivery came in
//   pipeline → this file: another dev-hook takes over, so the run ends
//   queue → bot: a forward was refused, look at the port again; bot → queue: hold or release
//   bot → watchdog: its process id; API client → watchdog: fresh tokens; registration → watchdog: each snapshot
//   watcher → bot: restart; watcher → monitor: other events; bot → watcher: start only when nothing is being saved
//   tunnel → monitor → registration: another public URL, claim again; tunnel → monitor → this file: it is lost for good
//   keys, inspector → operations → control → pipeline, queue, bot
import { allOrCancel, type Clock, MONOTONIC } from '../core/async.ts'
import { asDevHookError, DevHookError } from '../core/errors.ts'
import { createLifetime } from '../core/lifetime.ts'
import { createListeners } from '../core/listeners.ts'
import { errorNotice, type NoticeBody, warning } from '../core/notices.ts'
import { changeOf, type StreamEvent } from '../inspector/stream.ts'
import { FACTORIES, type Factories } from './factories.ts'
import { createOperations } from './operations/create-operations.ts'
import { createRestoration } from './restoration.ts'
import { noParts, type Run, shownUrl, totalsOf } from './run.ts'
import { type EndReason, nextState, type RunEvent, type RunState } from './run-state.ts'
import { createControl } from './running/control.ts'
import * as forBot from './start/bot-phases.ts'
import { createChallenges } from './start/challenge-waiter.ts'
import * as local from './start/local-phases.ts'
import * as outside from './start/outside-phases.ts'
import { createSteps } from './start/start-steps.ts'
import { STOP_ORDER, type StopName } from './stop-order.ts'
import type { Daemon, DaemonOptions, Stopped } from './types.ts'

/**
 * Creates the daemon of one run, whose parts are opened by `factories`; `clock` measures the limits of its end. Nothing is
 * acquired before `start`.
 */
export function createDaemon(
  options: DaemonOptions,
  factories: Factories = FACTORIES,
  clock: Pick<Clock, 'after'> = MONOTONIC,
): Daemon {
  const run = createRun(options, factories, clock, dispatch)
  const { emit, lifetime, parts, restoration, control } = run
  let current: RunState = { is: 'idle' }
  let starting: Promise<void> = Promise.resolve()
  let announceEnd: (stopped: Stopped) => void
  const ended = new Promise<Stopped>((resolve) => {
    announceEnd = resolve
  })
  const state = (): RunState => current

  function dispatch(event: RunEvent): void {
    const before = current
    current = nextState(before, event)
    if (current.is === 'stopping' && before.is !== 'stopping') void end(current.reason)
  }

  async function start(): Promise<void> {
    if (state().is === 'idle') {
      dispatch({ type: 'start' })
      // Begins a moment later: a listener may end the run at the first notice, and `end` waits for this very promise.
      starting = Promise.resolve().then(bringUp)
    }
    await starting
    const now = state()
    if (!('reason' in now) || now.reason.why === 'requested') return
    await ended
    throw now.reason.why === 'failed' ? now.reason.error : new DevHookError('interrupted', 'the start was ended')
  }

  /** Never rejects: what fails has become the state. */
  async function bringUp(): Promise<void> {
    try {
      const ready = await runPhases(run)
      dispatch({ type: 'ready' })
      if (state().is === 'running') emit(ready)
    } catch (thrown) {
      dispatch({ type: 'fail', error: asDevHookError(thrown) })
    }
  }

  async function end(reason: EndReason): Promise<void> {
    const error = reason.why === 'failed' ? reason.error : null
    if (error !== null) emit(errorNotice(error))
    lifetime.cancel()
    await starting
    await lifetime.end()
    const stopped: Stopped = {
      ...totalsOf(parts),
      restored: restoration.result(),
      failure: error?.failure ?? null,
    }
    emit({ type: 'stopped', ...stopped })
    dispatch({ type: 'released' })
    announceEnd(stopped)
  }

  return {
    start,
    stop: () => {
      dispatch({ type: 'stop' })
      return ended
    },
    fail: (cause) => {
      run.fail(cause)
      return ended
    },
    ended,
    url: () => shownUrl(parts),
    pageLink: () => parts.inspector?.link ?? null,
    totals: () => totalsOf(parts),
    control,
    operations: () => parts.operations,
    ending: lifetime.signal,
  }
}

/** What the phases of one run share. Nothing is acquired yet. */
function createRun(
  options: DaemonOptions,
  factories: Factories,
  clock: Pick<Clock, 'after'>,
  dispatch: (event: RunEvent) => void,
): Run {
  const { emit } = options.notices
  const announceFailed = (name: StopName, cause: unknown): void =>
    emit(warning('releaseFailed', `${name}: ${asDevHookError(cause).message}`))
  const lifetime = createLifetime(STOP_ORDER, announceFailed, clock)
  const parts = noParts()
  const restoration = createRestoration(options.config.restore, emit)
  const changes = createListeners<StreamEvent>()
  const control = createControl(parts, { ...options, changed: (what) => changes.emit(changeOf(what)) })
  return {
    options,
    factories,
    emit,
    lifetime,
    steps: createSteps(emit, options.version, lifetime.signal),
    challenges: createChallenges(),
    restoration,
    parts,
    control,
    changes,
    stop: () => dispatch({ type: 'stop' }),
    fail: (cause) => dispatch({ type: 'fail', error: asDevHookError(cause) }),
  }
}

/** The start. Resolves with the notice that all is ready; rejects with what a phase failed with, or what aborted it. */
async function runPhases(run: Run): Promise<NoticeBody> {
  const { lifetime, parts } = run
  const account = await local.preflight(run)
  const state = await local.state(run, account)
  parts.state = state
  const watchdog = forBot.watchdog(run)
  const traffic = await local.traffic(run, account, state)
  parts.traffic = traffic
  parts.operations = createOperations(run, account, state)
  const gateway = await local.gateway(run, account, traffic)
  const saves = forBot.watcher(run)
  const [tunnel, registration, inspector] = await allOrCancel(
    lifetime.cancel,
    outside.tunnel(run, account, gateway),
    outside.registration(run, account),
    local.inspector(run, account, parts.operations),
  )
  parts.tunnel = tunnel
  parts.registration = registration
  parts.inspector = inspector
  const way = { traffic, tunnel, registration }
  await forBot.arm(run, account, watchdog)
  parts.watchdog = watchdog
  const { bot, link } = forBot.bot(run, account, way, watchdog, saves)
  parts.bot = bot
  parts.link = link
  const claimed = await outside.claim(run, account, way, saves)
  await outside.verify(run, registration)
  parts.monitor = outside.monitor(run, account, way, claimed, saves)
  return outside.ready(run, way, { ...claimed, inspector }, saves)
}
