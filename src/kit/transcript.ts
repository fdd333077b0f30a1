// The transcript of a sandbox: what its messages, calls and deliveries are as lines.
import { textIn } from '../core/json.ts'
import type { Message as MessageDocument } from '../protocol/resources.ts'
import { formatTranscript } from '../protocol/transcript/format.ts'
import { lineOf } from '../protocol/transcript/from-messages.ts'
import type { TranscriptLine, TranscriptSpeaker } from '../protocol/transcript/model.ts'
import type { ApiCall } from '../sandbox/call-log.ts'
import { isBy, nameOf } from '../sandbox/chat/people.ts'
import type { SandboxNotice } from '../sandbox/handle.ts'
import { withoutIds } from '../sandbox/http/paths.ts'
import type { Sandbox as Platform } from '../sandbox/sandbox.ts'
import type { SandboxDelivery } from '../sandbox/webhooks/deliver.ts'
import type { TranscriptOptions } from './types/types.ts'

/** What happened, in its order. */
type Entry =
  | { readonly is: 'message'; readonly conversation: string; readonly message: MessageDocument }
  | { readonly is: 'call'; readonly conversation: string | null; readonly call: ApiCall }
  | { readonly is: 'chaos'; readonly conversation: null; readonly message: string }
  | {
      readonly is: 'attempt'
      readonly conversation: string | null
      readonly delivery: SandboxDelivery
      readonly n: number
    }

export interface Recorder {
  /** The transcript of one conversation, or of all of them. */
  transcript(options: TranscriptOptions, conversation?: string): string
  /** The last lines of it, with all that was said to the bot and by it. */
  ending(conversation?: string): string
  clear(): void
}

const MAX_ENTRIES = 20_000
const ENDING_LINES = 40

/** Starts to write down what happens. */
export function createRecorder(platform: Platform): Recorder {
  let entries: Entry[] = []
  platform.on((notice) => {
    if (notice.type === 'hint' || notice.type === 'changed') return
    if (entries.length >= MAX_ENTRIES) entries = entries.slice(MAX_ENTRIES / 2)
    entries.push(entryOf(notice))
  })

  function speakerOf(message: MessageDocument): TranscriptSpeaker {
    if (isBy(message, platform.botId)) return { is: 'bot' }
    const contact = platform.data('contacts').get(message.user)
    if (contact !== null) return { is: 'contact', name: nameOf(contact) }
    return { is: 'agent', name: nameOf(platform.data('users').get(message.user) ?? { id: message.user }) }
  }

  function lineOfEntry(entry: Entry, { commands, calls, deliveries }: TranscriptOptions): TranscriptLine | null {
    switch (entry.is) {
      case 'message': {
        const line = lineOf(entry.message, speakerOf(entry.message))
        return line.kind === 'command' && commands !== true ? null : line
      }
      case 'call':
        return calls === true && isOfBot(entry.call) ? { kind: 'note', text: callLine(entry.call) } : null
      case 'chaos':
        return deliveries === true ? { kind: 'note', text: `chaos: ${entry.message}` } : null
      case 'attempt':
        return deliveries === true ? { kind: 'note', text: attemptLine(entry.delivery, entry.n) } : null
      default:
        return entry satisfies never
    }
  }

  const isOfBot = ({ by }: ApiCall): boolean => by === null || by === platform.botId

  function transcript(options: TranscriptOptions, conversation?: string): string {
    const ids = [...new Set(entries.map((entry) => entry.conversation))]
    const shown = conversation === undefined ? ids : [conversation]
    const scenes = shown.flatMap((id) => {
      const lines = entries.filter((entry) => entry.conversation === id).map((entry) => lineOfEntry(entry, options))
      const own = lines.filter((line) => line !== null)
      return own.length === 0 ? [] : [{ heading: headingOf(id), lines: own }]
    })
    const [only] = scenes
    return formatTranscript(scenes.length === 1 && only !== undefined ? [{ ...only, heading: null }] : scenes)
  }

  function headingOf(id: string | null): string {
    const conversation = id === null ? null : platform.data('conversations').get(id)
    return conversation === null ? 'elsewhere' : (textIn(conversation, 'name') ?? 'Conversation')
  }

  return {
    transcript,
    ending: (conversation) => {
      const lines = transcript({ commands: true, calls: true, deliveries: true }, conversation).split('\n')
      const shown = lines.slice(-ENDING_LINES)
      return [...(shown.length < lines.length ? ['…'] : []), ...shown].join('\n')
    },
    clear: () => {
      entries = []
    },
  }
}

function entryOf(notice: Exclude<SandboxNotice, { readonly type: 'hint' | 'changed' }>): Entry {
  if (notice.type === 'message') {
    return { is: 'message', conversation: notice.message.conversation, message: notice.message }
  }
  if (notice.type === 'call') return { is: 'call', conversation: notice.call.conversation, call: notice.call }
  if (notice.type === 'chaos') return { is: 'chaos', conversation: null, message: notice.message }
  const { delivery } = notice
  return { is: 'attempt', conversation: delivery.conversation, delivery, n: delivery.attempts.length - 1 }
}

/** `POST /v2/conversations/:id/messages 201`, without ids, which differ in each run. */
const callLine = ({ method, path, status }: ApiCall): string => `${method} ${withoutIds(path)} ${status ?? 'cut'}`

function attemptLine({ event, attempts }: SandboxDelivery, n: number): string {
  const attempt = attempts[n]
  if (attempt === undefined) return event
  return `${event} ${attempt.status ?? attempt.error.replace(/:\d+/, '')}`
}
