// The built command line at a real terminal: a pseudo-terminal that a test types into, and reads like a person.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { spawn } from '@lydell/node-pty'
import { onTestFinished } from 'vitest'
import { MAIN } from '../built.ts'
import { folderForTest } from '../folder.ts'
import { screenOf } from '../readme/screen.ts'

export const ENTER = '\r'
export const CTRL_C = '\x03'
export const CTRL_D = '\x04'
export const CTRL_Z = '\x1a'
export const DOWN = '\x1b[B'

/** Between these a terminal is sent a picture, which it shows when it is whole. */
const [BEGIN_PICTURE, END_PICTURE] = ['\x1b[?2026h', '\x1b[?2026l']

/** Shorter than the limit of a test, so that the screen is seen. */
const SHOWS_WITHIN_MS = 40_000

export interface TestTerminal {
  readonly pid: number
  readonly home: string
  /** Waits until this is shown, after what was waited for before; rejects with the screen when it ends or hangs without it. */
  shows(what: string | RegExp): Promise<void>
  /** Types, as fast as a paste. */
  type(keys: string): void
  /** Everything that was shown so far, without colours and movements. */
  shown(): string
  /** Everything, byte for byte. */
  raw(): string
  /** The lines on it as a person sees them, scrolled out ones included, as soon as no picture is half drawn. */
  screen(): Promise<readonly string[]>
  /** Stops to read, as a window does whose program hangs: what is written then waits in the terminal. */
  stopReading(): void
  readAgain(): void
  /** Makes it as many columns wide, as somebody does who draws at the edge of the window. */
  resize(columns: number): void
  kill(signal: NodeJS.Signals): void
  /** With the exit code, as a shell tells it: 128 and its number for a signal. */
  readonly ended: Promise<number>
}

/** Starts `dev-hook`, or a line of a shell, at a terminal, with nothing of this process's environment but what it needs to run. */
export async function startTerminal(options: {
  /** Of `dev-hook`, or the whole line. */
  readonly args: readonly string[] | string
  /** Default: its home. */
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Default: a folder of its own. */
  readonly home?: string
  readonly columns?: number
  /** Whether it is typed into a shell, which can stop it and go on with it. */
  readonly inShell?: boolean
}): Promise<TestTerminal> {
  const home = options.home ?? (await folderForTest())
  await mkdir(join(home, 'state'), { recursive: true })
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    XDG_STATE_HOME: join(home, 'state'),
    TERM: 'xterm-256color',
    ...options.env,
  }
  const { args, inShell = false, columns = 100 } = options
  const typed = typeof args === 'string' ? args : [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(' ')
  const shell = inShell ? ['bash', '--norc', '--noprofile', '-i'] : ['/bin/sh', '-c', typed]
  const [program = '', ...words] = typeof args === 'string' || inShell ? shell : [process.execPath, MAIN, ...args]
  const child = spawn(program, words, {
    cwd: options.cwd ?? home,
    env,
    cols: columns,
    rows: 60,
  })
  let raw = ''
  let seen = 0
  let code: number | null = null
  const waiting = new Set<() => void>()
  if (inShell) child.write(`${typed}\r`)
  const ended = new Promise<number>((resolve) => {
    child.onExit(({ exitCode, signal = 0 }) => {
      code = signal === 0 ? exitCode : 128 + signal
      for (const look of waiting) look()
      resolve(code)
    })
  })
  child.onData((chunk) => {
    raw += chunk
    for (const look of waiting) look()
  })
  onTestFinished(async () => {
    if (code === null) child.kill('SIGKILL')
    await ended
  })
  const shown = (): string => stripVTControlCharacters(raw).replaceAll('\r\n', '\n')

  /** Waits until it is so; rejects with the screen. */
  const once = (isSo: () => boolean, what: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(limit)
        waiting.delete(look)
      }
      const look = (): void => {
        const isShown = isSo()
        if (!isShown && code === null) return
        stop()
        if (isShown) return resolve()
        reject(new Error(`it ended with ${code} without ${what}:\n${shown()}`))
      }
      const limit = setTimeout(() => {
        stop()
        reject(new Error(`it does not show ${what}:\n${shown()}`))
      }, SHOWS_WITHIN_MS)
      waiting.add(look)
      look()
    })

  return {
    pid: child.pid,
    home,
    stopReading: () => child.pause(),
    readAgain: () => child.resume(),
    shown,
    raw: () => raw,
    type: (keys) => child.write(keys),
    resize: (columns) => child.resize(columns, 60),
    kill: (signal) => child.kill(signal),
    ended,
    screen: async () => {
      await once(() => code !== null || isWhole(raw), 'the end of what it draws')
      return screenOf(raw, columns)
    },
    shows: (what) =>
      once(() => {
        const end = endOf(what, shown(), seen)
        seen = end ?? seen
        return end !== null
      }, `"${what}"`),
  }
}

const isWhole = (sent: string): boolean => sent.lastIndexOf(END_PICTURE) >= sent.lastIndexOf(BEGIN_PICTURE)

/** Where the first match at or after `from` ends; `null` without one. */
function endOf(what: string | RegExp, text: string, from: number): number | null {
  const rest = text.slice(from)
  const found = typeof what === 'string' ? what : what.exec(rest)?.[0]
  const at = found === undefined ? -1 : rest.indexOf(found)
  return found === undefined || at === -1 ? null : from + at + found.length
}
