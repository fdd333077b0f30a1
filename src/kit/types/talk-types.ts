// People, conversations and messages, as whoever tests a bot sees them.
import type { Duration, Fields, Patience, StoredDocument, TranscriptOptions } from './value-types.ts'

/** A contact: a consumer in a conversation of their own. */
export interface Contact {
  readonly id: string
  readonly name: string
  readonly conversation: Conversation
  /** What they can see of their conversation: no commands, nothing of the backchannel, nothing that the bot tells the team. */
  readonly messages: readonly Message[]
  /** Says something, and resolves with the next message of the bot's that they see. Rejects with `NoReplyError`. */
  say(text: string, more?: Fields & Patience): Promise<Message>
  /**
   * Presses a button or quick reply, by its text or payload, and resolves like `say`. It must have been offered: `DEVHOOK_NO_BUTTON`
   * lists what is.
   */
  press(button: string, patience?: Patience): Promise<Message>
  /** Fills in fields of a form, by the name or id of the form and the keys of its fields, and resolves like `say`. */
  fill(form: string, values: Readonly<Record<string, string>>, patience?: Patience): Promise<Message>
  /** Says something, and waits for nothing. */
  send(text: string, more?: Fields): Message
  /** The first `n` messages of the bot's that they see since they last did something. Rejects with `NoReplyError`. */
  replies(n: number, patience?: Patience): Promise<readonly Message[]>
  /**
   * Resolves once everything has settled. Rejects with `DEVHOOK_UNEXPECTED_REPLY` when the bot has said something that they see since
   * they last did something, besides what the test has waited for.
   */
  silence(quiet?: Duration): Promise<void>
  /** Their conversation, without ids and times. */
  transcript(options?: TranscriptOptions): string
}

/** A contact, which means their own conversation, or any conversation. */
export type Where = Contact | Conversation

/** Somebody of the team: they see everything, and speak in every conversation. */
export interface Agent {
  readonly id: string
  readonly name: string
  /** Says something to the contact, or in the backchannel; resolves with the bot's next message, which may be for the team. */
  say(where: Where, text: string, more?: Fields & Patience & { readonly backchannel?: boolean }): Promise<Message>
  /** The same, and waits for nothing. */
  send(where: Where, text: string, more?: Fields & { readonly backchannel?: boolean }): Message
  /** Presses a button, by its text or payload. */
  press(where: Where, button: string, patience?: Patience): Promise<Message>
  /** Mentions the bot, and resolves with its next message. */
  mention(where: Where, text: string, patience?: Patience): Promise<Message>
  /** Gives a command: `>help`, for the bot; or `/set`, `/notify` and the others. Waits for nothing. */
  command(where: Where, text: string, meta?: Fields): Message
  /** Assigns the conversation to somebody, the bot by default; resolves when the bot has been told. */
  assign(where: Where, to?: Agent | 'bot'): Promise<void>
  /** Opens the conversation; resolves when the bot has been told. */
  join(where: Where): Promise<void>
  /** Takes the conversation over; resolves when the bot has been told. */
  accept(where: Where): Promise<void>
  /** Leaves it; resolves when the bot has been told. */
  leave(where: Where): Promise<void>
}

/** A conversation as it is now. */
export interface Conversation {
  readonly id: string
  readonly status: 'active' | 'queued' | 'closed'
  readonly meta: Fields
  readonly participants: readonly Participant[]
  /** Everything that was said and done, commands and backchannel too. */
  readonly messages: readonly Message[]
  /** The document of the platform. */
  readonly document: StoredDocument
  /** Posts messages exactly as given, in the form that the API takes; by the bot's user unless they name another one. */
  post(message: Fields | readonly Fields[]): readonly Message[]
  /** The conversation, without ids and times. */
  transcript(options?: TranscriptOptions): string
}

/** Somebody who takes part in a conversation. */
export interface Participant {
  readonly user: string
  readonly name: string
  readonly role: 'guest' | 'agent' | 'bot' | 'admin'
  readonly organization: string
  /** Has the conversation open. */
  readonly active: boolean
  /** Answers the contact. */
  readonly accepted: boolean
  /** Was assigned, and has not accepted yet. */
  readonly inbox: boolean
}

/** A message in a conversation. */
export interface Message {
  readonly id: string
  /** `chat`, `postback`, `command`, `card` and the others. */
  readonly type: string
  readonly role: 'contact' | 'agent' | 'bot'
  readonly text: string
  /** Whether only the team sees it. */
  readonly backchannel: boolean
  /** Such as `text/plain`, `text/html` or `image/png`. */
  readonly contentType: string
  /** The id of its author. */
  readonly user: string
  /** The texts of everything that can be pressed, in its items too. */
  readonly buttons: readonly string[]
  readonly meta: Fields
  /** Milliseconds since the message that it answers, by the platform's time; `null` for what is not an answer of the bot's. */
  readonly ms: number | null
  /** The document of the platform. */
  readonly document: StoredDocument
}
