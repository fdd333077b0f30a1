// What a bot prints, and the states it goes through, written down for a test.
import { onTestFinished } from 'vitest'
import type { BotState } from '../../../src/core/ports.ts'
import { isAlive } from '../processes.ts'
import { eventually } from '../wait.ts'

/** What bots print, and the process ids that they tell. What still runs when the test is over is killed. */
export interface Prints {
  readonly lines: string[]
  readonly output: (stream: 'stdout' | 'stderr', line: string) => void
  readonly pids: () => number[]
  readonly living: () => number[]
}

/** Creates the record of a test's bots. */
export function recordPrints(): Prints {
  const lines: string[] = []
  const pids = (): number[] => lines.flatMap((line) => (line.startsWith('pid ') ? [Number(line.slice(4))] : []))
  const living = (): number[] => pids().filter(isAlive)
  onTestFinished(() => {
    for (const pid of living()) process.kill(pid, 'SIGKILL')
  })
  return { lines, output: (_, line) => void lines.push(line), pids, living }
}

/** The states that a bot went through. */
export interface States {
  readonly all: BotState[]
  readonly names: () => string[]
  /** Waits until a state was announced as often as this. */
  readonly until: (state: BotState['state'], times?: number) => Promise<BotState>
}

/** Records the states of a bot from now on. */
export function recordStates(bot: { on(listener: (state: BotState) => void): () => void }): States {
  const all: BotState[] = []
  bot.on((state) => void all.push(state))
  return {
    all,
    names: () => all.map(({ state }) => state),
    until: async (state, times = 1) => {
      const found = (): BotState | undefined => all.filter((one) => one.state === state)[times - 1]
      await eventually(() => found() !== undefined)
      return found() ?? { state: 'starting', pid: null }
    },
  }
}
