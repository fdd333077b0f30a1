// The sandbox of the test kit, its options and what it shows, as whoever tests a bot sees them.
import type { Agent, Contact, Conversation, Message } from './talk-types.ts'
import type { BotTarget, Duration, Fields, ResourceName, StoredDocument, TranscriptOptions } from './value-types.ts'

export type * from './talk-types.ts'
export type * from './value-types.ts'

/** What `createSandbox` takes; everything is optional. */
export interface SandboxOptions {
  /** Where the bot listens. At most one of `forwardTo` and `command`; with neither, call `connect` later. */
  readonly forwardTo?: BotTarget
  /**
   * Starts the bot, with `sandbox.env` and a PORT in its environment, and waits until it listens there. It is ended by `close`, with
   * everything that it has started.
   */
  readonly command?: readonly [program: string, ...args: string[]]
  /** The folder that `command` runs in. Default: that of the test. */
  readonly cwd?: string
  /** Further variables for `command`, besides those of the test; `undefined` removes one. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** How long `command` may take to listen. Default 10 s. */
  readonly readyWithin?: Duration
  /** The path of the bot's webhook. Default `/`. */
  readonly path?: string
  /** The secret of the bot's webhook. Default: a new one. */
  readonly secret?: string
  /** The events that the bot subscribes to. Default `['message.create.*']`. */
  readonly events?: readonly string[]
  /** What the bot's token may do. Default `bot`, as for bots on the platform; `admin` may also list services and create users. */
  readonly scope?: 'agent' | 'bot' | 'admin'
  /** Requests per second of the bot's token; what the test does never counts. Default 20, as documented; `false`: no limit. */
  readonly rateLimit?: number | false
  /** How the bot comes into a new conversation. Default `joined`; `assigned`: by `/assign`, as from the routing; `absent`: not at all. */
  readonly arrival?: 'joined' | 'assigned' | 'absent'
  /** Documents that are there from the start, besides those that always are; fields of the organization are merged into it. */
  readonly world?: { readonly [R in ResourceName]?: readonly Fields[] } & { readonly organization?: Fields }
  /** What goes wrong by chance, from the start. Default: nothing. */
  readonly chaos?: Chaos
  /** The seed of chaos: with the same one, the same things go wrong. Default: a random one, which every error about chaos names. */
  readonly seed?: number
  /** How the platform's time passes. Default `real`. `manual`: it stands still until `clock.advance`. A number: so many times as fast. */
  readonly clock?: 'real' | 'manual' | number
  /** How long `say`, `press`, `replies`, `until` and the others wait, in real time. Default 5 s. */
  readonly patience?: Duration
}

/** A platform of its own for one test or one file of tests: in this process, on a loopback port. */
export interface Sandbox {
  /** `http://127.0.0.1:<port>`, for APIHOST. */
  readonly api: string
  /** The bot's access token; after a refresh, the newest. */
  readonly token: string
  /** The secret of the bot's webhook. */
  readonly secret: string
  /** The seed of what goes wrong by chance. */
  readonly seed: number
  /** The environment of a bot: it calls this platform, as itself. */
  readonly env: Readonly<Record<'APIHOST' | 'TOKEN' | 'REFRESH_TOKEN' | 'EMAIL' | 'SECRET' | 'WEBHOOK_PATH', string>>
  /**
   * Registers the bot and verifies it, in place of the one before. Rejects with `DEVHOOK_NOT_VERIFIED` when it does not answer the
   * platform's challenge, with `DEVHOOK_BOT_NOT_LISTENING` when nobody listens there.
   */
  connect(bot: BotTarget): Promise<void>
  /** The process of `command`; `null` without one. */
  readonly process: BotProcess | null

