// What keeps the bot running: when it is started, ended and started again.

import { aborted, type Clock, ignoreAbort, MONOTONIC, resolveOnAbort } from '../core/async.ts'
import { createObservable } from '../core/listeners.ts'
import type { Warn } from '../core/notices.ts'
import { backOff } from '../core/pace.ts'
import type { Bot, BotState } from '../core/ports.ts'
import { portIn } from './port-hint.ts'
import { type PortMonitor, startPortMonitor } from './port-monitor.ts'
import { listenerOn } from './port-owner.ts'
import { type BotProcess, type Exit, type ProcessOptions, startProcess } from './process.ts'
import { type Readiness, untilGone, untilVacant } from './readiness.ts'
import { createRequests, type Request } from './restart-request.ts'

export interface SupervisorOptions extends Pick<ProcessOptions, 'command' | 'cwd' | 'output'> {
  /** As they are shown to people. */
  readonly host: string
  readonly port: number
  readonly readiness: Readiness
  /** The readiness of the bot that this process is, rather than of whoever has its port. Default: that is not told apart. */
  readinessOf?(pid: number | null): Readiness
  /** The ports on which the bot that this process is listens, as far as the system tells. */
  portsOf?(pid: number | null): Promise<readonly number[]>
  /** Asked at every start. Its owner bounds it. */
  env(): ProcessOptions['env'] | Promise<ProcessOptions['env']>
  /** Called before the bot is ended for a restart: the queue holds, and what is in flight may finish. Its owner bounds it. */
  pause(reason: string): Promise<void>
  /** Resolves when nothing is being saved: a bot that starts before that reads half of it. Its owner bounds it. */
  savesSettled(): Promise<void>
  /** Ends what the bot has started that keeps its port though it left the bot's process group, which is `group`. */
  endStrays?(group: number | null): Promise<void>
  /**
   * Whether a bot that crashes before it has ever listened waits for a save: what keeps it from listening is a mistake in it, and
   * the same after a moment. Without saves that are noticed it would wait for ever.
   */
  readonly waitsForSave?: boolean
  /** Finds the bot that a command which ended in order has left running; resolves to `null` when there is none. */
  adopt?(command: BotProcess, signal: AbortSignal): Promise<BotProcess | null>
  readonly warn: Warn
  readonly killAfterMs?: number
  /** How long the port may stay taken after the bot has ended. */
  readonly portFreeMs?: number
  /** How long the bot may not be ready before that is announced. */
  readonly lateMs?: number
  /** How long it may not be ready before that is announced when it listens on another port. */
  readonly slowMs?: number
  /** How long a bot must have been ready for its next crash to count as the first. */
  readonly steadyMs?: number
  readonly startProcess?: (options: ProcessOptions) => BotProcess
  readonly clock?: Clock
}

/** Where the life of the bot stands. Each phase carries what it needs and knows which one is next. */
type Phase =
  /** Waits for the port to be free, then starts a process. */
  | { readonly is: 'starting' }
  | { readonly is: 'running'; readonly child: BotProcess; readonly startedAt: number }
  /** Ends the process, on request. */
  | { readonly is: 'ending'; readonly child: BotProcess }
  /** The process has ended by itself; what it started may still run. */
  | { readonly is: 'exited'; readonly child: BotProcess; readonly exit: Exit; readonly ms: number }
  /** Waits for any request, for a save, or for the back-off to be over, in ms. */
  | { readonly is: 'waiting'; readonly until: 'request' | 'save' | number }
  | { readonly is: 'stopped' }

const BACK_OFF_MS = { min: 250, max: 5_000 }
/** How long a bot that writes its last words takes to end. */
const CRASH_MS = 100

