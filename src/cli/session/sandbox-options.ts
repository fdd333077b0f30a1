// The flags of `dev-hook sandbox` that say what the platform is like.
import { choice, type Kind, type Parsed, port } from '../../config/kinds.ts'
import { DevHookError } from '../../core/errors.ts'
import type { Scope } from '../../sandbox/access/permissions.ts'
import { type ChaosConfig, parseChaos } from '../../sandbox/chaos/chaos-words.ts'
import { ARRIVALS } from '../../sandbox/chat/routing.ts'
import type { SandboxOptions } from '../../sandbox/options.ts'

const GIVEN_SCOPES = ['guest', 'agent', 'bot', 'admin'] as const satisfies readonly Scope[]

/** Reads them. Throws `usage` for a value that is not one. */
export function sandboxOptions(own: Readonly<Record<string, unknown>>): SandboxOptions {
  const arrival = read('arrival', choice(ARRIVALS), own['arrival'])
  const scope = read('scope', choice(GIVEN_SCOPES), own['scope'])
  const apiPort = read('api-port', port, own['apiPort'])
  const seed = read('seed', { read: readSeed }, own['seed'])
  return {
    ...(arrival !== null && { arrival }),
    ...(scope !== null && { scope }),
    ...(apiPort !== null && { port: apiPort }),
    ...(seed !== null && { seed }),
    ...(typeof own['chaos'] === 'string' && { chaos: readChaosFlag(own['chaos']) }),
  }
}

const readSeed = (given: unknown): Parsed<number> =>
  /^\d{1,15}$/.test(String(given)) ? { value: Number(given) } : { problem: 'is not a whole number' }

function readChaosFlag(given: string): ChaosConfig {
  try {
    return parseChaos(given)
  } catch (error) {
    if (!(error instanceof DevHookError)) throw error
    const { message, remedy } = error
    throw new DevHookError('usage', `chaos ${JSON.stringify(given)} (from --chaos): ${message}`, {
      cause: error,
      remedy,
    })
  }
}

function read<T>(flag: string, kind: Pick<Kind<T>, 'read'>, given: unknown): T | null {
  if (given === undefined) return null
  const parsed = kind.read(given)
  if ('value' in parsed) return parsed.value
  throw new DevHookError('usage', `${flag} ${JSON.stringify(given)} (from --${flag}) ${parsed.problem}`)
}
