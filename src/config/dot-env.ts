// The files of variables: `.env`, and `.env.<profile>` before it.

import { join } from 'node:path'
import { codeOf } from '../core/errors.ts'
import { type ReadSource, readSource } from '../core/files/read-source.ts'
import { decodeText } from '../core/text/decode.ts'
import { type Environment, environmentLayer, type Layer } from './layers.ts'
import { envNames } from './option-names.ts'
import { OPTION_KEYS, type OptionKey } from './options.ts'
import { parseDotEnv } from './parse-dot-env.ts'
import { isSecret } from './values.ts'

/** The file of all bots. */
export const SHARED = '.env'

/** The file of one bot of several. */
export const dotEnvOf = (profile: string): string => `${SHARED}.${profile}`

/**
 * The variables of such a file; none when there is no such file. Rejects when it cannot be read. `onProblem` is called with each
 * part of it that is not read, or not as it looks: `.env: line 3 is neither …`.
 */
export async function readDotEnv(
  cwd: string,
  name: string,
  onProblem: (problem: string) => void = () => {},
  how: ReadSource = {},
): Promise<Environment> {
  try {
    const { text, isUtf16 } = decodeText(await readSource(join(cwd, name), how))
    const { variables, problems } = parseDotEnv(text)
    if (isUtf16) onProblem(`${name} is in UTF-16: dev-hook reads it, but the bot's own dotenv does not`)
    for (const problem of problems) onProblem(`${name}: ${problem}`)
    return variables
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return {}
    throw error
  }
}

/** What belongs to one bot: with the token of another one, each of them is wrong. */
const OF_ONE_BOT: readonly OptionKey[] = ['token', 'refreshToken', 'email', 'secret', 'bot', 'botAuth']

const secretKeys = OPTION_KEYS.filter(isSecret)

/** The environment names of every secret. */
export const SECRET_NAMES: readonly string[] = secretKeys.flatMap(envNames)

/** The environment names of secrets that are dev-hook's own, and no bot's. */
export const OWN_SECRET_NAMES: readonly string[] = secretKeys
  .filter((key) => !OF_ONE_BOT.includes(key))
  .flatMap(envNames)

/** The layers of both files. A profile that has a token of its own takes nothing that belongs to another bot. */
export async function dotEnvLayers(
  shared: Environment,
  profile: string | null,
  read: (name: string) => Promise<Environment>,
): Promise<Layer[]> {
  const common = environmentLayer(shared, ` in ${SHARED}`)
  if (profile === null) return [common]
  const name = dotEnvOf(profile)
  const own = environmentLayer(await read(name), ` in ${name}`)
  if (own('token') === null) return [own, common]
  return [own, (key) => (OF_ONE_BOT.includes(key) ? null : common(key))]
}
