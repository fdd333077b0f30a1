// What dev-hook announces: every notice and its fields, and the hub that hands them to whoever listens.
import type { Outcome, Whose } from './delivery.ts'
import { type DevHookError, ERRORS, type ErrorName, type Failure } from './errors.ts'
import { createListeners, type Off } from './listeners.ts'
import type { RelayNotice, RelayRole } from './relay/relay-notices.ts'

export type HookKind = 'bot' | 'service' | 'manual' | 'relay'
export type RestoreResult = 'restored' | 'deleted' | 'superseded' | 'nothing' | 'failed'
export type RejectReason =
  | 'signature-wrong'
  | 'signature-missing'
  | 'too-large'
  | 'unauthorised'
  | 'full'
  /** No HTTP, as the parser reads it. */
  | 'malformed'
  /** HTTP that a webhook has no use for. */
  | 'unsupported'
  /** It did not arrive whole in time. */
  | 'timed-out'

/** A request that was refused before it could become a delivery. */
export interface Rejection {
  readonly id: string
  readonly reason: RejectReason
  /** What it was answered with. */
  readonly status: number
  readonly detail: string
  /** How many more were refused for the same reason, and not announced. */
  readonly more?: number
}

/** What a run did, in numbers. */
export interface Totals {
  readonly deliveries: number
  readonly delivered: number
  readonly held: number
  readonly longestHoldMs: number
  /** Acknowledged by dev-hook, not yet at the bot. */
  readonly undelivered: number
  /** Acknowledged by dev-hook, and broken on the way to the bot, which may not have had them; less those that were replayed. */
  readonly interrupted: number
  /** Answered 404 or 405 by the bot: most likely it has no webhook there. */
  readonly unrouted: number
  /** With `--only`: deliveries of others, which went on to where the webhook pointed before. They do not count as `deliveries`. */
  readonly passed: number
  /** Likewise where there was no such place. */
  readonly ignored: number
}

/** Who said the message that a delivery brings, as far as it says so. */
interface Authored {
  /** A name, else a role. */
  readonly from?: string | undefined
  /** It is what the bot itself has said. */
  readonly own?: true | undefined
}

/** A button as it is shown. */
export interface ShownButton {
  /** What it is pressed by at the prompt, from 1. */
  readonly number?: number
  readonly text: string
  /** What the bot gets for a press. */
  readonly payload?: string
  /** The address that it opens. */
  readonly uri?: string
}

/** One of the things that a message shows side by side. */
export interface ShownItem {
  readonly title: string
  readonly description?: string
  /** Its address. */
  readonly picture?: string
  readonly buttons: readonly ShownButton[]
}

/** A message as whoever reads along sees it. */
export interface ShownMessage {
  /** Who it is of. */
  readonly role: 'contact' | 'agent' | 'bot'
  readonly name: string
  readonly text: string
  /** Why the contact does not see it; absent when they do. */
  readonly unseen?: 'role' | 'backchannel' | 'type' | 'widget-call'
  readonly id: string
  readonly conversation: string
  /** The name of the conversation, where it is not the one in which the person at the terminal speaks. */
  readonly elsewhere?: string
  /** The type of the message: `chat`, `card`, `command`, `postback`, `form` … */
  readonly kind: string
  /** Absent: `text/plain`. */
  readonly contentType?: string
  /** How a text of several lines, or of HTML, reads, line by line. */
  readonly lines?: readonly string[]
  readonly title?: string
  /** What it answers. */
  readonly quote?: string
  readonly buttons?: readonly ShownButton[]
  readonly items?: readonly ShownItem[]
  /** Of a command that gives the conversation to somebody else than the bot: their names. */
  readonly to?: readonly string[]
  /** Of a form: what can be filled in. */
  readonly fields?: readonly string[]
}