  /** Somebody new, in a conversation of their own. */
  contact(person?: {
    /** Default: a name that nobody here has yet. */
    readonly name?: string
    /** `email`, `telephone`, `givenName` and the like. */
    readonly profile?: Fields
    /** Fields of the conversation, such as `touchpoint`, `meta` or `categoryIndex`. */
    readonly conversation?: Fields
  }): Promise<Contact>
  /** Somebody new in the team. */
  agent(person?: { readonly name?: string; readonly role?: 'agent' | 'admin' }): Promise<Agent>
  /** A new conversation of any type; without a contact, one of type `bot` that the bot has opened. */
  conversation(fields?: Fields & { readonly contact?: Contact }): Promise<Conversation>

  /** The documents of the platform. What a test changes here raises events like any other change. */
  readonly data: { readonly [R in ResourceName]: Collection }
  /**
   * Makes a documented event of this name, with `fields` merged into its payload, and resolves when every webhook has answered it,
   * with one delivery for each. Rejects with `DEVHOOK_USAGE` for an unknown event.
   */
  emit(event: string, fields?: Fields): Promise<readonly Delivery[]>

  /** The bot's calls of the API, oldest first. */
  readonly calls: readonly ApiCall[]
  /** What was delivered to the bot, or is to be, oldest first. */
  readonly deliveries: readonly Delivery[]
  /**
   * Looks at once and after everything that happens, until there is something to see: anything but `false`, `null` and `undefined`.
   * Rejects with `DEVHOOK_UNTIL` when there is nothing in time, and with what `look` throws.
   */
  until<T>(look: () => T | false | null | undefined, within?: Duration): Promise<T>
  /**
   * Resolves when no delivery and no call of the API is under way, and nothing has happened for `quiet`, 50 ms by default. A delivery
   * that has failed and waits for its next attempt keeps nobody waiting.
   */
  settled(quiet?: Duration): Promise<void>
  /** Calls the listener with everything that happens. Returns the function that removes it. */
  on(listener: (notice: SandboxNotice) => void): () => void

  /** The platform's time. */
  readonly clock: Clock
  /** Adds a fault of the API. Returns what undoes it, for `using`. */
  fault(fault: Fault): Disposable
  /** What goes wrong by chance from now on; `null` ends it. */
  chaos(chaos: Chaos | null): void
  /** Makes every access token of the bot so far an expired one. */
  expireTokens(): void

  /** Everything that was said and done, without ids and times: for snapshots. */
  transcript(options?: TranscriptOptions): string
  /** What was delivered so far and what the bot said to each, in the form of `dev-hook events export --as fixture`. */
  record(): Fixture
  /**
   * Says again what people said in a fixture or transcript, with new ids, and compares what the bot does: an object, a file, or all files
   * of a folder. Rejects with `DEVHOOK_FIXTURE_INVALID` for anything else, with line and column.
   */
  play(fixture: Fixture | string): Promise<Playback>

