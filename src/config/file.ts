// The config file: finding it, and reading it whatever it is written in, with what it extends.

import { stat } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { codeOf, messageOf } from '../core/errors.ts'
import { exists } from '../core/files/exists.ts'
import { readSource } from '../core/files/read-source.ts'
import { decodeText } from '../core/text/decode.ts'
import { parseJson } from '../core/text/parse-json.ts'
import type { LoadedModule } from './modules/load-module.ts'

type Values = Readonly<Record<string, unknown>>

/** The values of a config file, and its name as people know it. */
export interface ConfigFile {
  readonly name: string
  /** This one, what it imports, and all that it extends, absolute. */
  readonly files: readonly string[]
  readonly values: Values
  /** Several bots in one file: the values that each one has of its own. */
  readonly profiles: Readonly<Record<string, Values>>
}

const EXTENSIONS = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json']
/** What a config file may be called. */
export const CONFIG_NAMES: readonly string[] = EXTENSIONS.map((extension) => `dev-hook.config${extension}`)
const PACKAGE = 'package.json'

/** Where a config is looked for, the first one found wins. */
export const CONFIG_FILES: readonly string[] = [...CONFIG_NAMES, PACKAGE]

/** Gets each line that a config module prints. */
export type Print = (line: string) => void

/** Reads the named file, or the first one found in `cwd`; `null` when there is none. Throws what is wrong with it. */
export async function readConfigFile(cwd: string, named: string | null, print: Print): Promise<ConfigFile | null> {
  if (named !== null) return load(cwd, resolve(cwd, named), [], print)
  for (const name of CONFIG_NAMES) {
    const path = join(cwd, name)
    if (await exists(path)) return load(cwd, path, [], print)
  }
  return readPackage(cwd, print)
}

/** `above`: the files that extend this one, absolute, the first one first. */
async function load(cwd: string, path: string, above: readonly string[], print: Print): Promise<ConfigFile> {
  const name = relative(cwd, path) || path
  try {
    const { value, files } = await read(path, print)
    return await withExtended(cwd, path, { name, files, ...split(asRecord(value, 'it')) }, above, print)
  } catch (error) {
    throw new Error(`${name} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

/** What a file extends lies below it: values of the file itself win, profile by profile. */
async function withExtended(
  cwd: string,
  path: string,
  file: ConfigFile & Extending,
  above: readonly string[],
  print: Print,
): Promise<ConfigFile> {
  const { extends: bases, name, values, profiles } = file
  let below: Pick<ConfigFile, 'values' | 'profiles'> = { values: {}, profiles: {} }
  const files = [...file.files]
  for (const base of bases) {
    const next = resolve(dirname(path), base)
    if (next === path) throw new Error('it extends itself')
    if (above.includes(next)) throw new Error(`it extends ${relative(cwd, next)}, which extends it`)
    const extended = await load(cwd, next, [...above, path], print)
    below = merged(below, extended)
    files.push(...extended.files)
  }
  return { name, files, ...merged(below, { values, profiles }) }
}

function merged(below: Pick<ConfigFile, 'values' | 'profiles'>, above: Pick<ConfigFile, 'values' | 'profiles'>) {
  const profiles = { ...below.profiles }
  for (const [name, values] of Object.entries(above.profiles)) profiles[name] = { ...profiles[name], ...values }
  return { values: { ...below.values, ...above.values }, profiles }
}

interface Extending {
  readonly extends: readonly string[]
}

function split(all: Values): Extending & Pick<ConfigFile, 'values' | 'profiles'> {
  const { extends: bases = [], profiles = {}, ...values } = all
  const list: readonly unknown[] = Array.isArray(bases) ? bases : [bases]
  if (!list.every((base) => typeof base === 'string'))
    throw new Error('`extends` is neither a file nor a list of files')
  const each = Object.entries(asRecord(profiles, '`profiles`')).map(
    ([name, own]) => [name, asRecord(own, `the profile ${name}`)] as const,
  )
  return { extends: list, values, profiles: Object.fromEntries(each) }
}

const MODULE = /\.[cm]?[jt]s$/

/** Reads a file as it is now; `value` is what it holds, `files` what it was read from. */
async function read(path: string, print: Print): Promise<LoadedModule> {
  if (path.endsWith('.json')) return { value: parseJson(decodeText(await readSource(path)).text), files: [path] }
  if (!MODULE.test(path)) throw new Error(`a config file ends in one of ${EXTENSIONS.join(', ')}`)
  const stats = await stat(path)
  // The loaders open it by themselves, and would wait for ever for whoever writes into a pipe.
  if (!stats.isFile() && !stats.isDirectory()) throw new Error('it is not a regular file')
  // Says that it is a folder, as for any other file.
  await readSource(path)
  // Most configs are JSON, and need no thread of their own.
  const { loadModule } = await import('./modules/load-module.ts')
  const loaded = await loadModule(path, print)
  if (loaded.value === undefined) throw new Error('it has no default export: write `export default { … }`')
  return loaded
}

async function readPackage(cwd: string, print: Print): Promise<ConfigFile | null> {
  const path = join(cwd, PACKAGE)
  try {
    const values = asRecord(parseJson(decodeText(await readSource(path)).text), 'it')['dev-hook']
    if (values === undefined) return null
    return await withExtended(
      cwd,
      path,
      { name: PACKAGE, files: [path], ...split(asRecord(values, '`dev-hook`')) },
      [],
      print,
    )
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw new Error(`${PACKAGE} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

function asRecord(value: unknown, what: string): Values {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${what} is not an object, but ${kindOf(value)}`)
  return value as Values
}

const kindOf = (value: unknown): string => {
  if (value === '[function]') return 'a function'
  if (Array.isArray(value)) return 'a list'
  return value === null ? 'null' : `a ${typeof value}`
}
