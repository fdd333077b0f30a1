// What looks as if it were for dev-hook, and is not read: config files, and variables.
import { readdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { closestMatch } from 'leven'
import { CONFIG_NAMES } from './file.ts'
import type { Environment } from './layers.ts'
import { envNames } from './option-names.ts'
import { OPTION_KEYS } from './options.ts'

/** What people call a config file of other tools; `dev-hook.js` may be a program that uses the library. */
const LOOKS_LIKE_ONE = /^\.?dev[-_]?hook(?:[-._]config\.\w+|\.(?:ya?ml|toml|json[c5]?)|rc(?:\.\w+)?)$/i

/** Finds such config files in a folder, by their names, beside those that were read, which are absolute. `[]` for a folder that cannot be listed. */
export async function unreadFiles(cwd: string, read: readonly string[]): Promise<readonly string[]> {
  const names = await readdir(cwd).catch((): string[] => [])
  const found = names.filter((name) => LOOKS_LIKE_ONE.test(name) && !read.includes(resolve(cwd, name)))
  return found
    .sort()
    .map((name) => (CONFIG_NAMES.includes(name) ? `${name} is not read: another config file is` : notOne(name)))
}

const notOne = (name: string): string => `${name} is not read: it is not the name of a config file`

const OURS = /^DEV_?HOOK_[A-Z_]+$/
const KNOWN: readonly string[] = OPTION_KEYS.flatMap(envNames).filter((name) => OURS.test(name))

/** The variables of a file that no option is read from, each as a sentence. */
export const misnamedIn = (variables: Environment, file: string): readonly string[] =>
  strange(variables).map((name) => {
    const meant = nearest(name, 3)
    return `${file}: no option is read from ${name}${meant === undefined ? '' : `; did you mean ${meant}?`}`
  })

/** Such variables of the environment: scripts have variables of their own there, so only the ones that are nearly the name of an option. */
export const misspelledIn = (env: Environment): readonly string[] =>
  strange(env).flatMap((name) => {
    const meant = nearest(name, 2)
    return meant === undefined ? [] : [`no option is read from ${name} of the environment; did you mean ${meant}?`]
  })

const strange = (variables: Environment): readonly string[] =>
  Object.keys(variables).filter((name) => OURS.test(name) && !KNOWN.includes(name))

const nearest = (name: string, maxDistance: number): string | undefined => closestMatch(name, KNOWN, { maxDistance })
