// Bot processes and ports that exist only here, for tests of the supervisor: everything happens when the test says so.
import type { BotProcess, Exit, ProcessOptions } from '../../src/bot/process.ts'
import type { World } from '../../src/bot/supervisor.ts'

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
export interface SimulatedProcess {
  readonly pid: number
  readonly isAlive: () => boolean
  /** Ends it, as a crash or an exit of its own would. */
  readonly leave: (code: number) => void
}

export interface Simulation extends World {
  /** Every process that was ever started, in order. */
  readonly processes: SimulatedProcess[]
  /** What must never happen, and happened. */
  readonly faults: string[]
  readonly behave: (manners: Manners) => void
  /** Lets time pass; everything that falls due happens in its order. */
  readonly advance: (ms: number) => Promise<void>
}

interface Timer {
  readonly at: number
  readonly ring: () => void
}

/** Creates it at time 0. */
export function createSimulation(): Simulation {
  const processes: SimulatedProcess[] = []
  const faults: string[] = []
  const timers = new Set<Timer>()
  let manners: Manners = { listensAfter: 100, leavesAfter: 10, lingers: 0 }
  let time = 0
  let listener: number | null = null
  let takenUntil = 0

  const at = (ms: number, ring: () => void): Timer => {
    const timer = { at: time + ms, ring }
    timers.add(timer)
    return timer
  }

  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(new Error('aborted'))
      const timer = at(ms, () => {
        signal?.removeEventListener('abort', cancel)
        resolve()
      })
      const cancel = (): void => {
        timers.delete(timer)
        reject(new Error('aborted'))
      }
      signal?.addEventListener('abort', cancel, { once: true })
    })

  async function advance(ms: number): Promise<void> {
    const until = time + ms
    await settle()
    for (let next = first(timers, until); next; next = first(timers, until)) {
      timers.delete(next)
      time = Math.max(time, next.at)
      next.ring()
      await settle()
    }
    time = until
  }

  function startProcess({ output }: ProcessOptions): BotProcess {
    const pid = processes.length + 1
    const { listensAfter, leavesAfter, lingers } = manners
    if (processes.some((process) => process.isAlive())) faults.push(`${pid} was started beside another one`)
    if (time < takenUntil) faults.push(`${pid} was started while its port was taken`)
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
        takenUntil = time + lingers
      }
      told()
    }
    if (listensAfter !== null) at(listensAfter, listen)
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
    advance,
    startProcess,
    sleep,
    now: () => time,
    waitForPort: async (_, signal) => {
      while (listener === null) await sleep(50, signal)
      signal.throwIfAborted()
    },
    waitUntilRefused: async (_, signal) => {
      while (listener !== null || time < takenUntil) await sleep(50, signal)
      signal.throwIfAborted()
    },
    waitForPortFree: async (_, limitMs, signal) => {
      const until = time + limitMs
      while ((listener !== null || time < takenUntil) && time < until && !signal.aborted) {
        await sleep(50, signal).catch(() => {})
      }
      return !signal.aborted && listener === null && time >= takenUntil
    },
  }
}

function first(timers: ReadonlySet<Timer>, until: number): Timer | undefined {
  return [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
}

/** Lets everything happen that waits for nothing but its turn. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
