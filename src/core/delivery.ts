// The nouns of the journey: a delivery, its label, one attempt to bring it to the bot, the reply that goes back, and what is recorded of it all.

/** Header names and values as they were on the wire, in order and in their own case: `[name, value, name, value, …]`. */
export type RawHeaders = readonly string[]

/** One HTTP call by which the platform brings an event. Its bytes are sacred: `body` is what arrived and what is sent on. */
export interface Delivery {
  /** dev-hook's own id, the value of `x-dev-hook-delivery`. */
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly receivedAt: number
  readonly method: string
  /** The query string as received, with its `?`; empty when there is none. */
  readonly search: string
  /** As received, without dev-hook's own credentials. */
  readonly headers: RawHeaders
  readonly body: Buffer
  /** Of a replay: an id of its own, by which it goes on to the bot once, though the bot has had the delivery. */
  readonly again?: string
}

/** What a delivery says about itself, read from its body; `null` where it does not say. */
export interface Label {
  readonly event: string | null
  /** The platform's own id of the delivery. */
  readonly platformId: string | null
  readonly conversation: string | null
  readonly text: string | null
  /** Who said it: a name, else a role. Absent where it does not say. */
  readonly from?: string | undefined
  /** Whether it is what the bot itself has said, which comes back to it as an event. */
  readonly own?: true | undefined
}

/** For this bot; of others, and passed on to them; of others, where there are none. */
export type Whose = 'mine' | 'passed' | 'ignored'

/** A complete HTTP answer: the bot's, or one of our own. */
export interface Reply {
  readonly status: number
  readonly headers: RawHeaders
  readonly body: Buffer
}

export type Outcome = Attempt['outcome']

/**
 * One try to bring a delivery to the bot.
 * `refused`: nothing was sent. `interrupted`: some of it may have been sent. `cancelled`: we gave up before an answer came.
 */
export type Attempt = {
  readonly startedAt: number
  readonly ms: number
  /** A person asked for it. */
  readonly replay?: true | undefined
} & (
  | { readonly outcome: 'answered'; readonly reply: Reply }
  /** `alone`: this one is refused, another may be taken. The journal does not keep that. */
  | { readonly outcome: 'refused'; readonly reason: string; readonly alone?: boolean }
  | { readonly outcome: 'timed-out'; readonly reason: string }
  /** `unsendable`: nothing was sent, and nothing ever can be: it is not a valid HTTP request. The journal does not keep that. */
  | { readonly outcome: 'interrupted'; readonly reason: string; readonly unsendable?: boolean }
  /** `sent`: some of it may have been, as with `interrupted`. The journal does not keep that. */
  | { readonly outcome: 'cancelled'; readonly reason: string; readonly sent?: boolean }
)

/** True for a status that tells the platform "received". */
export const isSuccess = (status: number): boolean => status >= 200 && status < 300

/**
 * What became of a delivery. `acknowledged`: the platform was told "received", the bot has not had it yet. `passed`: it was not for
 * this bot, and went on to where the webhook pointed before; `ignored`: there was no such place.
 */
export type Settled = 'delivered' | 'acknowledged' | 'interrupted' | 'returned' | 'rejected' | 'passed' | 'ignored'

/** A recorded delivery as one row of a list: everything that is recorded of it but its bytes. */
export interface Summary {
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly receivedAt: number
  readonly method: string
  readonly search: string
  /** Of its text, the beginning. */
  readonly label: Label
  /** The length of the body. */
  readonly bytes: number
  /** `null` while its fate is unknown. */
  readonly settled: Settled | null
  readonly attempts: number
  /** How many of them a person asked for. */
  readonly replays: number
  /** The id of the delivery of which this is an edited copy; `null` for one that came from the platform. */
  readonly editOf: string | null
  /** Of the last attempt; `null` before the first. */
  readonly outcome: Outcome | null
  /** Of the last attempt: the bot's status, or `null` when it gave none. */
  readonly status: number | null
  /** The last status that the bot gave, whatever came of later attempts. */
  readonly answered: number | null
  /** Of the last attempt: how long it took. */
  readonly ms: number | null
  /** The status that dev-hook itself gave the platform; `null` when that was given the bot's answer, or none. */
  readonly ownStatus: number | null
}
