// The types of the recording bot, which is plain JavaScript so that it also runs as a process of its own.

/** A request as it was on the wire. */
export interface RecordedRequest {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly method: string
  /** Path and query. */
  readonly url: string
  /** `[name, value, name, value, …]` */
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
}

/** `hang` never answers, `drop` cuts the connection, `crash` ends the process with code 70. */
export type BotAnswer =
  | 'hang'
  | 'drop'
  | 'crash'
  | {
      readonly status?: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string | Buffer
      readonly delayMs?: number
    }

/** One answer for all, or one per request; `n` counts every request from 1. */
export type BotScript = BotAnswer | ((request: RecordedRequest, n: number) => BotAnswer | Promise<BotAnswer>)

export interface RecordingBot {
  readonly port: number
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  /** Everything that arrived whole, challenges included. */
  readonly requests: readonly RecordedRequest[]
  /** The POST requests among them. */
  deliveries(): readonly RecordedRequest[]
  answerWith(script: BotScript): void
  /** Resolves with all matching requests (POST by default) once there are `count` of them. */
  waitFor(
    count: number,
    wanted?: (request: RecordedRequest) => boolean,
    timeoutMs?: number,
  ): Promise<readonly RecordedRequest[]>
  /** Cuts every connection. Idempotent. */
  close(): Promise<void>
}

/** Starts it on 127.0.0.1. By default it answers challenges, and everything else with an empty 200. */
export function startRecordingBot(options?: {
  readonly port?: number
  readonly answer?: BotScript
  /** Whether a GET with a challenge is answered with it, past the script. */
  readonly challenge?: boolean
  readonly onRequest?: (request: RecordedRequest) => void
}): Promise<RecordingBot>
