// A recorded conversation as it is passed on: what happened in it, in order, with what became of each delivery.
import type { Json } from '../../core/json.ts'
import type { Fixture } from '../fixture/fixture.ts'
import type { StandInKind } from '../personal-data/stand-ins.ts'

/** A conversation that is fit to be passed on. */
export interface SharedTalk {
  /** Of the dev-hook that writes it. */
  readonly version: string
  /** The same conversation for programs. */
  readonly fixture: Fixture
  /** In the order of time; at least one. */
  readonly deliveries: readonly SharedDelivery[]
  /** Messages of the bot that are not in the fixture, because nobody had asked for them. */
  readonly unasked: number
  /** How many values of each kind have a stand-in; `null` when all is as it was. */
  readonly replaced: ReadonlyMap<StandInKind, number> | null
  /** Whether secrets were left in. */
  readonly withSecrets: boolean
}

/** An event of the conversation, and its way to the bot. */
export interface SharedDelivery {
  /** dev-hook's id of it. */
  readonly id: string
  readonly event: string
  readonly payload: Json
  /** It is what the bot itself has said. */
  readonly isBots: boolean
  /** When it happened on the platform; all times are in ms since the epoch. */
  readonly at: number
  readonly receivedAt: number
  /** What became of it, in a word. */
  readonly fate: string
  readonly attempts: readonly SharedAttempt[]
}

/** One try to bring a delivery to the bot. */
export interface SharedAttempt {
  readonly n: number
  readonly startedAt: number
  readonly ms: number
  readonly isReplay: boolean
  readonly outcome: string
  /** `null` without an answer. */
  readonly status: number | null
  /** Why there was none; `null` with an answer. */
  readonly reason: string | null
  /** The body of the answer: JSON, or text; `null` for none. */
  readonly answer: unknown
  /** The answer is longer than what was kept of it. */
  readonly isCut: boolean
}