/** Starts the bot at once and keeps it running until `stop`. One loop owns the process, so there is never a second one. */
// One story: each phase is a function of its own, over the same state.
export function startSupervisor(options: SupervisorOptions): Bot {
  const { command, cwd, host, port, readiness, warn, clock = MONOTONIC } = options
  const { killAfterMs = 5_000, portFreeMs = 5_000, lateMs = 10_000, slowMs = 3_000, steadyMs = 5_000 } = options
  const states = createObservable<BotState>({ state: 'starting', pid: null })
  const requests = createRequests()
  const { stopSignal } = requests
  let monitor: PortMonitor | null = null
  let latest: BotProcess | null = null
  /** How often the bot has crashed in a row. */
  let crashes = 0
  let readyAt: number | null = null
  /** Whether it has listened in this run, at any of its starts. */
  let hasListened = false
  /** Another port that the bot has printed. */
  let otherPort: number | null = null
  /** Whether it was announced of this bot that it listens elsewhere. */
  let isAstray = false

  async function live(): Promise<void> {
    let phase: Phase = { is: 'starting' }
    while (phase.is !== 'stopped') phase = await after(phase)
    if (states.current().state === 'stopped') return
    states.set({ state: 'stopped', pid: latest?.pid ?? null, code: latest?.exit()?.code ?? null })
  }

  /** Goes through a phase, and gives the one that follows it. */
  async function after(phase: Exclude<Phase, { is: 'stopped' }>): Promise<Phase> {
    switch (phase.is) {
      case 'starting':
        return start()
      case 'running':
        return run(phase.child, phase.startedAt)
      case 'ending':
        return end(phase.child)
      case 'exited':
        return handleExit(phase.child, phase.exit, phase.ms)
      case 'waiting':
        return wait(phase.until)
    }
  }

  async function start(): Promise<Phase> {
    if (latest !== null && !(await readiness.isVacant(stopSignal))) await endStrays()
    // A bot that meets a busy port may retry only seconds later, as chipchat does.
    if (!(await untilVacant(readiness, portFreeMs, stopSignal, clock))) await waitForOtherProgram()
    await resolveOnAbort(options.savesSettled(), stopSignal)
    // After a save it is another program, whose crashes are counted from zero.
    const request = requests.current()
    if (request.type === 'restart' && request.isSure) crashes = 0
    // The process that starts now reads what was saved until now; its environment may be read before what is saved from here on.
    requests.clear()
    const env = await options.env()
    if (stopSignal.aborted) return { is: 'stopped' }
    otherPort = null
    isAstray = false
    readyAt = null
    const start = options.startProcess ?? startProcess
    latest = start({ command, cwd, env, killAfterMs, output: onOutput })
    return { is: 'running', child: latest, startedAt: clock.now() }
  }

  async function endStrays(): Promise<void> {
    if (latest !== null) await options.endStrays?.(latest.pid)
  }

  /** Whoever listens there would be taken for the bot, and get its deliveries. */
  async function waitForOtherProgram(): Promise<void> {
    if (stopSignal.aborted) return
    const who = await listenerOn(port)
    warn('botPortTaken', `${who} listens on ${host}:${port}; the bot is started once that port is free`)
    await ignoreAbort(untilGone(readiness, stopSignal, clock), stopSignal)
  }

  async function run(child: BotProcess, startedAt: number): Promise<Phase> {
    const own = options.readinessOf?.(child.pid) ?? readiness
    monitor = startPortMonitor({ readiness: own, pid: child.pid, onState, onLate, lateMs, onSlow, slowMs, clock })
    await resolveOnAbort(child.exited, requests.signal())
    const request = requests.current()
    // What a bot writes when it crashes comes before its end.
    if (request.type === 'restart' && !request.isSure) await mayCrash(child)
    await monitor.stop()
    monitor = null
    const exit = child.exit()
    return exit === null
      ? { is: 'ending', child }
      : { is: 'exited', child, exit, ms: Math.round(clock.now() - startedAt) }
  }

  async function mayCrash(child: BotProcess): Promise<void> {
    const signal = requests.sureSignal()
    await Promise.race([child.exited, ignoreAbort(clock.sleep(CRASH_MS, signal), signal)])
  }

  async function end(child: BotProcess): Promise<Phase> {
    const request = requests.current()
    states.set({ state: 'stopping', pid: child.pid, reason: request.type === 'restart' ? request.reason : null })
    // A pause that fails is its owner's to announce; the bot is restarted all the same.
    await resolveOnAbort(
      pauseFor(requests.current()).catch(() => {}),
      stopSignal,
    )
    await child.end()
    return stopSignal.aborted ? { is: 'stopped' } : { is: 'starting' }
  }

  async function pauseFor(request: Request): Promise<void> {
    if (request.type === 'restart') await options.pause(request.reason)
  }

  async function handleExit(child: BotProcess, { code }: Exit, ms: number): Promise<Phase> {
    const detached = code === 0 ? await options.adopt?.(child, requests.signal()) : null
    if (detached) return { is: 'running', child: detached, startedAt: clock.now() }
    const { pid } = child
    const lines = child.lastLines()
    const waits = options.waitsForSave === true && !hasListened ? 'save' : undefined
    states.set(
      code === 0
        ? { state: 'stopped', pid, code }
        : { state: 'crashed', pid, code, ms, lines, ...(waits && { waits }) },
    )
    if (readyAt !== null && clock.now() - readyAt >= steadyMs) crashes = 0
    await child.end()
    return { is: 'waiting', until: code === 0 ? 'request' : (waits ?? nextBackOff()) }
  }

  async function wait(until: 'request' | 'save' | number): Promise<Phase> {
    if (typeof until === 'string') await aborted(requests.signal())
    // One that has crashed reads what it wrote itself when it is started again: that is no reason to hurry.
    const signal = requests.sureSignal()
    const ms = until === 'save' ? nextBackOff() : until
    if (typeof ms === 'number') await ignoreAbort(clock.sleep(ms, signal), signal)
    return stopSignal.aborted ? { is: 'stopped' } : { is: 'starting' }
  }

  function nextBackOff(): number {
    // One local process: there is nobody else that jitter would keep apart.
    return backOff(crashes++, BACK_OFF_MS.min, BACK_OFF_MS.max, () => 1)
  }

  function onState(state: BotState): void {
    if (state.state === 'ready') {
      readyAt ??= clock.now()
      hasListened = true
    }
    states.set(state)
  }

  function onOutput(stream: 'stdout' | 'stderr', line: string): void {
    const printed = portIn(line)
    if (printed !== null && printed !== port) otherPort = printed
    options.output(stream, line)
  }

  /** A port that is open is no guess: nobody needs to wait for that to be said. */
  async function onSlow(): Promise<void> {
    const child = latest
    const [found] = (await options.portsOf?.(child?.pid ?? null)) ?? []
    if (found === undefined || child !== latest || states.current().state !== 'starting') return
    isAstray = true
    sayNotListening(` (it listens on port ${found})`)
  }

  function onLate(): void {
    if (!isAstray) sayNotListening(otherPort === null ? '' : ` (it printed port ${otherPort})`)
  }

  function sayNotListening(hint: string): void {
    warn('botNotListening', `the bot does not listen on ${host}:${port} yet${hint}; deliveries are held`)
  }

  const life = live()

  return {
    current: states.current,
    on: states.on,
    refused: () => monitor?.refused(),
    restart: (reason, certainty) => requests.add({ type: 'restart', reason, isSure: certainty === undefined }),
    stop: async () => {
      requests.add({ type: 'stop' })
      await Promise.all([life, endStrays()])
    },
  }
}
