// What a transcript says: who said, pressed and filled in what, without ids and times.

/** A whole transcript: its conversations, in the order in which they begin. Only a single one may have no heading. */
export type Transcript = readonly Scene[]

/** A conversation in a transcript. */
export interface Scene {
  /** Its heading; `null` for none. */
  readonly heading: string | null
  readonly lines: readonly TranscriptLine[]
}

/** Who does something in a transcript: the bot, a contact, or somebody of the team. */
export type TranscriptSpeaker = { readonly is: 'bot' } | { readonly is: 'contact' | 'agent'; readonly name: string }

/** Why the contact does not see something: the role `bot`, the backchannel, a call of the widget, or a type that is the team's. */
export const UNSEEN_REASONS = [
  'role bot',
  'backchannel',
  'widget call',
  'mention',
  'tag',
  'search',
  'results',
  'report',
  'status',
] as const
export type UnseenReason = (typeof UNSEEN_REASONS)[number]

/** What is said of whoever does something. */
interface Done {
  readonly by: TranscriptSpeaker
  /** None: the contact sees it. */
  readonly unseen: readonly UnseenReason[]
}

/** Something that can be pressed; `link` is where it leads, `null` for what comes back to the bot. */
export interface TranscriptButton {
  readonly text: string
  readonly link: string | null
}

/** One of the things that are shown side by side; an empty description and no picture are not written. */
export interface TranscriptItem {
  readonly title: string
  readonly description: string
  /** Its address. */
  readonly picture: string | null
  readonly buttons: readonly TranscriptButton[]
}

/** A message with a text. The text of a picture or file is its address, as its content type tells. */
export interface SaidLine extends Done {
  readonly kind: 'says'
  readonly contentType: string
  readonly text: string
  readonly buttons: readonly TranscriptButton[]
  readonly items: readonly TranscriptItem[]
}

/** One line of a transcript, with those that belong to it. */
export type TranscriptLine =
  | SaidLine
  | ({ readonly kind: 'presses'; readonly button: string } & Done)
  | ({ readonly kind: 'fills'; readonly field: string; readonly value: string } & Done)
  | ({ readonly kind: 'opens' | 'closes'; readonly form: string } & Done)
  /** Of the platform, `/set topic faq`, or for a bot, `>help`; no contact sees it. */
  | { readonly kind: 'command'; readonly by: TranscriptSpeaker; readonly text: string }
  /** Something that nobody says, such as a call of the API. */
  | { readonly kind: 'note'; readonly text: string }

/** The content type that is not written. */
export const PLAIN = 'text/plain'
