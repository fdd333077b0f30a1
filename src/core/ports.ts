// What the corridor expects of each room: the whole house on one page.
import type { Attempt, Delivery, Label, Outcome, RawHeaders, Reply, Settled } from './delivery.ts'
import type { Off } from './listeners.ts'
import type { HookKind, Rejection, RestoreResult } from './notices.ts'

// ── tunnel: public URL to gateway ────────────────────────────────────────────────────────────────────────────────

export type TunnelState =
  | { readonly state: 'online'; readonly url: string }
  | { readonly state: 'reconnecting'; readonly url: string; readonly reason: string }
  /** Final: nothing will bring it back, `cause` says why (a refused token). */
  | { readonly state: 'offline'; readonly url: string; readonly cause: Error }

/** An open tunnel: its public URL has answered a challenge of our own. */
export interface Tunnel {
  current(): TunnelState
  on(listener: (state: TunnelState) => void): Off
  /** Notes that a delivery came through, so that the idle probe can wait. */
  markActive(): void
  /** Ends the tunnel in order. Idempotent. */
  close(): Promise<void>
}

// ── platform: the registration, from the outside ─────────────────────────────────────────────────────────────────

/** The registration as the platform shows it; `null` where it does not show it. */
export interface Registered {
  readonly url: string | null
  readonly events: readonly string[] | null
  readonly secret: string | null
  readonly status: string | null
}

/** Whose the registration is, found out before the claim. */
export type Owner =
  | { readonly is: 'nobody' }
  /** An earlier run on this machine: its snapshot is adopted. */
  | { readonly is: 'us'; readonly runId: string }
  /**
   * Another dev-hook. `who` is what it calls itself, when it answers; `join` is whether it lets this run stand in front of it, or why
   * not, where it was asked.
   */
  | {
      readonly is: 'dev-hook'
      readonly answers: boolean
      readonly who: string | null
      readonly url: string
      readonly join?: { readonly refusal: string | null }
    }
  /** Somebody's real webhook. */
  | { readonly is: 'somebody'; readonly url: string }

