// The layers of a config file: those of the chosen profile, then what all profiles share.
import { closestMatch } from 'leven'
import { messageOf } from '../core/errors.ts'
import { type ConfigFile, readConfigFile } from './file.ts'
import { FILE_KEYS, fileLayer, type Layer } from './layers.ts'
import { isOptionKey } from './options.ts'
import { isSecret } from './values.ts'

/** The layers, the files that were read for them, absolute, and the names of the profiles in them. */
export interface FileLayers {
  readonly files: readonly string[]
  readonly profiles: readonly string[]
  readonly layers: readonly Layer[]
}

const NONE: FileLayers = { files: [], profiles: [], layers: [] }

/** Reads the named config file, or the one that is found in `cwd`. What is wrong with it is added to `problems`. */
export async function readFileLayers(
  cwd: string,
  named: string | null,
  profile: string | null,
  problems: string[],
): Promise<FileLayers> {
  try {
    const file = await readConfigFile(cwd, named)
    if (file === null && profile === null) return NONE
    if (file === null) {
      const how = `add it under "profiles" in dev-hook.config.json`
      throw new Error(`there is no profile ${profile}, as there is no config file: ${how}`)
    }
    const { name, files, values, profiles } = file
    const own = profile === null ? {} : ownValues(file, profile)
    const wrong = [values, ...Object.values(profiles)].flatMap((each) => unknownKeys(name, each))
    problems.push(...new Set(wrong))
    const layers = [fileLayer(own, `${profile} in ${name}`), fileLayer(values, name)]
    return { files, profiles: Object.keys(profiles), layers }
  } catch (error) {
    problems.push(messageOf(error))
    return NONE
  }
}

function ownValues({ name, profiles }: ConfigFile, profile: string): ConfigFile['values'] {
  const own = profiles[profile]
  if (own !== undefined) return own
  const known = Object.keys(profiles)
  const has = known.length === 0 ? 'has no profiles' : `has ${known.join(', ')}`
  throw new Error(`there is no profile ${profile}: ${name} ${has}`)
}

function unknownKeys(name: string, values: ConfigFile['values']): string[] {
  const allowed: readonly string[] = FILE_KEYS
  return Object.keys(values)
    .filter((key) => !allowed.includes(key) && key !== '$schema')
    .map((key) => {
      if (isOptionKey(key) && isSecret(key)) return `${key} (in ${name}) is a secret: put it into .env`
      const nearest = closestMatch(key, allowed, { maxDistance: 3 })
      return `unknown option ${key} (in ${name})${nearest === undefined ? '' : `; did you mean ${nearest}?`}`
    })
}
