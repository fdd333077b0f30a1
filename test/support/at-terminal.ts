// The built command line at a terminal of its own, typed at and read like a person does (Linux: through script(1)).

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { onTestFinished } from 'vitest'
import { folderForTest } from './folder.ts'

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

export interface AtTerminal {
  readonly home: string
  /** Presses keys. */
  press(keys: string): void
  /** Resolves with the screen once it shows this; rejects when the program ends before. */
  shows(what: string | RegExp): Promise<string>
  /** Everything that was on the screen so far. */
  screen(): string
  readonly ended: Promise<number | null>
}

export const CTRL_C = '\u0003'
export const CTRL_D = '\u0004'

/** Starts it with this environment and nothing else; its home is a folder of its own, unless another one is given. */
export async function startAtTerminal(options: {
  readonly args?: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly home?: string
}): Promise<AtTerminal> {
  const { args = [] } = options
  const home = options.home ?? (await folderForTest())
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, XDG_STATE_HOME: `${home}/state`, ...options.env }
  const words = [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(' ')
  // In place of the shell, which would take Ctrl-C for its own end too.
  const command = `exec ${words}`
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    cwd: home,
    env: { ...env, SHELL: '/bin/sh', TERM: 'xterm' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let written = ''
  const looks = new Set<() => void>()
  child.stdout.on('data', (chunk: Buffer) => {
    written += chunk.toString()
    for (const look of looks) look()
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const screen = (): string => stripVTControlCharacters(written).replaceAll('\r', '')
  return {
    home,
    press: (keys) => void child.stdin.write(keys),
    screen,
    ended,
    shows: (what) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const now = screen()
          if (typeof what === 'string' ? !now.includes(what) : !what.test(now)) return
          looks.delete(look)
          resolve(now)
        }
        looks.add(look)
        look()
        void ended.then((code) => reject(new Error(`it ended with ${code} before it showed ${what}:\n${screen()}`)))
      }),
  }
}
