// The bot of `command`: started on a free port, watched, started again, and ended with all that it has started.
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { RUN_VARIABLE } from '../../bot/find-by-env.ts'
import { portIn } from '../../bot/port-hint.ts'
import { portsOf } from '../../bot/port-owner.ts'
import { portReadiness } from '../../bot/port-readiness.ts'
import { type BotProcess as Child, startProcess } from '../../bot/process.ts'
import { groupOf } from '../../bot/process-group.ts'
import { untilReady } from '../../bot/readiness.ts'
import { endStrays } from '../../bot/strays.ts'
import { ignoreAbort, neverAborted, raceTimeout, resolveOnAbort, withDeadline } from '../../core/async.ts'
import { DevHookError } from '../../core/errors.ts'
import { formatDuration } from '../../core/text/duration.ts'
import { sanitizeLines } from '../../core/text/sanitize.ts'
import { createTurns } from '../../core/turns.ts'
import { pushBounded } from '../../sandbox/bounds.ts'
import type { BotProcess } from '../types/types.ts'
import { onProcessExit, testEnvironment } from './environment.ts'

export interface BotCommand {
  readonly command: readonly [program: string, ...args: string[]]
  readonly cwd: string
  /** What the bot is given besides the environment of the test. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly readyWithinMs: number
  /** Called with every line that it prints. */
  readonly onLine: (line: string) => void
  /** Called when it runs, and with why it does not. */
  readonly onState: (gone: string | null) => void
}

export interface RunningBot {
  readonly process: BotProcess
  /** The last lines that it has printed, as they may be shown. */
  lastLines(): readonly string[]
  /** Ends it, with all that it has started. Idempotent; never rejects. */
  close(): Promise<void>
}

const MAX_LINES = 1_000
const LAST_LINES = 20
/** How long a bot may take to leave after it was asked to, in ms. */
const KILL_AFTER_MS = 2_000
const HOST = 'localhost'

/** Starts the bot and waits until it listens. Rejects when it does not; nothing of it is left then. */
// One story: there is one process, and who starts it, ends it and replaces it must not meet.
export async function startBotProcess(options: BotCommand): Promise<RunningBot> {
  const { command, cwd, readyWithinMs, onLine, onState } = options
  const port = await freePort()
  const runId = randomUUID()
  const base = testEnvironment()
  const env = { ...base, ...options.env, PORT: String(port), [RUN_VARIABLE]: runId }
  const printed = createPrinted(port, onLine)
  let child: Child | null = null
  /** Whether the test, rather than the bot itself, has ended it. */
  let isEnding = false
  /** Nothing is started from then on. */
  const closing = new AbortController()
  /** Restarts and ends that a test asks for, one after the other: of two at once one would leave a bot that nobody knows. */
  const inTurn = createTurns()
  const offExit = onProcessExit(() => killNow(child))

  async function start(): Promise<void> {
    closing.signal.throwIfAborted()
    isEnding = false
    const started = startProcess({ command, cwd, env, killAfterMs: KILL_AFTER_MS, output: printed.take })
    child = started
    await untilListening(started, { port, runId, program: command[0], readyWithinMs, hint: printed.hint }).catch(
      async (error: unknown) => {
        await end()
        closing.signal.throwIfAborted()
        throw error
      },
    )
    onState(null)
    void started.exited.then(({ code }) => {
      if (child === started && !isEnding) onState(`the bot ${endOf(code)}`)
    })
  }

  async function end(): Promise<void> {
    isEnding = true
    await child?.end()
    await endStrays({ runId, port, env: base }, child?.pid ?? null)
  }

  async function kill(signal: NodeJS.Signals): Promise<void> {
    isEnding = true
    onState(`the test has ended the bot with ${signal}`)
    if (signal === 'SIGKILL') killNow(child)
    else if (child?.pid != null) process.kill(child.pid, signal)
    // A bot that ignores the signal is ended all the same.
    if (child !== null) await raceTimeout(child.exited, KILL_AFTER_MS)
    await end()
  }

  await start().catch((error: unknown) => {
    offExit()
    throw withLines(error, printed.lines)
  })
  return {
    process: {
      get pid() {
        return child === null || child.exit() !== null ? null : child.pid
      },
      port,
      get output() {
        return printed.lines.join('\n')
      },
      restart: () =>
        inTurn(async () => {
          await end()
          await start()
        }),
      kill: (signal = 'SIGKILL') => inTurn(() => kill(signal)),
    },
    lastLines: () => printed.lines.slice(-LAST_LINES),
    close: async () => {
      closing.abort(new DevHookError('sandboxClosed', 'the sandbox was closed'))
      await end()
      await inTurn(async () => undefined)
      offExit()
    },
  }

  function killNow(running: Child | null): void {
    if (running?.pid == null || running.exit() !== null) return
    void groupOf(running.pid, { env: base }).kill()
  }
}

