// Playing a conversation at one commit: with a sandbox of its own, in a process that ends the bot with everything it has started.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { onAbort } from '../../core/async.ts'
import { ERRORS } from '../../core/errors.ts'
import { packageFile } from '../../core/instance.ts'
import { asRecord, isRecord, type Json, textIn } from '../../core/json.ts'
import type { Trial } from './search.ts'

/** How a commit was played. */
export interface Played {
  readonly outcome: Trial
  /** As it was played; `null` where the bot could not be. */
  readonly transcript: string | null
  /** Why it was skipped. */
  readonly reason: string | null
}

export interface PlayCommit {
  /** The fixture or transcript. */
  readonly file: string
  /** Where the bot is. */
  readonly folder: string
  readonly command: readonly string[]
  /** Further flags of `dev-hook sandbox`. */
  readonly flags: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
}

const MAIN = packageFile('dist/cli/main.js')
/** What may be kept of what is printed, in characters: a transcript is shorter. */
const MAX_OUTPUT = 16 * 1024 * 1024

/** Plays it. Rejects with the reason of the signal, once everything has ended. */
export async function playCommit(options: PlayCommit, signal: AbortSignal): Promise<Played> {
  const { file, folder, command, flags, env } = options
  const port = flags.includes('--port') ? [] : ['--port', String(await freePort())]
  const args = [MAIN, 'sandbox', '--json', '--no-watch', '--no-inspector', '--play', file, '--cwd', folder]
  const child = spawn(process.execPath, [...args, ...port, ...flags, '--', ...command], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    if (output.length < MAX_OUTPUT) output += chunk.toString()
  })
  // It ends in order, and takes the bot with it.
  const off = onAbort(signal, () => void child.kill('SIGINT'))
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    signal.throwIfAborted()
    return judge(code, output.split('\n').flatMap(noticeIn))
  } finally {
    off()
  }
}

function judge(code: number | null, notices: readonly Json[]): Played {
  const played = notices.find(({ type }) => type === 'played')
  const transcript = textIn(played, 'transcript')
  if (played !== undefined && code === 0) return { outcome: 'good', transcript, reason: null }
  const error = notices.find(({ type }) => type === 'error')
  if (played !== undefined && isDifferent(played)) return { outcome: 'bad', transcript, reason: null }
  const reason = textIn(error, 'message')
  // One that crashes over what is said does answer otherwise; one that never listened cannot be tried.
  const wasReady = notices.some(({ type, state }) => type === 'bot' && state === 'ready')
  if (wasReady && textIn(error, 'code') === ERRORS.botCrashed.code) return { outcome: 'bad', transcript: null, reason }
  return { outcome: 'skip', transcript: null, reason: reason ?? `it ended with code ${code ?? 'unknown'}` }
}

const isDifferent = ({ differences }: Json): boolean => Array.isArray(differences) && differences.length > 0

function noticeIn(line: string): readonly Json[] {
  if (!line.startsWith('{"type"')) return []
  try {
    const notice = asRecord(JSON.parse(line))
    return isRecord(notice) ? [notice] : []
  } catch {
    // The bot has printed something like it.
    return []
  }
}

/** A port that nothing listens on: whoever tries the bot has it running on the usual one. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
