// The built command line as a process of its own, heard through its JSON notices.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { Notice, NoticeType } from '../../../src/core/notices.ts'
import { MAIN } from '../built.ts'
import { folderForTest } from '../folder.ts'

/** The example bot of the package. */
export const ECHO_BOT = fileURLToPath(new URL('../../../config/examples/echo-bot.js', import.meta.url))

type NoticeOf<T extends NoticeType> = Notice & { readonly type: T }

/** How a process ended, and all that it wrote. */
export interface CliEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Cli {
  readonly pid: number
  /** Its home folder, and no other process's: in its environment it marks every process that the run started. */
  readonly home: string
  readonly notices: readonly Notice[]
  /** Resolves with the first notice of a type, past or to come, that fits; rejects when the process ends before. */
  notice<T extends NoticeType>(type: T, fits?: (notice: NoticeOf<T>) => boolean): Promise<NoticeOf<T>>
  kill(signal: NodeJS.Signals): void
  /** What it has written on stderr so far. */
  errors(): string
  /** Writes a line to its standard input. */
  type(line: string): void
  /** Stops reading its standard output: what it writes there from now on ends in EPIPE. */
  closeStdout(): void
  /** Stops reading what it writes, as a reader does that hangs: the pipes fill up. Returns what reads on. */
  stopReading(): () => void
  /** What it has written on stdout so far. */
  written(): string
  /** Closes its standard input. */
  endInput(): void
  readonly ended: Promise<CliEnd>
}

export interface CliOptions {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** The working folder; default an empty one. */
  readonly cwd?: string
  /** What stands after `--`. */
  readonly command?: readonly string[]
  /** The file that is run; default the one that was built. */
  readonly main?: string
  /** A program that starts it, and its flags. */
  readonly under?: readonly string[]
}

/** Starts `dev-hook` with nothing of this process's environment but what it needs to run. */
export async function startCli(options: CliOptions = {}): Promise<Cli> {
  const { args = [], command, main = MAIN, under = [] } = options
  const home = await folderForTest()
  // Its own folder for what is temporary, too: by that sandboxes are found.
  const own = { HOME: home, XDG_STATE_HOME: join(home, 'state'), TMPDIR: home, TEMP: home }
  const env = { PATH: process.env['PATH'] ?? '', ...own, ...options.env }
  const words = [main, ...args, ...(command ? ['--', ...command] : [])]
  const [program = process.execPath, ...before] = under
  const itself = under.length === 0 ? [] : [process.execPath]
  const child = spawn(program, [...before, ...itself, ...words], { cwd: options.cwd ?? home, env, stdio: 'pipe' })
  const { pid } = child
  if (pid === undefined) throw new Error('the command line could not be started')
  const notices: Notice[] = []
  const waiting = new Set<() => void>()
  const written = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => {
    written.stdout += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    written.stderr += chunk.toString()
  })
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (!line.startsWith('{"type"')) return
    notices.push(JSON.parse(line))
    for (const look of waiting) look()
  })
  const ended = new Promise<CliEnd>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, ...written }))
  })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })

  function notice<T extends NoticeType>(
    type: T,
    fits: (notice: NoticeOf<T>) => boolean = () => true,
  ): Promise<NoticeOf<T>> {
    const isIt = (one: Notice): one is NoticeOf<T> => one.type === type
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = notices.filter(isIt).find(fits)
        if (!found) return
        waiting.delete(look)
        resolve(found)
      }
      waiting.add(look)
      look()
      void ended.then(({ code, stderr }) => reject(new Error(`it ended with ${code} before "${type}":\n${stderr}`)))
    })
  }

  return {
    pid,
    home,
    notices,
    notice,
    kill: (signal) => void child.kill(signal),
    errors: () => written.stderr,
    type: (line) => void child.stdin.write(`${line}\n`),
    closeStdout: () => void child.stdout.destroy(),
    stopReading: () => {
      child.stdout.pause()
      child.stderr.pause()
      return () => {
        child.stdout.resume()
        child.stderr.resume()
      }
    },
    written: () => written.stdout,
    endInput: () => void child.stdin.end(),
    ended,
  }
}

/** `cli.notice`, blind to what has been announced so far. */
export function noticeFromNow(cli: Pick<Cli, 'notices' | 'notice'>): Cli['notice'] {
  const seen = cli.notices.length
  return (type, fits = () => true) => cli.notice(type, (notice) => cli.notices.indexOf(notice) >= seen && fits(notice))
}