/** What a bot has printed, as it may be shown. */
interface Printed {
  readonly lines: readonly string[]
  take(stream: string, line: string): void
  /** What it says of another port than the one that it was given, as the end of a sentence. */
  hint(): string
}

function createPrinted(port: number, onLine: (line: string) => void): Printed {
  const lines: string[] = []
  let otherPort: number | null = null
  return {
    lines,
    take: (_stream, line) => {
      const named = portIn(line)
      if (named !== null && named !== port) otherPort = named
      for (const shown of sanitizeLines(line)) {
        pushBounded(lines, shown, MAX_LINES)
        onLine(shown)
      }
    },
    hint: () => (otherPort === null ? '' : `; it printed port ${otherPort}`),
  }
}

/** Resolves once a bot listens. Rejects when it ends before, or does not listen in time. */
async function untilListening(
  bot: Child,
  options: {
    readonly port: number
    readonly runId: string
    readonly program: string
    readonly readyWithinMs: number
    readonly hint: () => string
  },
): Promise<void> {
  const { port, runId, program, readyWithinMs, hint } = options
  const readiness = portReadiness({ host: HOST, port })
  const exited = new AbortController()
  void bot.exited.then(() => exited.abort(new Error('it has ended')))
  const deadline = { ms: readyWithinMs, reason: 'it does not listen' }
  await withDeadline([exited.signal], deadline, (signal) =>
    resolveOnAbort(ignoreAbort(untilReady(readiness, signal), signal), signal),
  )
  const exit = bot.exit()
  if (exit !== null) throw neverReady(program, exit.code)
  if (await readiness.isReady(neverAborted())) return
  const [elsewhere] = await portsOf({ pid: bot.pid, runId })
  throw new DevHookError(
    'botNotReady',
    `the bot did not listen on port ${port}, the PORT of its environment, within ${formatDuration(readyWithinMs)}${elsewhere === undefined ? hint() : `; it listens on port ${elsewhere}`}`,
  )
}

const endOf = (code: number | string): string => {
  if (code === 0) return 'has ended by itself'
  return typeof code === 'number' ? `crashed (exit code ${code})` : `was ended by ${code}`
}

/** Why a bot that has ended never listened. */
function neverReady(program: string, code: number | string): DevHookError {
  if (code === 'ENOENT' || code === 'EACCES' || code === 'ENOTDIR' || code === 127) {
    return new DevHookError('commandNotFound', `\`${program}\` cannot be started (${code})`, {
      remedy: 'check its spelling and `cwd`, and that it runs by itself there',
    })
  }
  return new DevHookError('botCrashed', `the bot ${endOf(code)} before it listened`, {
    remedy: 'look at what it printed, and whether its command runs by itself',
  })
}

function withLines(thrown: unknown, lines: readonly string[]): unknown {
  if (!(thrown instanceof DevHookError) || lines.length === 0) return thrown
  const printed = ['', 'The bot printed last:', ...lines.slice(-LAST_LINES).map((line) => `  ${line}`)]
  const kinds = ['botNotReady', 'botCrashed', 'commandNotFound'] as const
  const kind = kinds.find((name) => thrown.is(name)) ?? 'unexpected'
  return new DevHookError(kind, [...thrown.lines, ...printed], { cause: thrown.cause, remedy: thrown.remedy })
}

/** A port that is free on all loopback addresses now. */
async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0)
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
