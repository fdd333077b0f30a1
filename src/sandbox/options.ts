// The options of a sandbox and their defaults.
import { randomInt } from 'node:crypto'
import type { Scope } from './access/permissions.ts'
import type { BotCredentials } from './bot-account.ts'
import type { ChaosConfig } from './chaos/chaos-words.ts'
import type { Arrival } from './chat/routing.ts'
import type { ClockMode } from './time/platform-clock.ts'
import type { RetrySchedule } from './webhooks/deliver.ts'
import type { HookFields, PlaceName } from './webhooks/locations.ts'
import { newSecret } from './webhooks/registrations.ts'

/** The options of a sandbox, all optional; durations in milliseconds. */
export interface SandboxOptions {
  /** The port of the API on 127.0.0.1. Default: any free one. */
  readonly port?: number
  /** Where the bot's webhook sits. Default `webhook`. */
  readonly place?: PlaceName
  /** The bot's webhook at the start, `null` for none. Default: a receiver at example.com that is played in the process and always answers. */
  readonly registered?: Partial<HookFields> | null
  /** What the bot's tokens allow, which includes the scopes before it. Default: what its own token says, else `bot`. */
  readonly scope?: Scope
  /** The credentials that the bot comes with, which are taken as they are. Default: none, it is given new ones. */
  readonly credentials?: BotCredentials
  /** How the bot comes into conversations. Default `assigned`. */
  readonly arrival?: Arrival
  /** How long an access token is valid. Default: it does not expire. */
  readonly tokenLifetimeMs?: number
  /** API requests per second of each user. Default 20. */
  readonly rateLimit?: number
  /** Whether a webhook that lost its secret in a PATCH is given a new one. Default true. */
  readonly regenerateSecret?: boolean
  /** Whether a changed URL that cannot be verified is refused with 403, rather than saved as unverified. Default false. */
  readonly strictVerification?: boolean
  /** How long a webhook may take to answer. Default 20 s. */
  readonly timeoutMs?: number
  /** How a delivery that was not received is repeated. Default: after 1 s, doubling up to an hour, for 24 h. */
  readonly retry?: Partial<RetrySchedule>
  /** What goes wrong, with deliveries and with calls of the bot's. Default: nothing. */
  readonly chaos?: ChaosConfig
  /** The seed of chaos: with the same one, the same things go wrong. Default: a random one. */
  readonly seed?: number
  /** How the platform's time passes. Default `real`. */
  readonly clock?: ClockMode
  /** PEM of a certificate authority that is trusted for webhook URLs. */
  readonly ca?: string
}

/** The options of a sandbox, complete. */
export interface SandboxConfig {
  readonly port: number
  readonly place: PlaceName
  readonly registered: HookFields | null
  readonly scope: Scope | null
  readonly credentials: BotCredentials
  readonly arrival: Arrival
  readonly tokenLifetimeMs: number | null
  readonly rateLimit: number
  readonly regenerateSecret: boolean
  readonly strictVerification: boolean
  readonly timeoutMs: number
  readonly retry: RetrySchedule
  readonly chaos: ChaosConfig | null
  readonly seed: number
  readonly clock: ClockMode
  readonly ca: string | null
}

const HOUR = 3_600_000

/** Fills in the defaults of a sandbox's options. */
export function completeOptions(options: SandboxOptions): SandboxConfig {
  const { registered = {}, retry = {} } = options
  return {
    port: options.port ?? 0,
    place: options.place ?? 'webhook',
    registered: registered === null ? null : { ...fakeReceiver(), ...registered },
    scope: options.scope ?? null,
    credentials: options.credentials ?? { token: null, refreshToken: null, email: null },
    arrival: options.arrival ?? 'assigned',
    tokenLifetimeMs: options.tokenLifetimeMs ?? null,
    rateLimit: options.rateLimit ?? 20,
    regenerateSecret: options.regenerateSecret ?? true,
    strictVerification: options.strictVerification ?? false,
    timeoutMs: options.timeoutMs ?? 20_000,
    retry: { firstMs: 1_000, factor: 2, maxMs: HOUR, forMs: 24 * HOUR, ...retry },
    chaos: options.chaos ?? null,
    // Short enough to be typed again.
    seed: options.seed ?? randomInt(100_000),
    clock: options.clock ?? 'real',
    ca: options.ca ?? null,
  }
}

const fakeReceiver = (): HookFields => ({
  url: 'https://bots.example.com/hook',
  events: ['message.create.*'],
  secret: newSecret(),
  status: 'active',
})
