// What keeps the bot running: when it is started, ended and started again.

import { aborted, backOff, ignoreAbort, resolveOnAbort, sleep } from '../core/async.ts'
import { createObservable } from '../core/listeners.ts'
import type { Warn } from '../core/notices.ts'
import type { Bot, BotState } from '../core/ports.ts'
import { portIn } from './port-hint.ts'
import { type Lookout, startLookout } from './port-monitor.ts'
import { type BotProcess, type Exit, type ProcessOptions, startProcess } from './process.ts'
import {
  type WaitForPort,
  type WaitForPortFree,
  type WaitUntilRefused,
  waitForPort,
  waitForPortFree,
  waitUntilRefused,
} from './readiness.ts'
import { createWishes, type Wish } from './restart-request.ts'

/** What the supervisor needs of the world outside; durations are those of `SupervisorOptions`. */
export interface World {
  readonly startProcess: (options: ProcessOptions) => BotProcess
  readonly waitForPort: WaitForPort
  readonly waitForPortFree: WaitForPortFree
  readonly waitUntilRefused: WaitUntilRefused
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly now: () => number
}

export interface SupervisorOptions extends Pick<ProcessOptions, 'command' | 'cwd' | 'output'> {
  readonly host: string
  readonly port: number
  /** Asked at every start. */
  env(): ProcessOptions['env']
  /** Called before the bot is ended for a restart: the queue holds, and what is in flight may finish. Its owner bounds it. */
  pause(reason: string): Promise<void>
  /** Resolves when nothing is being saved: a bot that starts before that reads half of it. Its owner bounds it. */
  rest(): Promise<void>
  readonly warn: Warn
  readonly killAfterMs?: number
  /** How long the port may stay taken after the bot has ended. */
  readonly portFreeMs?: number
  /** How long the bot may not listen before it is said. */
  readonly lateMs?: number
  /** How long a bot must have been ready for its next crash to count as the first. */
  readonly steadyMs?: number
  readonly world?: World
}

/** Where the life of the bot stands. Each phase carries what it needs and knows which one is next. */
type Phase =
  /** Waits for the port to be free, then starts. */
  | { readonly is: 'clearing' }
  | { readonly is: 'running'; readonly child: BotProcess; readonly startedAt: number }
  /** Ends the process because somebody wishes so. */
  | { readonly is: 'ending'; readonly child: BotProcess }
  /** It has ended by itself; what it started may still run. */
  | { readonly is: 'fallen'; readonly child: BotProcess; readonly exit: Exit; readonly ms: number }
  /** Waits for a wish, or for the back-off to be over; `null` waits for a wish alone. */
  | { readonly is: 'waiting'; readonly ms: number | null }
  | { readonly is: 'over' }

const BACK_OFF_MS = { min: 250, max: 5_000 }

/** The real one. */
export const REAL: World = {
  startProcess,
  waitForPort,
  waitForPortFree,
  waitUntilRefused,
  sleep,
  now: () => performance.now(),
}

