// The options of `createSandbox`, checked, with their defaults.
import { DevHookError } from '../core/errors.ts'
import { isEventPattern } from '../protocol/events.ts'
import { readChaos } from '../sandbox/chaos/chaos-words.ts'
import { ARRIVALS } from '../sandbox/chat/routing.ts'
import type { SandboxOptions as PlatformOptions } from '../sandbox/options.ts'
import { newSecret } from '../sandbox/webhooks/registrations.ts'
import { toMs } from './duration.ts'
import type { BotTarget, SandboxOptions } from './types/types.ts'

/** The options of a sandbox, complete. */
export interface KitConfig {
  readonly forwardTo: BotTarget | null
  readonly command: readonly [string, ...string[]] | null
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly readyWithinMs: number
  readonly path: string
  readonly secret: string
  readonly events: readonly string[]
  readonly world: NonNullable<SandboxOptions['world']>
  readonly patienceMs: number
  /** What the platform itself is opened with. */
  readonly platform: PlatformOptions
}

const KNOWN: Readonly<Record<keyof SandboxOptions, true>> = {
  forwardTo: true,
  command: true,
  cwd: true,
  env: true,
  readyWithin: true,
  path: true,
  secret: true,
  events: true,
  scope: true,
  rateLimit: true,
  arrival: true,
  world: true,
  clock: true,
  chaos: true,
  seed: true,
  patience: true,
}

/** Options that make sense only with `command`. */
const OF_COMMAND = ['cwd', 'env', 'readyWithin'] as const

/** Reads the options. Throws `usage` for one that is unknown or wrong, and for those that contradict each other. */
export function readOptions(options: SandboxOptions): KitConfig {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(KNOWN, name))
  if (unknown !== undefined) throw wrong(`unknown option \`${unknown}\``, `use ${Object.keys(KNOWN).join(', ')}`)
  const { forwardTo = null, command = null } = options
  if (forwardTo !== null && command !== null) {
    throw wrong(
      '`forwardTo` and `command` contradict each other',
      'give the one that says where the bot is, or how it is started',
    )
  }
  const stray = command === null ? OF_COMMAND.find((name) => options[name] !== undefined) : undefined
  if (stray !== undefined)
    throw wrong(`\`${stray}\` means nothing without \`command\``, 'give `command` too, or leave it out')
  return {
    forwardTo,
    command: command === null ? null : readCommand(command),
    cwd: options.cwd ?? '.',
    env: options.env ?? {},
    readyWithinMs: toMs(options.readyWithin ?? 10_000, 'readyWithin'),
    path: readPath(options.path ?? '/'),
    secret: readSecret(options.secret),
    events: readEvents(options.events ?? ['message.create.*']),
    world: options.world ?? {},
    patienceMs: toMs(options.patience ?? 5_000, 'patience'),
    platform: {
      registered: null,
      scope: oneOf('scope', ['agent', 'bot', 'admin'], options.scope ?? 'bot'),
      arrival: oneOf('arrival', ARRIVALS, options.arrival ?? 'joined'),
      rateLimit: readRateLimit(options.rateLimit ?? 20),
      clock: readClock(options.clock ?? 'real'),
      ...(options.chaos !== undefined && { chaos: readChaos({ ...options.chaos }) }),
      ...(options.seed !== undefined && { seed: readSeed(options.seed) }),
    },
  }
}

const wrong = (message: string, remedy: string): DevHookError => new DevHookError('usage', message, { remedy })

function readCommand(command: readonly string[]): readonly [string, ...string[]] {
  const [program, ...args] = command
  if (Array.isArray(command) && typeof program === 'string' && program !== '') return [program, ...args]
  throw wrong('`command` does not name a program', "give the program and its arguments separately: ['node', 'bot.js']")
}

function readPath(path: string): string {
  if (path.startsWith('/') && URL.canParse(`http://localhost${path}`)) return path
  throw wrong(`path ${JSON.stringify(path)} is not a path`, 'begin it with a slash: /webhook')
}

function readSecret(secret: string | undefined): string {
  if (secret !== '') return secret ?? newSecret()
  throw wrong('`secret` is empty', 'leave it out, and a new one is made')
}

function readEvents(events: readonly string[]): readonly string[] {
  const odd = events.find((pattern) => !isEventPattern(pattern))
  if (odd === undefined) return events
  throw wrong(
    `${JSON.stringify(odd)} in \`events\` is not the name or pattern of an event`,
    'use words, or `*`, between dots',
  )
}

function readRateLimit(limit: number | false): number {
  if (limit === false) return Number.POSITIVE_INFINITY
  if (Number.isInteger(limit) && limit > 0) return limit
  throw wrong(`rateLimit ${limit} is not a number of requests`, 'give requests per second, or false for no limit')
}

function readSeed(seed: number): number {
  if (Number.isInteger(seed) && seed >= 0) return seed
  throw wrong(`seed ${seed} is not a whole number`, 'give a number such as the one that an error names')
}

function readClock(clock: NonNullable<SandboxOptions['clock']>): 'real' | 'manual' | number {
  if (clock === 'real' || clock === 'manual') return clock
  if (typeof clock === 'number' && Number.isFinite(clock) && clock > 0) return clock
  throw wrong(`clock ${JSON.stringify(clock)} is not a clock`, 'use real, manual, or how many times as fast it runs')
}

function oneOf<T extends string>(name: string, words: readonly T[], given: T): T {
  if (words.includes(given)) return given
  throw wrong(`${name} ${JSON.stringify(given)} is not one of ${words.join(', ')}`, `use one of ${words.join(', ')}`)
}
