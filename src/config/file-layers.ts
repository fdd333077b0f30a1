// The layers of a config file: those of the chosen profile, then what all profiles share.
import { readdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { closestMatch } from 'leven'
import { messageOf } from '../core/errors.ts'
import { exists } from '../core/files/exists.ts'
import { type ConfigFile, type Print, readConfigFile } from './file.ts'
import { FILE_KEYS, type Found, fileLayer, type Layer } from './layers.ts'
import { isOptionKey } from './options.ts'
import { isSecret } from './values.ts'

/** The layers, the files that were read for them, absolute, and the names of the profiles in them. */
export interface FileLayers {
  readonly files: readonly string[]
  readonly profiles: readonly string[]
  readonly layers: readonly Layer[]
}

const NONE: FileLayers = { files: [], profiles: [], layers: [] }

/** Which config file is to be read. */
export interface WantedFile {
  readonly cwd: string
  /** The one that is named; `null` for the one that is found in `cwd`. */
  readonly named: Found | null
  readonly profile: string | null
  /** Whether the profile may be missing where it can be written by a program: in JSON that was not named, or in no file yet. */
  readonly newProfile: boolean
  readonly print: Print
}

/** Reads the named config file, or the one that is found. What is wrong with it is added to `problems`. */
export async function readFileLayers(
  { cwd, named, profile, newProfile, print }: WantedFile,
  problems: string[],
): Promise<FileLayers> {
  try {
    if (named !== null) await assertThere(cwd, named)
    const file = await readConfigFile(cwd, named === null ? null : String(named.raw), print)
    if (file === null && profile === null) return NONE
    const isNew = newProfile && profile !== null && named === null && canBeAdded(file, profile)
    if (file === null && isNew) return NONE
    if (file === null) {
      const how = `add it under "profiles" in dev-hook.config.json`
      throw new Error(`there is no profile ${profile}, as there is no config file: ${how}`)
    }
    const { name, files, values, profiles } = file
    const own = profile === null || isNew ? {} : ownValues(file, profile)
    const wrong = [values, ...Object.values(profiles)].flatMap((each) => unknownKeys(name, each))
    problems.push(...new Set(wrong))
    const layers = [fileLayer(own, `${profile} in ${name}`), fileLayer(values, name)]
    return { files, profiles: Object.keys(profiles), layers }
  } catch (error) {
    problems.push(messageOf(error))
    return NONE
  }
}

/** Whether a profile is missing, and can be written. Throws for a name that none can have: its variables are in a file of that name. */
function canBeAdded(file: ConfigFile | null, profile: string): boolean {
  if (
    file !== null &&
    (Object.hasOwn(file.profiles, profile) || !file.name.endsWith('.json') || file.name === 'package.json')
  )
    return false
  if (/^\w[\w.-]*$/.test(profile)) return true
  throw new Error(`${profile} cannot be the name of a profile: use letters, digits, hyphens and dots`)
}

/** Throws when the named file is not there, with the one beside it that may be meant. */
async function assertThere(cwd: string, { raw, source }: Found): Promise<void> {
  const path = resolve(cwd, String(raw))
  const names = await readdir(dirname(path)).catch((): string[] => [])
  if (names.includes(basename(path)) || (await exists(path))) return
  const nearest = closestMatch(basename(path), names, { maxDistance: 3 })
  const hint = nearest === undefined ? '' : `; did you mean ${join(dirname(String(raw)), nearest)}?`
  throw new Error(`config ${String(raw)} (from ${source}) does not exist${hint}`)
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