/** Starts the bot at once and keeps it running until `stop`. One loop owns the process, so there is never a second one. */
export function startSupervisor(options: SupervisorOptions): Bot {
  const { command, cwd, host, port, warn, world = REAL } = options
  const { killAfterMs = 5_000, portFreeMs = 5_000, lateMs = 10_000, steadyMs = 5_000 } = options
  const target = { host, port }
  const states = createObservable<BotState>({ state: 'starting', pid: null })
  const wishes = createWishes()
  let lookout: Lookout | null = null
  let latest: BotProcess | null = null
  /** How often it has crashed in a row. */
  let crashes = 0
  let readyAt: number | null = null
  let otherPort: number | null = null

  async function live(): Promise<void> {
    let phase: Phase = { is: 'clearing' }
    while (phase.is !== 'over') phase = await leaving(phase)
    if (states.current().state === 'stopped') return
    states.set({ state: 'stopped', pid: latest?.pid ?? null, code: latest?.exit()?.code ?? null })
  }

  /** Lives through a phase and says which one is next. */
  async function leaving(phase: Exclude<Phase, { is: 'over' }>): Promise<Phase> {
    switch (phase.is) {
      case 'clearing':
        return clear()
      case 'running':
        return run(phase.child, phase.startedAt)
      case 'ending':
        return end(phase.child)
      case 'fallen':
        return fall(phase.child, phase.exit, phase.ms)
      case 'waiting':
        return wait(phase.ms)
    }
  }

  async function clear(): Promise<Phase> {
    // A bot that meets a busy port may retry only seconds later, as chipchat does.
    if (!(await world.waitForPortFree(target, portFreeMs, wishes.end))) await outlast()
    await resolveOnAbort(options.rest(), wishes.end)
    if (wishes.end.aborted) return { is: 'over' }
    // A save is another program: its crashes are counted anew.
    if (wishes.current().is === 'restart') crashes = 0
    // The process that starts now reads what was saved until now.
    wishes.granted()
    otherPort = null
    readyAt = null
    latest = world.startProcess({ command, cwd, env: options.env(), killAfterMs, output: hear })
    return { is: 'running', child: latest, startedAt: world.now() }
  }

  /** Whoever listens there would be taken for the bot, and get its deliveries. */
  async function outlast(): Promise<void> {
    if (wishes.end.aborted) return
    warn('botPortTaken', `another program listens on ${host}:${port}; the bot is started when that has gone`)
    await ignoreAbort(world.waitUntilRefused(target, wishes.end), wishes.end)
  }

  async function run(child: BotProcess, startedAt: number): Promise<Phase> {
    lookout = startLookout({ ...world, target, pid: child.pid, announce, late, lateMs })
    await resolveOnAbort(child.exited, wishes.signal())
    await lookout.stop()
    lookout = null
    const exit = child.exit()
    return exit === null
      ? { is: 'ending', child }
      : { is: 'fallen', child, exit, ms: Math.round(world.now() - startedAt) }
  }

  async function end(child: BotProcess): Promise<Phase> {
    const wish = wishes.current()
    states.set({ state: 'stopping', pid: child.pid, reason: wish.is === 'restart' ? wish.reason : null })
    // A pause that fails is its owner's to announce; the bot is restarted all the same.
    await resolveOnAbort(
      pauseFor(wishes.current()).catch(() => {}),
      wishes.end,
    )
    await child.end()
    return wishes.end.aborted ? { is: 'over' } : { is: 'clearing' }
  }

  async function pauseFor(wish: Wish): Promise<void> {
    if (wish.is === 'restart') await options.pause(wish.reason)
  }

  async function fall(child: BotProcess, { code }: Exit, ms: number): Promise<Phase> {
    const { pid } = child
    const lines = child.lastLines()
    states.set(code === 0 ? { state: 'stopped', pid, code } : { state: 'crashed', pid, code, ms, lines })
    if (readyAt !== null && world.now() - readyAt >= steadyMs) crashes = 0
    await child.end()
    return { is: 'waiting', ms: code === 0 ? null : nextBackOff() }
  }

  async function wait(ms: number | null): Promise<Phase> {
    const signal = wishes.signal()
    await (ms === null ? aborted(signal) : ignoreAbort(world.sleep(ms, signal), signal))
    return wishes.end.aborted ? { is: 'over' } : { is: 'clearing' }
  }

  function nextBackOff(): number {
    // One local process: there is nobody else that jitter would keep apart.
    return backOff(crashes++, BACK_OFF_MS.min, BACK_OFF_MS.max, () => 1)
  }

  function announce(state: BotState): void {
    if (state.state === 'ready') readyAt ??= world.now()
    states.set(state)
  }

  function hear(stream: 'stdout' | 'stderr', line: string): void {
    const said = portIn(line)
    if (said !== null && said !== port) otherPort = said
    options.output(stream, line)
  }

  function late(): void {
    const seen = otherPort === null ? '' : ` (the bot speaks of port ${otherPort})`
    warn('botNotListening', `the bot does not listen on ${host}:${port} yet${seen}; deliveries are held`)
  }

  const life = live()

  return {
    current: states.current,
    on: states.on,
    refused: () => lookout?.refused(),
    restart: (reason) => wishes.wish({ is: 'restart', reason }),
    stop: async () => {
      wishes.wish({ is: 'end' })
      await life
    },
  }
}
