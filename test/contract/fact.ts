// What a fact about the platform is, and what it is checked with.
import { asText, isRecord, type Json } from '../../src/core/json.ts'
import { getIn, type Path } from '../../src/sandbox/json-path.ts'

/**
 * What a fact rests on: the platform's documentation, its SDK, which depends on it, or what is likely. `unknown`: nobody could say,
 * and the sandbox has to do something.
 */
export type Basis = 'documented' | 'sdk' | 'inferred' | 'unknown'

/** An answer of the API. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** Parsed if it is JSON, else the text. */
  readonly body: unknown
}

/** The platform, or the sandbox, as its API shows it to a bot. */
export interface Ground {
  /** The bot's user. */
  readonly bot: string
  readonly scopes: readonly string[]
  /** Calls with the bot's token, or with another one, or with none. */
  call(method: string, path: string, body?: unknown, token?: string | null): Promise<Answer>
  /** A conversation of its own to write into; only for facts that write. */
  conversation(): Promise<string>
}

/** In place of what was seen: it cannot be found out with this token, or these documents. */
export const SKIP = Symbol('skip')

/** What was seen in place of what was expected; `null` when it was as expected. */
export type Seen = string | null

export interface Fact {
  readonly area: 'access' | 'lists' | 'documents' | 'messages' | 'conversations' | 'webhooks' | 'deliveries'
  /** What the sandbox does, in a sentence. */
  readonly says: string
  readonly basis: Basis
  /** Where it stands, as far as it stands anywhere. */
  readonly source?: string
  /** Whether the check changes something. */
  readonly writes?: true
  /** Finds out whether it is so. */
  readonly check?: (ground: Ground) => Promise<Seen | typeof SKIP>
}

/** What was seen, unless the condition holds. */
export const unless = (holds: boolean, seen: string): Seen => (holds ? null : seen)

/** What was seen of a status, unless it is this one. */
export const unlessStatus = ({ status, body }: Answer, expected: number): Seen =>
  unless(status === expected, `${status} ${JSON.stringify(body)?.slice(0, 200)}`)

export const at = (value: unknown, ...path: Path): unknown => getIn(value, path)
export const textAt = (value: unknown, ...path: Path): string => asText(getIn(value, path)) ?? ''

/** The documents of a list; none if it is no list. */
export const listIn = ({ body }: Answer): readonly Json[] => (Array.isArray(body) ? body.filter(isRecord) : [])
