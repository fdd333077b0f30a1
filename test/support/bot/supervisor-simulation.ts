// Bot processes and ports that exist only here, for tests of the supervisor: everything happens when the test says so.
import type { BotProcess, Exit, ProcessOptions } from '../../../src/bot/process.ts'
import type { Readiness } from '../../../src/bot/readiness.ts'
import type { Clock } from '../../../src/core/async.ts'
import { createFakeClock } from '../fake-clock.ts'

/** How the next bots behave. */
export interface Manners {
  /** When it listens after its start, in ms; `null` for never. */
  readonly listensAfter: number | null
  /** How long it takes to leave when asked to, in ms. */
  readonly leavesAfter: number
  /** How long its port stays taken after it has left, in ms. */
  readonly lingers: number
}

/** A bot that only exists here. */
interface SimulatedProcess {
  readonly pid: number
  readonly isAlive: () => boolean
  /** Ends it, as a crash or an exit of its own would. */
  readonly leave: (code: number) => void
}

export interface Simulation {
  readonly startProcess: (options: ProcessOptions) => BotProcess
  readonly readiness: Readiness
  readonly clock: Clock
  /** Every process that was ever started, in order. */
  readonly processes: SimulatedProcess[]
  /** What must never happen, and happened. */
  readonly faults: string[]
  readonly behave: (manners: Manners) => void
  /** Lets time pass; everything that falls due happens in its order. */
  readonly advance: (ms: number) => Promise<void>
}

/** Creates a simulation in which nothing runs. */
export function createSimulation(): Simulation {
  const processes: SimulatedProcess[] = []
  const faults: string[] = []
  const clock = createFakeClock()
  const { now, sleep } = clock
  let manners: Manners = { listensAfter: 100, leavesAfter: 10, lingers: 0 }
  let listener: number | null = null
  let takenUntil = 0

  function startProcess({ output }: ProcessOptions): BotProcess {
    const pid = processes.length + 1
    const { listensAfter, leavesAfter, lingers } = manners
    if (processes.some((process) => process.isAlive())) faults.push(`${pid} was started beside another one`)
    if (now() < takenUntil) faults.push(`${pid} was started while its port was taken`)
    let exit: Exit | null = null
    let told = (): void => {}
    const exited = new Promise<void>((resolve) => {
      told = resolve
    })
    const listen = (): void => {
      if (exit === null) listener = pid
    }
    const leave = (code: number | string): void => {
      if (exit !== null) return
      exit = { code }
      if (listener === pid) {
        listener = null
        takenUntil = now() + lingers
      }
      told()
    }
    if (listensAfter !== null) clock.after(listensAfter, listen)
    processes.push({ pid, isAlive: () => exit === null, leave })
    output('stdout', `pid ${pid}`)
    let ending: Promise<void> | undefined
    const end = async (): Promise<void> => {
      if (exit === null) await sleep(leavesAfter)
      leave('SIGTERM')
    }
    return {
      pid,
      exited: exited.then(() => exit ?? { code: 0 }),
      exit: () => exit,
      lastLines: () => [],
      end: () => {
        ending ??= end()
        return ending
      },
    }
  }

  return {
    processes,
    faults,
    behave: (next) => {
      manners = next
    },
    advance: clock.pass,
    startProcess,
    clock,
    readiness: {
      isReady: async () => listener !== null,
      isGone: async () => listener === null && now() >= takenUntil,
      isVacant: async () => listener === null && now() >= takenUntil,
    },
  }
}
