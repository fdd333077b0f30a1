// Bots for the tests: the programs that play them, and recorders of what they do.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { Command } from '../../src/bot/process.ts'
import type { BotState } from '../../src/core/ports.ts'

export type Program = 'colours' | 'crashes' | 'family' | 'listens' | 'never-listens' | 'other-port' | 'stubborn'

/** The folder of the programs. */
export const PROGRAMS = fileURLToPath(new URL('programs', import.meta.url))

/** How a program is started. */
export const commandOf = (program: Program, ...args: string[]): Command => [process.execPath, `${program}.js`, ...args]

/** The environment of a bot on a port. */
export const environmentOf = (port: number, more: Record<string, string> = {}): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  PORT: String(port),
  ...more,
})

// Below what systems give to whoever asks for any port, and apart for each of the workers that run side by side: a port
// that somebody else could get in the meantime would be a rare failure that nobody can explain.
const PORTS = { first: 20_000, count: 12_000, each: 1_000 }
const worker = Number(process.env['VITEST_POOL_ID'] ?? 0)
let nextPort = Math.floor(Math.random() * PORTS.each)

/** A port that nobody listens on, and nobody will but the one who asked. */
export async function freePort(): Promise<number> {
  for (;;) {
    nextPort = (nextPort + 1) % PORTS.each
    const port = PORTS.first + ((worker * PORTS.each + nextPort) % PORTS.count)
    if (await canListen(port)) return port
  }
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer()
  const listens = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false)).listen(port, () => resolve(true))
  })
  if (listens) await new Promise((resolve) => server.close(resolve))
  return listens
}

/** Waits for a condition; the timeout of the test is its limit. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10))
}

/** Whether a process runs. A zombie, which only waits to be reaped, does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z'
  } catch {
    // No /proc, so what can be signalled is alive; or it has ended this moment.
    return process.platform !== 'linux'
  }
}

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