/** One bot's registration, from the first look to the restore. */
export interface Registration {
  readonly kind: HookKind
  readonly owner: Owner
  /** As it was before this run (of an adopted snapshot: before the run that died). */
  readonly before: Registered | null
  /** What this run would put back now: `before`, unless the one who was there has ended and said what had been before it. */
  former(): Registered | null
  /** The secret that deliveries are signed with, as far as it is known now. */
  secret(): string | null
  /** Reads the secret from the platform again. */
  rereadSecret(): Promise<string | null>
  /** Writes the snapshot to disk, synced; once, and never of a URL of ours. */
  takeSnapshot(): Promise<void>
  /** Points the platform at `url`. Called again after the tunnel came back with another URL; no new snapshot is taken. */
  claim(url: string, events: readonly string[] | null, signal: AbortSignal): Promise<void>
  /** Resolves when the challenge came and the platform says active; `challenged` resolves when a challenge reached us. */
  verify(challenged: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void>
  /**
   * Reads the registration: still ours, ours but shown as not verified, of a dev-hook that has joined this one and passes on to it, of
   * one in whose place this run belongs (`abandoned`), or somebody else's by now.
   */
  check(signal: AbortSignal): Promise<'ours' | 'unverified' | 'behind' | 'abandoned' | 'superseded'>
  /** Asks the platform to verify the URL once more; resolves to whether it shows it as verified then. */
  verifyAgain(signal: AbortSignal): Promise<boolean>
  /** What a run is told that asks to stand in front of this one; `null` when it cannot. */
  ancestry(): string | null
  /**
   * Takes the snapshot of the dev-hook whose URL it would put back, as the text of its file, for its own "before", or brings it to who
   * would, behind this run; `via` are the runs that it has come through. Resolves to whether it is on disk. False for one that is
   * none of their business, or once the end has begun. Throws `stateUnwritable`.
   */
  takeHandedDown(snapshot: string, via: readonly string[]): Promise<boolean>
  /** Tells whoever passes on to this run that it is reached at `url` from now on. Resolves to whether that is done. */
  moved(url: string, signal: AbortSignal): Promise<boolean>
  /** Closes the gap where the dev-hook behind this run no longer answers, and what was before that one is known. */
  checkNeighbour(signal: AbortSignal): Promise<void>
  /**
   * Puts back what was there unless somebody else has the registration, and deletes the snapshot; while another dev-hook has
   * it that answers, the snapshot is kept. Never throws.
   */
  restore(): Promise<RestoreResult>
}

// ── gateway: where the tunnel ends ───────────────────────────────────────────────────────────────────────────────

/** What the gateway asks of the corridor. */
export interface GatewayHandlers {
  /**
   * Answers every request on the hook path that has the right credentials. `since` is when its head arrived, in milliseconds of
   * the monotonic clock: from then on the platform waits. `verified` is called once the delivery may pass the signature guard:
   * until then it counts against the bounds on what anybody may send. Never rejects.
   */
  accept(delivery: Delivery, since: number, verified: () => void): Promise<Reply>
  /** Announces a request that was refused; of many of a kind only some, with how many more there were. */
  rejected(rejection: Rejection): void
}

export interface Gateway {
  readonly port: number
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  /** Refuses what is new with 503, lets what is in flight finish, then closes. Idempotent. */
  close(): Promise<void>
}

// ── delivery: lanes, hold and release, one attempt ───────────────────────────────────────────────────────────────

/** A delivery on its way into the queue. */
export interface QueueItem {
  readonly delivery: Delivery
  /** The conversation whose order it keeps; `null` for none. */
  readonly lane: string | null
  /** Sent in place of the delivery's own headers. */
  readonly headers?: RawHeaders | undefined
  /** How many attempts it has had before. */
  readonly attempts: number
}

/** A delivery that the queue has taken. */
export interface Ticket {
  /** `waiting` in the queue, `sending` while an attempt is under way, or `done`. */
  readonly phase: 'waiting' | 'sending' | 'done'
  /** Takes it out of the queue, or aborts its attempt: it ends as `cancelled`. Does nothing once it has ended. */
  cancel(reason: string): void
}

export interface Queue<Item extends QueueItem> {
  /** Takes a delivery; `null` when a bound is reached. Deliveries of one lane keep their order while any of them waits. */
  submit(item: Item): Ticket | null
  /** Keeps everything that is not sent yet. `reason` is shown: `bot restarting`. */
  hold(reason: string): void
  /** Lets go, in order of arrival, lane by lane. */
  release(): void
  readonly holding: boolean
  /** How many wait, their bytes, and how many are at the bot. */
  readonly waiting: number
  readonly waitingBytes: number
  readonly inFlight: number
  /** Resolves when nothing is in flight, or the signal is aborted. */
  idle(signal: AbortSignal): Promise<void>
  /** Cancels what waits and what is in flight; idempotent. */
  close(): Promise<void>
}

// ── journal: the record on disk ──────────────────────────────────────────────────────────────────────────────────

/** A delivery that was recorded, by this run or an earlier one. */
export interface RecordedDelivery {
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly receivedAt: number
  readonly label: Label
  /** `null` while nothing is known of its fate, or when its run ended before that. */
  readonly settled: Settled | null
  /** The number of its last attempt; 0 before the first. */
  readonly attempts: number
  /** Reads it whole from disk; rejects with `stateDamaged` when it cannot be read back. */
  load(): Promise<Delivery>
}

/** What became of a delivery that came before under the same key. */
export interface Seen {
  readonly id: string
  /** `null` when its run ended before that was known. */
  readonly settled: Settled | null
  /** What the platform was answered then; without headers and body where those were not the bot's, or not kept whole. */
  answer(): Promise<Reply | null>
}

export interface Journal {
  /**
   * Writes in the background; never throws and never waits. `key` is what the same delivery would be recognised by: the platform's id,
   * else a digest of its content; `null` for one that must not answer for others (rejected, itself a redelivery). False when
   * the disk keeps up so badly that the delivery is not recorded. `editOf` is the id of the delivery of which it is an edited copy.
   */
  record(delivery: Delivery, label: Label, key: string | null, editOf?: string): boolean
  recordAttempt(id: string, n: number, attempt: Attempt): void
  /** `ownStatus` is the status that dev-hook itself gave the platform; absent when that was given the bot's own answer. */
  settle(id: string, settled: Settled, ownStatus?: number): void
  /**
   * Resolves once this delivery, and everything recorded so far, is on disk, synced. Rejects with `stateUnwritable` when
   * the disk refuses, or when the delivery was not recorded because of that.
   */
  synced(id: string): Promise<void>
  /** Acknowledged and not delivered, oldest first, of any age. */
  undelivered(): readonly RecordedDelivery[]
  /** The delivery with this id, if it is recorded. */
  find(id: string): RecordedDelivery | null
  /** The latest delivery recorded under this key within 24 h, if any. */
  seen(key: string): Seen | null
  /** Writes what is recorded, and closes. Idempotent; never rejects: what could not be written was said as trouble. */
  close(): Promise<void>
}

// ── bot: the developer's program ─────────────────────────────────────────────────────────────────────────────────

export type BotState =
  | { readonly state: 'starting'; readonly pid: number | null }
  /** `reason` when it is started again after that. */
  | { readonly state: 'stopping'; readonly pid: number | null; readonly reason: string | null }
  | { readonly state: 'ready'; readonly pid: number | null; readonly ms: number }
  | {
      readonly state: 'crashed'
      readonly pid: number | null
      readonly code: number | string | null
      readonly ms: number
      /** The last that it printed. */
      readonly lines: readonly string[]
      /** Nothing but a request starts it again; absent when it is started again by itself. */
      readonly waits?: 'save'
    }
  | { readonly state: 'stopped'; readonly pid: number | null; readonly code: number | string | null }

/** A bot, supervised or only watched. */
export interface Bot {
  current(): BotState
  on(listener: (state: BotState) => void): Off
  /** Says that a forward was refused: its port may be closed, so look again at once. */
  refused(): void
  /**
   * Ends it and starts it again; one at a time, latest wins. Nothing for a bot that is not supervised. `unsure`: it may be the
   * bot itself that caused this, so that one that crashes is started again no sooner than it would be anyway.
   */
  restart(reason: string, certainty?: 'unsure'): void
  /** Idempotent. */
  stop(): Promise<void>
}

// ── control: what the inspector, the keys and other dev-hook commands may ask of a run ─────────────────────────────

/** The attempt that ended a replay. */
export interface Replayed {
  readonly id: string
  readonly n: number
  /** Of an edited copy, which is a delivery of its own: the id of the one that was edited. */
  readonly editOf?: string
  readonly outcome: Outcome
  /** The bot's; `null` when it gave none. */
  readonly status: number | null
  readonly ms: number
  /** Why the bot gave none; `null` when it did. */
  readonly reason: string | null
}

/** Forwards recorded deliveries again, because a person asked. */
export interface Replays {
  /**
   * Forwards it in its lane, with the bytes that were recorded, or with another body; signed anew where the signature would not
   * be right for the bot. With another body it is recorded as a delivery of its own. While it waits, aborting the signal takes it back.
   * Rejects with `deliveryUnknown`, `replayRefused` or `stateDamaged`.
   */
  replay(id: string, body: Buffer | null, signal?: AbortSignal): Promise<Replayed>
}

/** A delivery that was made here, and what the platform would have been answered. */
export interface Injected {
  readonly id: string
  readonly event: string | null
  readonly status: number
  readonly ms: number
}

/** What may be asked of a run while it goes on. */
export interface Control extends Replays {
  /**
   * Takes a body as if the platform had sent it, signed: it is recorded and goes the way of every delivery. Resolves with what the
   * platform is answered. Rejects with `replayRefused` before there is a way to the bot.
   */
  inject(body: Buffer): Promise<Injected>
  /** Makes the event that was triggered last once more. False where none was: nothing happens then. */
  triggerAgain(): boolean
  /**
   * Reads the body of a recorded delivery as it came, for its edit: secrets are in it, so that it is shown to nobody else. Rejects
   * with `deliveryUnknown` or `stateDamaged`.
   */
  bodyOf(id: string): Promise<Buffer>
  /** False for a bot that somebody else runs: nothing happens then. */
  restartBot(): boolean
  /** Holds every delivery, whatever the bot does, until `release`. */
  hold(): void
  release(): void
  isPaused(): boolean
}
