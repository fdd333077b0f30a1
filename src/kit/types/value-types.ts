// The plain values that tests give to the kit.
import type { RequestListener, Server } from 'node:http'

/** Milliseconds, or a text such as `200ms`, `5s`, `2m`, `24h`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h'}`

/** Fields of a document, a message or a payload. */
export type Fields = Readonly<Record<string, unknown>>

/** A document of the platform, with its id. */
export type StoredDocument = Fields & { readonly id: string }

/** A port, a URL, or the bot itself: a listener (an Express app, `bot.httpMiddleware()`), or a server, which need not listen yet. */
export type BotTarget = number | string | URL | RequestListener | Server

/** The resources of the platform's API. */
export type ResourceName =
  | 'users'
  | 'bots'
  | 'botinstances'
  | 'channels'
  | 'contacts'
  | 'conversations'
  | 'messages'
  | 'organizations'
  | 'orggroups'
  | 'partners'
  | 'services'
  | 'forms'
  | 'workflows'
  | 'metrics'
  | 'points'
  | 'kbases'
  | 'kbitems'
  | 'articles'
  | 'files'
  | 'locations'
  | 'watemplates'

/** How long one wait may take, and what ends it earlier. */
export interface Patience {
  /** Default: the `patience` of the sandbox. */
  readonly within?: Duration
  readonly signal?: AbortSignal
}

/** What a transcript shows besides what people and the bot say. */
export interface TranscriptOptions {
  /** Commands, such as `/set topic faq`. */
  readonly commands?: boolean
  /** The bot's calls of the API. */
  readonly calls?: boolean
  /** What was delivered to the bot. */
  readonly deliveries?: boolean
}