  /**
   * Forgets contacts, conversations, calls, deliveries and faults, and puts back what `world` began with; the bot and its registration
   * stay. For `beforeEach`.
   */
  reset(): Promise<void>
  /** Ends everything: connections, servers, and the bot of `command` with all that it has started. Idempotent; never rejects. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** A call of the API by the bot. */
export interface ApiCall {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** What was sent; `null` for nothing, and for `/v2/auth/token`, where it holds credentials. */
  readonly body: unknown
  /** `null`: the connection was cut. */
  readonly status: number | null
  readonly response: unknown
  readonly ms: number
  /** The id of the conversation that it was about, as far as that can be told. */
  readonly conversation: string | null
}

/** An event on its way to the bot. */
export interface Delivery {
  /** That of the payload; the same in every attempt. */
  readonly id: string
  /** Such as `message.create.contact.chat`. */
  readonly event: string
  readonly payload: Fields
  readonly state: 'pending' | 'delivered' | 'given-up' | 'dropped'
  /** The attempts so far: when each began, in milliseconds since the epoch, and what came of it. */
  readonly attempts: readonly {
    readonly at: number
    readonly ms: number
    /** `null` when no answer came; `error` says why. */
    readonly status: number | null
    readonly error?: string
    /** What was answered. */
    readonly body: string | null
  }[]
}

/** Something that has happened. */
export type SandboxNotice =
  | { readonly type: 'message'; readonly message: Message }
  | { readonly type: 'call'; readonly call: ApiCall }
  | { readonly type: 'delivery'; readonly delivery: Delivery }
  /** The bot has printed a line. */
  | { readonly type: 'output'; readonly line: string }
  /** Something has gone wrong by chance. */
  | { readonly type: 'chaos'; readonly message: string }
  /** Something that the platform does, and that the author of the bot probably did not intend. */
  | { readonly type: 'hint'; readonly code: string; readonly message: string }

/** The platform's time: when documents are made, retries, time-outs, delayed messages, the end of tokens, and the rate limit. */
export interface Clock {
  now(): Date
  /** Lets time pass: what falls into it happens, in order; then everything settles. The bot's own timers are not moved. */
  advance(by: Duration): Promise<void>
}

/** The bot that `command` has started. */
export interface BotProcess {
  /** `null` while it does not run. */
  readonly pid: number | null
  /** The port that it was given, and listens on. */
  readonly port: number
  /** What it has printed so far, its last 1,000 lines. */
  readonly output: string
  /** Ends it, starts it again, and waits until it listens. Rejects with `DEVHOOK_SANDBOX_CLOSED` once the sandbox is closed. */
  restart(): Promise<void>
  /** Ends it, with everything that it has started; `SIGKILL` by default. */
  kill(signal?: NodeJS.Signals): Promise<void>
}

/** What goes wrong by chance: probabilities from 0 to 1, and durations. */
export interface Chaos {
  /** How much later each delivery comes. */
  readonly delay?: Duration
  /** An attempt to deliver is lost on its way, and repeated. */
  readonly drop?: number
  /** A delivery comes again after it was answered. */
  readonly duplicate?: number
  /** A delivery comes after the next one of its conversation. */
  readonly reorder?: number
  /** A call of the API is answered 503, and not done. */
  readonly error?: number
  /** How much later each answer of the API comes. */
  readonly slow?: Duration
  /** The bot's token expires at a call. */
  readonly expire?: number
}

/**
 * What goes wrong with calls of the API. `match`: `POST /v2/conversations/*\/messages`, or a pattern over `METHOD /path?query`; every
 * call by default. `times`: how often. `after`: the work is done, its answer goes wrong.
 */
export type Fault = {
  readonly match?: string | RegExp
  readonly times?: number
  readonly after?: boolean
  readonly delay?: Duration
} & (
  | { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly cut: true }
  | { readonly delay: Duration }
)

/** The documents of one resource. */
export interface Collection {
  /** Adds a document, with the `id` of 24 hex digits that is given, if one is. Throws `DEVHOOK_USAGE` for what the API would refuse. */
  create(fields: Fields): StoredDocument
  get(id: string): StoredDocument | null
  /** Those that have these values, with keys such as `'profile.email'` for nested ones; oldest first. */
  list(where?: Fields): readonly StoredDocument[]
  /** Merges fields in at the top. */
  update(id: string, fields: Fields): StoredDocument
  /** Removes it; nothing happens when it is not there. */
  remove(id: string): void
}

/** A recorded conversation, or several. */
export interface Fixture {
  readonly version: 1
  readonly name?: string
  /** Events as they were delivered, and the messages of the bot that followed each; left out where nobody knows. */
  readonly steps: readonly { readonly event: string; readonly payload: Fields; readonly replies?: readonly Fields[] }[]
}

/** What came of playing a fixture. */
export interface Playback {
  /** Empty when the bot did what it did when the fixture was recorded; steps count from 1. */
  readonly differences: readonly {
    readonly step: number
    readonly what: string
    readonly expected: string
    readonly received: string
  }[]
  /** As it was played. */
  readonly transcript: string
}
