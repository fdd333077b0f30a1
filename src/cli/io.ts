// What a command sees of the outside: its streams, which never make it wait, its environment, and where it runs.
import type { Writable } from 'node:stream'
import { switched } from '../config/kinds.ts'
import { type Environment, environmentLayer } from '../config/layers.ts'
import type { Config } from '../config/load.ts'
import { MONOTONIC, raceTimeout } from '../core/async.ts'
import { DevHookError } from '../core/errors.ts'
import type { Off } from '../core/listeners.ts'
import { type ColorLevel, colorLevel } from './output/color-level.ts'
import { createFooter, type Footer } from './output/footer.ts'
import { isSameTerminal, openOutlet } from './output/open-outlet.ts'
import { drainedOrStopped } from './output/outlet.ts'
import { PromptStream } from './output/prompt-stream.ts'
import { createLines, type LineToCome } from './output/write-buffer.ts'

/** What a command sees of the outside. */
export interface Io {
  /** A line of data on stdout. It is kept until somebody reads it. */
  out(line: string): void
  /** A line of a stream of JSON on stdout. While nobody reads it, lines are dropped; `dropped` is the one that says how many. */
  live(line: LineToCome, dropped: (lines: number) => string): void
  /** A line for people on stderr. While nobody reads it, lines are dropped, and the next one that is read says how many. */
  err(line: string): void
  /** For questions to the person at the terminal. */
  readonly prompt: Writable
  /** What stays at the bottom of the terminal, below all lines. */
  readonly footer: Footer
  /**
   * Lends the terminal to another program, until the returned function is called: what is written for people meanwhile is kept, as
   * far as there is room for it, and comes then.
   */
  lend(): Off
  /** Resolves when everything is written, or nobody reads it any more. What may be dropped is waited for a moment only. */
  flushed(): Promise<void>
  /** Aborted when nobody reads the data any more. */
  readonly outGone: AbortSignal
  /** Both ends of the conversation are a terminal: it makes sense to ask. */
  readonly interactive: boolean
  readonly outIsTerminal: boolean
  readonly errIsTerminal: boolean
  /** How many columns a stream's terminal has now; infinitely many where it is not a terminal. */
  columns(stream: 'out' | 'err'): number
  readonly env: Environment
  /** The working folder. Throws `usage` when it is gone. */
  readonly cwd: string
  readonly platform: NodeJS.Platform
}

/** How long the end waits for somebody who reads on, and for somebody who has stopped to, in ms. */
const READ_MS = 5_000
const STOPPED_MS = 1_000

const notShown = (lines: number): string => `… ${lines} ${lines === 1 ? 'line' : 'lines'} not shown`

/** Creates the real ones. A closed pipe or terminal, or one that nobody reads, keeps no run from going on, or from ending. */
export function createIo(): Io {
  const { stdin, stdout, stderr, platform } = process
  const outGone = new AbortController()
  const out = openOutlet(stdout, platform, () => outGone.abort())
  // Both may be the same terminal: what waits for it waits in one order then.
  const err = isSameTerminal(stdout.fd, stderr.fd) ? out : openOutlet(stderr, platform, () => undefined)
  const footer = createFooter((text) => err.write(text, 0, () => ''), stderr)
  const lines = createLines(MONOTONIC, (outlet, text) => (outlet === err ? footer.above(text) : text))
  process.on('exit', lines.flush)
  return {
    out: (line) => lines.add(out, line, null),
    live: (line, dropped) => lines.add(out, line, dropped),
    err: (line) => lines.add(err, line, notShown),
    prompt: new PromptStream(err, stderr),
    footer,
    lend: () => {
      lines.flush()
      return err.hold()
    },
    flushed: async () => {
      lines.flush()
      await out.settled()
      await raceTimeout(drainedOrStopped([out, err], STOPPED_MS), READ_MS)
    },
    outGone: outGone.signal,
    interactive: stdin.isTTY === true && stderr.isTTY === true,
    outIsTerminal: stdout.isTTY === true,
    errIsTerminal: stderr.isTTY === true,
    columns: (stream) => columnsOf(stream === 'out' ? stdout : stderr),
    env: process.env,
    get cwd() {
      return workingFolder()
    },
    platform,
  }
}

/** A shell goes on in a folder that is deleted, or made again. */
function workingFolder(): string {
  try {
    return process.cwd()
  } catch (cause) {
    const remedy = 'go to another one, or, where it was made again, into it once more: cd "$PWD"'
    throw new DevHookError('usage', 'the current folder is not there any more', { remedy, cause })
  }
}

/** A terminal that does not know its size says 0. */
const columnsOf = ({ isTTY, columns }: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>): number =>
  isTTY === true && columns > 0 ? columns : Number.POSITIVE_INFINITY

/** Whether to use colours on a stream. */
export const wantsColor = (option: boolean | null, io: ColorIo, stream: 'out' | 'err' = 'err'): boolean =>
  colorLevelOf(option, io, stream) > 0

type ColorIo = Pick<Io, 'env' | 'outIsTerminal' | 'errIsTerminal'>

/** How many colours to use on a stream. */
export const colorLevelOf = (option: boolean | null, io: ColorIo, stream: 'out' | 'err' = 'err'): ColorLevel =>
  colorLevel(option, io.env, stream === 'out' ? io.outIsTerminal : io.errIsTerminal)

/** Whether to write JSON: as it was given, a no as well as a yes, else where a build server reads what is printed. */
export function wantsJson(
  { json, sources }: Pick<Config, 'json' | 'sources'>,
  { env, outIsTerminal }: Pick<Io, 'env' | 'outIsTerminal'>,
): boolean {
  return sources.json === undefined ? !outIsTerminal && isBuildServer(env) : json
}

/**
 * Whether a command line asks for JSON, as far as that is known before its config is read: its flags, the environment, then a
 * build server, unless `--say` has its answer on stdout.
 */
export function asksForJson(argv: readonly string[], io: Pick<Io, 'env' | 'outIsTerminal'>): boolean {
  const end = argv.indexOf('--')
  const ours = end === -1 ? argv : argv.slice(0, end)
  const flag = ours.findLast((word) => word === '--json' || word === '--no-json')
  if (flag !== undefined) return flag === '--json'
  const set = environmentLayer(io.env)('json')
  if (set !== null) return isOn(set.raw)
  const says = ours.some((word) => /^--say(?:=|$)/.test(word))
  return !says && wantsJson({ json: false, sources: {} }, io)
}

function isOn(raw: unknown): boolean {
  const read = switched.read(raw)
  return 'value' in read && read.value
}

/** Whether CI is set to anything but a no. Some build servers set it to their own name. */
const isBuildServer = ({ CI = '' }: Environment): boolean =>
  !['', '0', 'false', 'no', 'off'].includes(CI.trim().toLowerCase())