/** The body of a notice, by type. Fields may be added, never renamed. */
export type NoticeBody =
  | { readonly type: 'starting'; readonly version: string; readonly step: string }
  | {
      readonly type: 'ready'
      readonly url: string
      readonly target: string
      /** Where page and API of the run are, on this machine; and the file with the token for programs. */
      readonly inspector: string | null
      readonly tokenFile: string | null
      readonly api: string
      readonly kind: HookKind
      readonly before: {
        readonly url: string
        readonly events: readonly string[] | null
        readonly status: string | null
      } | null
      readonly events: readonly string[] | null
      /** With `--only`: where everything else goes on to, without credentials; `null` when that is nowhere. */
      readonly passesTo?: string | null
      readonly steps: readonly { readonly name: string; readonly ms: number }[]
      readonly pid: number
      /** Of a relay, or of a developer's run at one. */
      readonly relay?: RelayRole
    }
  | ({
      readonly type: 'delivery'
      readonly id: string
      readonly event: string | null
      readonly conversation: string | null
      readonly text: string | null
      readonly bytes: number
      readonly redelivery?: string
      /** With `--only`: whether it is for this bot. */
      readonly whose?: Whose
    } & Authored)
  /** A delivery of others went on to where the webhook pointed before: what the platform was answered; in our own name, with a `reason`. */
  | {
      readonly type: 'passed'
      readonly id: string
      readonly status: number
      readonly ms: number
      readonly reason?: string
    }
  /** A person asked for a recorded delivery again; its attempts follow. `edited`: with another body, as an edited copy `of` it. */
  | ({
      readonly type: 'replay'
      readonly id: string
      readonly event: string | null
      readonly conversation: string | null
      readonly text: string | null
      readonly bytes: number
      readonly edited: boolean
      readonly of?: string
    } & Authored)
  | {
      readonly type: 'attempt'
      readonly id: string
      readonly n: number
      readonly outcome: Outcome
      readonly status: number | null
      readonly ms: number
      /** What the platform is told in place of the bot's own status. */
      readonly told?: number
    }
  | RelayNotice
  | { readonly type: 'held'; readonly id: string; readonly reason: string }
  | { readonly type: 'released'; readonly id: string; readonly ms: number }
  /** The platform was told "received" in our own name, so many ms after the delivery came; the bot has not answered it yet. */
  | { readonly type: 'acknowledged'; readonly id: string; readonly ms: number }
  | ({ readonly type: 'rejected' } & Rejection)
  | {
      readonly type: 'bot'
      readonly state: 'starting' | 'ready' | 'stopping' | 'crashed' | 'stopped'
      readonly pid: number | null
      readonly port: number
      readonly code: number | string | null
      readonly ms: number
      /** Of one that crashed: the last that it printed. */
      readonly lines?: readonly string[]
      /** Of one that crashed: nothing but a save, or a person, starts it again. */
      readonly waits?: 'save'
      /** Of one that crashed: it printed the same as the last time. */
      readonly repeated?: true
      /** Of one that is stopping and started again: why. */
      readonly reason?: string
    }
  | { readonly type: 'bot-output'; readonly stream: 'stdout' | 'stderr'; readonly line: string }
  | {
      readonly type: 'tunnel'
      readonly state: 'opening' | 'online' | 'reconnecting' | 'offline'
      readonly url: string | null
      /** Who forwards the URL to which port, where a development environment in the cloud does. */
      readonly forwarded?: { readonly by: string; readonly port: number }
    }
  | {
      readonly type: 'registration'
      /** `behind`: another dev-hook, `who`, has the webhook, and passes on to this one; `moved`: to its new URL; `ahead`: no other has it. */
      readonly state: 'claimed' | 'verified' | 'reclaimed' | 'superseded' | 'manual' | 'behind' | 'moved' | 'ahead'
      readonly who?: string
      readonly kind: HookKind
      readonly url?: string
      readonly events?: readonly string[] | null
    }
  /** The start waits for the answer of a person. */
  | { readonly type: 'asking'; readonly question: string }
  /** The webhook of somebody else is taken without a question, on a yes that was given at an earlier start, in ISO 8601. */
  | { readonly type: 'consent'; readonly url: string; readonly since: string | null }
  | { readonly type: 'restored'; readonly result: RestoreResult }
  /** The sandbox only, once it is ready: what a bot, and whoever plays a person, reaches it with. */
  | {
      readonly type: 'sandbox'
      readonly api: string
      /** For `TOKEN` and `REFRESH_TOKEN` of a bot, worthless elsewhere; `null` when its own ones are good here. */
      readonly token: string | null
      readonly refreshToken: string | null
      /** Whoever logs in with one of these, and any password, is given a token of theirs. */
      readonly logins: readonly string[]
      /** Whether dev-hook starts the bot, which is then given all that. */
      readonly startsBot: boolean
      /** What goes wrong by chance, as `--chaos` takes it, and its seed; `null` when nothing does. */
      readonly chaos: { readonly words: string; readonly seed: number } | null
    }
  /** The sandbox only: something that went wrong by chance, by its word; without one, what does so from now on. */
  | { readonly type: 'chaos'; readonly word: string | null; readonly message: string; readonly seed: number }
  /** The sandbox only: something was said, pressed or done in a conversation. */
  | ({ readonly type: 'message' } & ShownMessage)
  /** The sandbox only: a call of the API was refused. */
  | {
      readonly type: 'call'
      readonly method: string
      readonly path: string
      readonly status: number | null
      /** The sentence of the answer. */
      readonly message: string | null
      /** How many more of the same were refused within the last second, and not announced. */
      readonly more?: number
    }
  | ({ readonly type: 'warning' | 'error' } & Readonly<Pick<DevHookError, 'code' | 'message' | 'remedy'>>)
  | ({ readonly type: 'stopped'; readonly restored: RestoreResult; readonly failure: Failure | null } & Totals)

export type NoticeType = NoticeBody['type']

/** A notice as it is announced: `type` and `time` (ISO 8601) first. */
export type Notice = { readonly time: string } & NoticeBody

export type Emit = (body: NoticeBody) => void
export type Listener = (notice: Notice) => void

/** Where notices come in, and go out to every listener. */
export interface Notices {
  readonly emit: Emit
  /** Adds a listener. Returns the function that removes it. */
  on(listener: Listener): Off
}

/** Creates the hub. A listener that throws does not keep the others from hearing. */
export function createNotices(now: () => number = Date.now): Notices {
  const listeners = createListeners<Notice>()
  const timeOf = createClock()
  return {
    emit: (body) => {
      if (listeners.size === 0) return
      // `type` and `time` come first, whatever order the body has.
      listeners.emit(Object.assign({ type: body.type, time: timeOf(now()) }, body))
    },
    on: listeners.on,
  }
}

/** ISO 8601 of a time in milliseconds. Two notices come with every delivery, most often within the same millisecond. */
function createClock(): (ms: number) => string {
  let last = Number.NaN
  let text = ''
  return (ms) => {
    if (ms !== last) text = new Date(ms).toISOString()
    last = ms
    return text
  }
}

/** Announces a warning: a name of the code table, and what was seen. */
export type Warn = (kind: ErrorName, message: string) => void

/** The `warning` that belongs to an entry of the code table. */
export function warning(kind: ErrorName, message: string, remedy?: string): NoticeBody {
  return { type: 'warning', code: ERRORS[kind].code, message, remedy: remedy ?? ERRORS[kind].remedy }
}

/** The `error` notice of something that was thrown. */
export function errorNotice(error: DevHookError): NoticeBody {
  return { type: 'error', code: error.code, message: error.message, remedy: error.remedy }
}
