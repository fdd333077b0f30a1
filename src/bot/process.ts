// One run of the bot's command: started in a process group of its own, read line by line, ended with all it started.

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { normalizeSpawnCommand } from 'tinyexec'
import { raceTimeout } from '../core/async.ts'
import { codeOf } from '../core/errors.ts'

import { endGroup, groupOf } from './process-group.ts'
import { onLines } from './split-lines.ts'

type Stream = 'stdout' | 'stderr'

/** The program and its arguments, as they stand after `--`. */
export type Command = readonly [program: string, ...args: string[]]

export interface ProcessOptions {
  readonly command: Command
  readonly cwd: string
  /** The whole environment of the bot, not an addition to ours. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** How long the command may take to leave after it was asked to, in ms. */
  readonly killAfterMs: number
  /** Gets each line without its line end, colours kept. */
  readonly output: (stream: Stream, line: string) => void
}

/** How a command ended: its exit code, the signal that ended it (`SIGKILL`), or why it could not be started (`ENOENT`). */
export interface Exit {
  readonly code: number | string
}

/** A running command, or one that has ended. */
export interface BotProcess {
  /** `null` when it could not be started. */
  readonly pid: number | null
  /** Resolves when the command has ended and what it printed was passed on; what it started may still run. Never rejects. */
  readonly exited: Promise<Exit>
  /** How the command ended; `null` until `exited` has resolved. */
  exit(): Exit | null
  /** The last 20 lines that it printed, oldest first. */
  lastLines(): readonly string[]
  /** Ends the command and everything in its group: TERM, then KILL. Resolves when nobody is left, or will not go. Memoised; never rejects. */
  end(): Promise<void>
}

const LAST_LINES = 20
/** How long output is waited for after the exit: a pipe stays open for as long as a grandchild holds it. */
const DRAIN_MS = 200

/** Starts a command. What keeps it from starting is its `exit`, not an error that is thrown. */
export function startProcess(options: ProcessOptions): BotProcess {
  const lines: string[] = []
  const onLine = (stream: Stream, line: string): void => {
    lines.push(line)
    if (lines.length > LAST_LINES) lines.shift()
    options.output(stream, line)
  }

  const started = spawnCommand(options)
  if (started instanceof Error) return neverStarted(started, onLine)

  let exit: Exit | null = null
  let ending: Promise<void> | undefined
  const drained = readOutput(started, options.cwd, onLine)
  const exitedItself = exitOf(started)
  const exited = exitedItself.then(async (how) => {
    await raceTimeout(drained, DRAIN_MS)
    exit = how
    return how
  })
  const endAll = async (): Promise<void> => {
    if (started.pid === undefined) return
    await endGroup(groupOf(started.pid, options), { killAfterMs: options.killAfterMs, leaderExited: exitedItself })
  }

  return {
    pid: started.pid ?? null,
    exited,
    exit: () => exit,
    lastLines: () => [...lines],
    end: () => {
      ending ??= endAll().then(async () => {
        // Bounded, because of one that cannot even be killed.
        await raceTimeout(exited, 2 * DRAIN_MS)
        await raceTimeout(drained, DRAIN_MS)
        // Somebody who left the group may hold the other end for ever.
        started.stdin?.destroy()
        started.stdout?.destroy()
        started.stderr?.destroy()
      })
      return ending
    },
  }
}

/** The child, or what `spawn` threw. */
function spawnCommand({ command: [program, ...args], cwd, env }: ProcessOptions): ChildProcess | Error {
  // The daemon owns the terminal's input. What the bot has in its place never comes, and never ends: a bot that reads it would
  // take its end for its own. A group of its own keeps the terminal's Ctrl-C from it; on Windows that would open a window, and
  // taskkill finds the tree without it.
  const options = {
    cwd,
    env: { ...env },
    stdio: ['pipe' as const, 'pipe' as const, 'pipe' as const],
    detached: process.platform !== 'win32',
    windowsHide: true,
  }
  try {
    const normal = normalizeSpawnCommand(program, args, options)
    return spawn(normal.command, normal.args, normal.options)
  } catch (error) {
    // Its message quotes the value, which may be secret.
    if (codeOf(error) === 'ERR_INVALID_ARG_VALUE') {
      const message = 'the command cannot be started: it, or a variable of its environment, holds a NUL character'
      return Object.assign(new Error(message), { code: codeOf(error) })
    }
    return error instanceof Error ? error : new Error(String(error))
  }
}

/** What kept a command from starting. Of a folder that is gone the system says that the program is. */
const inWords = (error: Error, cwd: string): string =>
  codeOf(error) === 'ENOENT' && !existsSync(cwd) ? `there is no folder ${cwd} any more` : error.message

function neverStarted(error: Error, onLine: (stream: Stream, line: string) => void): BotProcess {
  const exit: Exit = { code: codeOf(error) ?? error.name }
  onLine('stderr', error.message)
  return {
    pid: null,
    exited: Promise.resolve(exit),
    exit: () => exit,
    lastLines: () => [error.message],
    end: () => Promise.resolve(),
  }
}

/** Passes on what the child prints; resolves when both streams are closed. */
async function readOutput(
  child: ChildProcess,
  cwd: string,
  onLine: (stream: Stream, line: string) => void,
): Promise<void> {
  const closed: Promise<void>[] = []
  for (const name of ['stdout', 'stderr'] as const) {
    // Not there either, whatever its type says, when the process had no file descriptor left for a pipe.
    const stream: Readable | null | undefined = child[name]
    if (!stream) continue
    onLines(stream, (line) => onLine(name, line))
    // A pipe that breaks is closed next, which is all that matters here; without a listener it would end the daemon.
    stream.on('error', (error) => onLine('stderr', error.message))
    closed.push(new Promise((resolve) => stream.once('close', resolve)))
  }
  // Nothing is written there: how it breaks is of no interest.
  child.stdin?.on('error', () => undefined)
  child.once('error', (error) => onLine('stderr', inWords(error, cwd)))
  await Promise.all(closed)
}

/** How the child itself ended. `child.killed` only says that a signal was sent; the `exit` event says that it ended. */
async function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code: code ?? signal ?? 'unknown' }))
    child.on('error', (error) => {
      // An error after the start (a signal that could not be sent) is not its end.
      if (child.pid === undefined) resolve({ code: codeOf(error) ?? error.name })
    })
  })
}
