// The nouns of the journey: a delivery, its label, one attempt to bring it to the bot, and the reply that goes back.

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
  | { readonly outcome: 'refused' | 'timed-out'; readonly reason: string }
  /** `unsendable`: nothing was sent, and nothing ever can be: it is no HTTP request. The journal does not keep that. */
  | { readonly outcome: 'interrupted'; readonly reason: string; readonly unsendable?: boolean }
  /** `sent`: some of it may have been, as with `interrupted`. The journal does not keep that. */
  | { readonly outcome: 'cancelled'; readonly reason: string; readonly sent?: boolean }
)

/** True for a status that tells the platform "received". */
export const isSuccess = (status: number): boolean => status >= 200 && status < 300
