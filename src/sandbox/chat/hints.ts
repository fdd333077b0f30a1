// Hints to whoever writes the bot, while it talks: what the platform does that is not what they meant, each told once.
import type { ErrorName } from '../../core/errors.ts'
import { isRecord, textIn } from '../../core/json.ts'
import type { Message } from '../../protocol/resources.ts'
import { unseenByContact } from '../../protocol/visibility.ts'
import type { AppContext } from '../app-context.ts'
import { MAX_KEPT } from '../bounds.ts'
import type { ApiCall } from '../call-log.ts'
import { routeOf, withoutQuery } from '../http/paths.ts'
import type { ResourceName, Store } from '../store.ts'
import type { SandboxDelivery } from '../webhooks/deliver.ts'
import { missingForm } from './forms.ts'
import { isBy, nameOf } from './people.ts'

/** The kinds of hints, by their codes. */
export type HintKind = Extract<
  ErrorName,
  | 'unseen'
  | 'answeredLate'
  | 'bodyNearLimit'
  | 'buttonMute'
  | 'answeredTwice'
  | 'answersItself'
  | 'botCallFailed'
  | 'notInSandbox'
  | 'sandboxFull'
>

export interface Hint {
  readonly kind: HintKind
  readonly message: string
}

/** What hints are made from, as it happens. */
export interface Hints {
  /** A message was announced. */
  said(message: Message): void
  /** An attempt to deliver something has ended. */
  attempted(delivery: SandboxDelivery): void
  /** A call of the API was answered; `refusal` is the sentence of the answer. */
  called(call: ApiCall, refusal: string | null): void
  /** The oldest document of a resource went, because there are too many. */
  forgot(resource: ResourceName): void
  /** The bot answered itself in a conversation, and is told nothing more of what it says there. */
  answersItself(conversation: string): void
  /** Forgets what has been told. */
  clear(): void
}

/** What the platform waits for an answer, in ms. */
const PATIENCE_MS = 20_000
/** body-parser, which chipchat's server reads with, refuses more than 100 kB. */
const NEAR_LIMIT_BYTES = 90_000
/** How many messages of a conversation are looked through for a question that came twice. */
const LOOK_BACK = 50
const NO_FORM = 'and the sandbox has none such: with `--scope admin` the bot can make one (`POST /v2/forms`)'
/** How many different things are told in all. */
const MAX_TOLD = 1_000

/** Creates the observer of one sandbox. `deliveriesOf`: those that announce a message. */
export function createHints(options: {
  readonly context: AppContext
  readonly deliveriesOf: (message: string) => readonly SandboxDelivery[]
  readonly tell: (hint: Hint) => void
}): Hints {
  const { context, deliveriesOf, tell } = options
  const { store, seeded } = context
  const told = new Set<string>()

  function once(kind: HintKind, about: string, message: string): void {
    const key = `${kind} ${about}`
    if (told.has(key) || told.size >= MAX_TOLD) return
    told.add(key)
    tell({ kind, message })
  }

  const isBots = (message: Message): boolean => isBy(message, seeded.bot.id)

  /** The same as before, after an event that came twice: a bot that does not know what it has had. */
  function repeated(message: Message): void {
    if (message.text === '' || message.type === 'command') return
    const recent = store.messages.of(message.conversation).slice(-LOOK_BACK)
    const wasSentTwice = ({ id }: Message): boolean => deliveriesOf(id).some(({ sent }) => sent > 1)
    const question = recent.find(
      (asked, at) => !isBots(asked) && wasSentTwice(asked) && isAnsweredTwice(recent.slice(at), message.text, isBots),
    )
    if (question === undefined) return
    once('answeredTwice', '', `the bot said "${message.text}" twice: "${question.text}" had been delivered twice`)
  }

  return {
    clear: () => told.clear(),
    said: (message) => {
      if (!isBots(message)) return
      const unseen = unseenWords(store, message)
      if (unseen !== null) once('unseen', 'role', unseen)
      const mute = muteButtonOf(message)
      if (mute !== null) once('buttonMute', '', `the button "${mute}" of the bot has no payload`)
      const form = missingForm(store, message)
      if (form !== null) once('notInSandbox', `form ${form}`, `the bot opens the form "${form}", ${NO_FORM}`)
      repeated(message)
    },
    forgot: (resource) =>
      once('sandboxFull', resource, `there are more than ${MAX_KEPT} ${resource}: the oldest are forgotten`),
    answersItself: (conversation) => {
      const name = store.conversations.get(conversation)?.name ?? ''
      const until = 'it is told nothing more of what it says there, until somebody else does'
      once('answersItself', '', `the bot answers itself in the conversation "${name}": ${until}`)
    },
    attempted: ({ event, bytes, attempts }) => {
      const ms = attempts.at(-1)?.ms ?? 0
      if (ms >= PATIENCE_MS) {
        once('answeredLate', '', `the bot took ${Math.round(ms / 1_000)} s to answer ${event}: the platform waits 20 s`)
      }
      if (bytes >= NEAR_LIMIT_BYTES)
        once('bodyNearLimit', '', `${event} was delivered with ${Math.round(bytes / 1_000)} kB`)
    },
    called: ({ method, path, status, by }, refusal) => {
      if (by !== seeded.bot.id || status === null || status < 400) return
      const route = withoutQuery(path)
      if (refusal === null) {
        once('notInSandbox', `${method} ${route}`, `the sandbox does not have ${method} ${route}`)
      } else if (status !== 401) {
        once(
          'botCallFailed',
          `${method} ${routeOf(path)} ${status}`,
          `${method} ${route} of the bot was answered ${status}: ${refusal}`,
        )
      }
    },
  }
}

/** That the contact does not see a message because of its role; `null` where they do, or there is none. */
function unseenWords(store: Store, message: Message): string | null {
  const { conversation, role } = message
  const contact = store.contacts.get(textIn(store.conversations.get(conversation), 'contact') ?? '')
  if (contact === undefined || unseenByContact(message) !== 'role') return null
  return `the bot wrote 1 message with role "${role}": agents see it, ${nameOf(contact)} does not; send it with role: 'agent'`
}

/** Whether a question, the first of what was said since, was answered so more often than it was asked. */
function isAnsweredTwice(since: readonly Message[], answer: string, isBots: (message: Message) => boolean): boolean {
  const answers = since.filter((said) => isBots(said) && said.text === answer)
  // Whoever asks the same again may be answered the same again.
  const questions = since.filter((said) => !isBots(said) && said.text === since[0]?.text)
  return answers.length > questions.length
}

/** The text of a button of a message that carries nothing; `null` when each carries something, or there is none. */
function muteButtonOf({ actions }: Message): string | null {
  const mute = Array.isArray(actions) ? actions.find(isMute) : undefined
  return mute === undefined ? null : (textIn(mute, 'text') ?? '')
}

const isMute = (action: unknown): boolean =>
  isRecord(action) &&
  (action['type'] === 'reply' || action['type'] === 'postback') &&
  textIn(action, 'payload') === null
