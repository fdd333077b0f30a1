// Playing a script in a sandbox: says again what people said, with new ids, and compares what the bot does.
import { DevHookError } from '../../core/errors.ts'
import type { Message } from '../../protocol/resources.ts'
import {
  hasBotCommands,
  type Script,
  type ScriptAct,
  type ScriptStep,
  transcriptOf,
} from '../../protocol/script/script.ts'
import { formatLine, formatTranscript } from '../../protocol/transcript/format.ts'
import { lineOf } from '../../protocol/transcript/from-messages.ts'
import type { TranscriptLine } from '../../protocol/transcript/model.ts'
import type { Sandbox } from '../handle.ts'
import { createCast } from './cast.ts'

/** Something that the bot did differently. */
export interface Difference {
  /** Of the script, from 1. */
  readonly step: number
  /** What it was asked for: "the answer to `Jenny: hi`". */
  readonly what: string
  /** Lines of the transcript; empty for nothing. */
  readonly expected: string
  readonly received: string
}

/** What came of a script. */
export interface Playback {
  /** Empty when the bot did what it did when it was recorded. */
  readonly differences: readonly Difference[]
  /** As it was played. */
  readonly transcript: string
}

export interface PlayOptions {
  /** How long the bot may take to take a delivery, and then to do what is expected, in ms. Default 5 s. */
  readonly timeoutMs?: number
  /** The same for the first delivery: a bot may still be starting. Default the same. */
  readonly firstTimeoutMs?: number
  /** How long nothing may happen after an answer, in ms. Default 50. */
  readonly quietMs?: number
  /** Called before each step, with its number, from 1. */
  readonly onStep?: (step: number, of: number) => void
  readonly signal?: AbortSignal
}

const TIMEOUT_MS = 5_000
const QUIET_MS = 50

/** Plays a script. Rejects with the reason of the signal, and when the sandbox closes. */
export async function playScript(
  sandbox: Pick<Sandbox, 'contact' | 'agent' | 'botId' | 'settled' | 'until'>,
  script: Script,
  options: PlayOptions = {},
): Promise<Playback> {
  const cast = createCast(sandbox)
  const withCommands = hasBotCommands(script)
  const differences: Difference[] = []
  const heard: (readonly TranscriptLine[])[] = []
  const stopped = new Set<string>()

  for (const [index, step] of script.steps.entries()) {
    options.signal?.throwIfAborted()
    // Without what came before, nothing that follows in the same conversation would mean anything.
    if (stopped.has(step.scene)) {
      heard.push([])
      continue
    }
    options.onStep?.(index + 1, script.steps.length)
    const { lines, failure } = await playStep(sandbox, cast, step, {
      ...options,
      withCommands,
      isFirst: index === 0,
    })
    heard.push(lines)
    if (failure !== null) stopped.add(step.scene)
    const difference = failure ?? compare(step, lines)
    if (difference !== null) differences.push({ step: index + 1, ...difference })
  }
  return { differences, transcript: formatTranscript(transcriptOf(script, heard)) }
}

type Found = Omit<Difference, 'step'>

interface StepOptions extends PlayOptions {
  readonly withCommands: boolean
  readonly isFirst: boolean
}

async function playStep(
  sandbox: Pick<Sandbox, 'settled' | 'until'>,
  cast: ReturnType<typeof createCast>,
  step: ScriptStep,
  options: StepOptions,
): Promise<{ readonly lines: readonly TranscriptLine[]; readonly failure: Found | null }> {
  const {
    timeoutMs = TIMEOUT_MS,
    firstTimeoutMs = timeoutMs,
    quietMs = QUIET_MS,
    signal,
    isFirst,
    withCommands,
  } = options
  const waiting = { ...(signal !== undefined && { signal }) }
  const scene = await cast.scene(step.scene, step.acts)
  const before = scene.messages().length
  const lines = (): readonly TranscriptLine[] =>
    scene
      .messages()
      .slice(before)
      .filter((message) => cast.isBots(message))
      .map((message) => lineOf(message, { is: 'bot' }))
      .filter(({ kind }) => withCommands || kind !== 'command')

  const settle = async (): Promise<void> => {
    await sandbox.settled({ ...waiting, quietMs, timeoutMs }).catch(ignoreNotSettled)
  }
  for (const act of step.acts) {
    const done = attempt(() => scene.act(act))
    if ('refused' in done)
      return { lines: lines(), failure: { what: doing(act), expected: 'something to press', received: done.refused } }
    if (done.message === null) continue
    await scene.heard(done.message, { ...waiting, timeoutMs: isFirst ? firstTimeoutMs : timeoutMs })
    if (act !== step.acts.at(-1)) await settle()
  }
  const wanted = step.expected?.length ?? 0
  const isComplete = (): true | null => (lines().length >= wanted ? true : null)
  await sandbox.until(isComplete, { ...waiting, timeoutMs }).catch(ignoreNotSettled)
  await settle()
  return { lines: lines(), failure: null }
}

/** What the bot has done by then is compared, and that it was late is seen in it. */
function ignoreNotSettled(error: unknown): void {
  if (!(error instanceof DevHookError && error.is('notSettled'))) throw error
}

function attempt(act: () => Message | null): { readonly message: Message | null } | { readonly refused: string } {
  try {
    return { message: act() }
  } catch (error) {
    if (error instanceof DevHookError && error.is('noButton')) return { refused: error.message }
    throw error
  }
}

const doing = ({ line }: ScriptAct): string => `\`${formatLine(line)}\``

function compare({ acts, expected }: ScriptStep, lines: readonly TranscriptLine[]): Found | null {
  if (expected === null) return null
  const [wanted, received] = [expected, lines].map((all) => all.map(formatLine).join('\n'))
  const last = acts.at(-1)
  if (wanted === received || last === undefined) return null
  return { what: `the answer to ${doing(last)}`, expected: wanted ?? '', received: received ?? '' }
}
