// The streams of the process, guarded: a closed pipe or a closed terminal must not end a run before it has restored.
import type { Environment } from '../config/layers.ts'
import { createLines } from './write-buffer.ts'

/** What a command sees of the outside. */
export interface Io {
  /** Data. */
  out(line: string): void
  /** Resolves when everything is written, or nobody reads it any more. */
  flushed(): Promise<void>
  /** Aborted when nobody reads the data any more. */
  readonly outGone: AbortSignal
  /** Everything for people. */
  err(line: string): void
  /** Both ends of the conversation are a terminal: it makes sense to ask. */
  readonly interactive: boolean
  readonly outIsTerminal: boolean
  readonly errIsTerminal: boolean
  readonly env: Environment
  readonly cwd: string
  readonly platform: NodeJS.Platform
}

/** The real ones. */
export function createIo(): Io {
  const { stdin, stdout, stderr } = process
  // The reader of a pipe may go, and a terminal that was closed answers EIO: there is nobody left to tell.
  const outGone = new AbortController()
  stdout.on('error', () => outGone.abort())
  stderr.on('error', () => undefined)
  const lines = createLines()
  process.on('exit', lines.flush)
  return {
    out: (line) => lines.add(stdout, line),
    flushed: async () => {
      lines.flush()
      await Promise.all([stdout, stderr].map((stream) => new Promise<void>((done) => stream.write('', () => done()))))
    },
    outGone: outGone.signal,
    err: (line) => lines.add(stderr, line),
    interactive: stdin.isTTY === true && stderr.isTTY === true,
    outIsTerminal: stdout.isTTY === true,
    errIsTerminal: stderr.isTTY === true,
    env: process.env,
    cwd: process.cwd(),
    platform: process.platform,
  }
}

/** Whether to use colours on a stream: the option, then NO_COLOR and FORCE_COLOR, then whether a person looks at it. */
export function wantsColor(
  option: boolean | null,
  { env, outIsTerminal, errIsTerminal }: Pick<Io, 'env' | 'outIsTerminal' | 'errIsTerminal'>,
  stream: 'out' | 'err' = 'err',
): boolean {
  if (option !== null) return option
  if (env['NO_COLOR']) return false
  if (env['FORCE_COLOR'] && env['FORCE_COLOR'] !== '0') return true
  return (stream === 'out' ? outIsTerminal : errIsTerminal) && env['TERM'] !== 'dumb'
}

/** Whether to write JSON: the option, or a build server that reads what is printed. */
export const wantsJson = (option: boolean, { env, outIsTerminal }: Pick<Io, 'env' | 'outIsTerminal'>): boolean =>
  option || (!outIsTerminal && Boolean(env['CI']))
