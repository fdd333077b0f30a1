// The files of variables: `.env`, and `.env.<profile>` before it.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { codeOf } from '../core/errors.ts'

import { type Environment, environmentLayer, type Layer } from './layers.ts'
import { envNames, OPTION_KEYS, type OptionKey } from './options.ts'
import { isSecret } from './values.ts'

/** The file of all bots. */
export const SHARED = '.env'

/** The file of one bot of several. */
export const dotEnvOf = (profile: string): string => `${SHARED}.${profile}`

/** The variables of such a file; none when there is no such file. Throws when it cannot be read. */
export function readDotEnv(cwd: string, name: string): Environment {
  try {
    return parseEnv(readFileSync(join(cwd, name), 'utf8'))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return {}
    throw error
  }
}

/** What belongs to one bot: with the token of another one, each of them is wrong. */
const OF_ONE_BOT: readonly OptionKey[] = ['token', 'refreshToken', 'email', 'secret', 'bot']

const secretKeys = OPTION_KEYS.filter(isSecret)

/** The environment names of every secret. */
export const SECRET_NAMES: readonly string[] = secretKeys.flatMap(envNames)

/** The environment names of secrets that are dev-hook's own, and no bot's. */
export const OWN_SECRET_NAMES: readonly string[] = secretKeys
  .filter((key) => !OF_ONE_BOT.includes(key))
  .flatMap(envNames)

/** The layers of both files. A profile that has a token of its own takes nothing that belongs to another bot. */
export function dotEnvLayers(
  shared: Environment,
  profile: string | null,
  read: (name: string) => Environment,
): Layer[] {
  const common = environmentLayer(shared, ` in ${SHARED}`)
  if (profile === null) return [common]
  const name = dotEnvOf(profile)
  const own = environmentLayer(read(name), ` in ${name}`)
  if (own('token') === null) return [own, common]
  return [own, (key) => (OF_ONE_BOT.includes(key) ? null : common(key))]
}
