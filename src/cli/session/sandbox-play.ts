// Recorded conversations that are said again to the bot, and how what it does now differs.
import { relative, resolve } from 'node:path'
import { withDeadline } from '../../core/async.ts'
import { DevHookError } from '../../core/errors.ts'
import { whyUnreadable } from '../../core/files/why-unreadable.ts'
import type { Notices } from '../../core/notices.ts'
import { exitWords } from '../../core/text/exit-words.ts'
import { oneLine } from '../../core/text/sanitize.ts'
import { toJson } from '../../core/text/to-json.ts'
import { type Script, scriptText } from '../../protocol/script/script.ts'
import { type Playback, playScript } from '../../sandbox/play/play.ts'
import { readScriptFile, scriptFiles } from '../../sandbox/play/script-files.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import type { Io } from '../io.ts'
import type { OpenCommand } from '../open-command.ts'
import { createProgress } from '../output/progress.ts'
import { transcriptDiff } from '../output/transcript-diff.ts'
import type { NoticeOf } from '../screen/delivery-lines.ts'
import { absentBot } from './judge-answer.ts'

/** A recorded conversation, and the name of its file. */
export interface NamedScript {
  readonly file: string
  readonly script: Script
}

/** Reads what `--play` names; `null` without it. Throws `usage` and `fixtureInvalid`, with everything that cannot be read. */
export async function readScripts(
  own: Readonly<Record<string, unknown>>,
  cwd: string,
): Promise<readonly NamedScript[] | null> {
  const given = own['play']
  if (typeof given !== 'string') return null
  if (own['say'] !== undefined) {
    throw new DevHookError('usage', '`--play` and `--say` cannot be given together', { remedy: 'give one of them' })
  }
  const files = await filesOf(resolve(cwd, given), given)
  const read = await Promise.all(files.map(async (path) => readOne(path, relative(cwd, path) || path)))
  const wrong = read.filter((one) => one instanceof DevHookError)
  const [only, ...others] = wrong
  if (only !== undefined && others.length === 0) throw only
  if (only !== undefined) {
    const lines = wrong.flatMap(({ lines: own, remedy }) => [...own, `→ ${remedy}`])
    throw new DevHookError('fixtureInvalid', lines, { remedy: 'mend each of them, or take them out of the folder' })
  }
  return read.filter((one): one is NamedScript => !(one instanceof DevHookError))
}

async function filesOf(path: string, given: string): Promise<readonly string[]> {
  const files = await scriptFiles(path).catch((cause: unknown) => {
    throw new DevHookError('usage', `play ${given} (from --play) cannot be read: ${whyUnreadable(cause)}`, {
      cause,
      remedy: 'give a transcript, a fixture, a file of `--as html`, or a folder of them',
    })
  })
  if (files.length > 0) return files
  throw new DevHookError('usage', `play ${given} (from --play) is a folder without files`, {
    remedy: 'write one with `dev-hook events export <conversation> --as transcript`',
  })
}

async function readOne(path: string, file: string): Promise<NamedScript | DevHookError> {
  try {
    return { file, script: await readScriptFile(path, file) }
  } catch (error) {
    if (error instanceof DevHookError) return error
    throw error
  }
}

export interface PlayRun extends Pick<OpenCommand, 'colors' | 'redactor' | 'config'> {
  readonly sandbox: Sandbox
  readonly scripts: readonly NamedScript[]
  readonly timeoutMs: number | null
  readonly io: Io
  readonly json: boolean
  readonly notices: Notices
  /** What was announced of the bot last. */
  readonly bot: () => NoticeOf<'bot'> | null
}

/** A bot may still be starting, and dev-hook holds what it is to get for 15 s by default. */
const FIRST_TIMEOUT_MS = 20_000
/** A bot that somebody else runs may be slower to end an answer than to begin it. */
const QUIET_MS = 150

/** Plays them, one after the other. Rejects with `playedOtherwise` when the bot differs in one, and with why there is no bot. */
export async function playScripts(run: PlayRun, signal: AbortSignal): Promise<void> {
  const { scripts, notices, io, json, config } = run
  const crashed = new AbortController()
  const off = notices.on((notice) => {
    if (notice.type === 'bot' && (notice.state === 'crashed' || notice.state === 'stopped')) crashed.abort(gone(notice))
  })
  const progress = createProgress((step) => json || config.quiet || io.err(`· ${step} …`))
  let different = 0
  try {
    await withDeadline([signal, crashed.signal], null, async (limited) => {
      for (const one of scripts) {
        const playback = await play(run, one, limited, (step, of) =>
          progress.step(`step ${step} of ${of} of ${one.file}`),
        )
        if (playback.differences.length > 0) different += 1
        report(run, one, playback)
      }
    })
  } finally {
    progress.end()
    off()
  }
  const of = scripts.length === 1 ? 'the conversation' : `${different} of ${scripts.length} conversations`
  if (different > 0)
    throw new DevHookError('playedOtherwise', `in ${of} the bot does something other than what was recorded`)
  if (!json && scripts.length > 1) io.out(`all ${scripts.length} conversations are as they were recorded`)
}

function gone({ state, code }: NoticeOf<'bot'>): DevHookError {
  const what = state === 'crashed' ? 'crashed' : 'ended'
  return new DevHookError('botCrashed', `the bot ${what} (${exitWords(code)}) before the conversation was over`)
}

/** Throws if there never was a bot: nobody has started one, or it has not listened. */
function checkBot(last: NoticeOf<'bot'> | null): void {
  if (last !== null && last.state !== 'ready') throw absentBot(last.port)
}

async function play(
  run: PlayRun,
  { script }: NamedScript,
  signal: AbortSignal,
  onStep: (step: number, of: number) => void,
): Promise<Playback> {
  const times = run.timeoutMs === null ? { firstTimeoutMs: FIRST_TIMEOUT_MS } : { timeoutMs: run.timeoutMs }
  const playback = await playScript(run.sandbox, script, { ...times, quietMs: QUIET_MS, onStep, signal })
  if (playback.differences.length > 0) checkBot(run.bot())
  return playback
}

function report({ io, json, colors, redactor }: PlayRun, { file, script }: NamedScript, playback: Playback): void {
  const { differences, transcript } = playback
  const steps = script.steps.length
  const { redact } = redactor
  if (json) {
    const cleaned = differences.map(({ step, what, expected, received }) => ({
      step,
      what: redact(what),
      expected: redact(expected),
      received: redact(received),
    }))
    const time = new Date().toISOString()
    io.out(toJson({ type: 'played', time, file, steps, differences: cleaned, transcript: redact(transcript) }))
    return
  }
  const name = oneLine(file)
  if (differences.length === 0) return io.out(`${colors.green('✓')} ${name}: ${stepsOf(steps)} as recorded`)
  io.out(`${colors.red('✗')} ${name}: ${differences.length} of ${stepsOf(steps)} different from what was recorded`)
  for (const { step, what, received } of differences) {
    io.out(`  step ${step}, ${redact(what)}${received === '' ? ': the bot does nothing' : ''}`)
  }
  for (const line of transcriptDiff(scriptText(script), transcript, colors)) io.out(`    ${redact(line)}`)
}

const stepsOf = (steps: number): string => (steps === 1 ? '1 step' : `${steps} steps`)
