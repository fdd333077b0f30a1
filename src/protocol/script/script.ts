// Scripts: what people do in recorded conversations and what the bot did then, whatever they were written down in.
import { DevHookError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import { formatLine, formatTranscript } from '../transcript/format.ts'
import type { Transcript, TranscriptLine } from '../transcript/model.ts'

/** Something that a person does. */
export interface ScriptAct {
  readonly line: Exclude<TranscriptLine, { kind: 'note' }>
  /** The message as it was recorded, where it was. */
  readonly message: Json | null
  /** The bot's id when it was recorded, by which messages name it. */
  readonly botId: string | null
}

/** What people do one after the other, until the bot has something to say. */
export interface ScriptStep {
  /** The heading of the conversation; an empty one where there is none. */
  readonly scene: string
  readonly acts: readonly ScriptAct[]
  /** What the bot did then; `null` where nobody knows. */
  readonly expected: readonly TranscriptLine[] | null
}

/** A script. Its steps are in the order of time, so that conversations may go on side by side. */
export interface Script {
  readonly name: string | null
  readonly steps: readonly ScriptStep[]
}

/** The script of a transcript: each conversation after the other. Throws `fixtureInvalid` for what nobody could say. */
export function scriptOfTranscript(transcript: Transcript, source = 'transcript'): Script {
  const steps = transcript.flatMap(({ heading, lines }) => {
    const scene = heading ?? ''
    const acted = lines.filter((line) => line.kind !== 'note')
    const first = acted[0]
    if (first !== undefined && first.by.is === 'bot') throw botSpeaksFirst(source, first)
    return stepsOf(scene, acted)
  })
  checkContacts(steps, source)
  return { name: null, steps }
}

function stepsOf(scene: string, lines: readonly ScriptAct['line'][]): readonly ScriptStep[] {
  const steps: { readonly scene: string; readonly acts: ScriptAct[]; readonly expected: TranscriptLine[] }[] = []
  let isBotsTurn = true
  for (const line of lines) {
    if (line.by.is !== 'bot' && isBotsTurn) steps.push({ scene, acts: [], expected: [] })
    isBotsTurn = line.by.is === 'bot'
    const step = steps.at(-1)
    if (isBotsTurn) step?.expected.push(line)
    else step?.acts.push({ line, message: null, botId: null })
  }
  return steps
}

const botSpeaksFirst = (source: string, line: TranscriptLine): DevHookError =>
  new DevHookError('fixtureInvalid', `${source}: nobody has said anything before \`${formatLine(line)}\``, {
    remedy: 'begin with what a contact or an agent says',
  })

/** A conversation has one contact. Throws `fixtureInvalid` for one that has two. */
export function checkContacts(steps: readonly ScriptStep[], source: string): void {
  const contacts = new Map<string, string>()
  for (const { scene, acts } of steps) {
    for (const { line } of acts) {
      if (line.by.is !== 'contact') continue
      const known = contacts.get(scene) ?? line.by.name
      contacts.set(scene, known)
      if (known === line.by.name) continue
      throw new DevHookError('fixtureInvalid', `${source}: ${line.by.name} speaks in the conversation of ${known}`, {
        remedy: `mark the team with \`${line.by.name} (agent):\`, and begin the conversation of another contact with \`== ${line.by.name} ==\``,
      })
    }
  }
}

/** Whether what the bot commands was written down, which not every transcript does. */
export const hasBotCommands = ({ steps }: Script): boolean =>
  steps.some(({ expected }) => expected?.some(({ kind }) => kind === 'command') === true)

/** The transcript of a script, with `replies` in place of what is expected of each step. */
export function transcriptOf(
  { steps }: Script,
  replies: readonly (readonly TranscriptLine[] | null)[] = steps.map(({ expected }) => expected),
): Transcript {
  const scenes = new Map<string, TranscriptLine[]>()
  for (const [index, { scene, acts }] of steps.entries()) {
    const lines = scenes.get(scene) ?? []
    scenes.set(scene, lines)
    lines.push(...acts.map(({ line }) => line), ...(replies[index] ?? []))
  }
  const isAlone = scenes.size === 1
  return [...scenes].map(([scene, lines]) => ({ heading: isAlone && scene === '' ? null : scene, lines }))
}

/** The text of a script's transcript. */
export const scriptText = (script: Script): string => formatTranscript(transcriptOf(script))
