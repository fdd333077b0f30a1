// The platform's documents, as far as payloads and the sandbox need their fields.
// Source: developers.web1on1.chat/messaging, and what bots in the wild have logged.

/** Any document of the API: an id of 24 hex digits, and whatever else it carries. */
export interface Document {
  readonly id: string
  readonly [field: string]: unknown
}

/** An agent or bot who takes part in a conversation for the organization. */
export interface Participant {
  readonly user: string
  readonly name: string
  readonly role: 'agent' | 'bot'
  readonly organization: string
  readonly active: boolean
  readonly accepted: boolean
}

export type Role = 'contact' | 'agent' | 'bot'

export interface Conversation extends Document {
  readonly organization: string
  /** `contact`, `bot`, `agent` or `system`; the third word of its messages' events. */
  readonly type: string
  readonly name: string
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
  readonly text: string
  readonly meta: Readonly<Record<string, unknown>>
}

/** The e-mail address of a bot's user, which goes with its refresh token unless it was given another one. */
export const botEmail = (botId: string): string => `bot+${botId}@web1on1.chat`
