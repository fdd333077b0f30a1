// The platform's documents, as far as payloads and the sandbox need their fields.
// Source: developers.web1on1.chat/messaging, and what bots in the wild have logged.

/** Any document of the API: an id of 24 hex digits, and whatever else it carries. */
export interface Document {
  readonly id: string
  readonly [field: string]: unknown
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
  /** The conversation was assigned to them, and they have not accepted it yet. */
  readonly inbox: boolean
}

export type Role = 'contact' | 'agent' | 'bot'

export interface Conversation extends Document {
  readonly organization: string
  /** `contact`, `bot`, `agent` or `system`; the third word of its messages' events. */
  readonly type: string
  readonly name: string
  /** `active`: somebody has accepted it; `queued`: it waits for somebody; `closed`. */
  readonly status: string
  readonly participants: readonly Participant[]
  readonly meta: Readonly<Record<string, unknown>>
}

export interface Message extends Document {
  readonly organization: string
  readonly conversation: string
  /** `chat`, `command`, `postback` …; the last word of its event. */
  readonly type: string
  readonly role: Role
  /** Whether only the team sees it, in the stream beside the conversation. */
  readonly isBackchannel: boolean
  /** The author: the one it names, else the owner of the token it was posted with. */
  readonly user: string
  readonly text: string
  readonly meta: Readonly<Record<string, unknown>>
}

/** The e-mail address of a bot's user, which goes with its refresh token unless it was given another one. */
export const botEmail = (botId: string): string => `bot+${botId}@web1on1.chat`

/** The bot id in the e-mail address of a bot's user, at either of the platform's domains; `null` in any other address. */
export const botOfEmail = (email: string): string | null =>
  /^bot\+([^@\s]+)@(?:web1on1\.chat|chatshipper\.com)$/i.exec(email)?.[1] ?? null
