// The config file: finding it, and reading it whatever it is written in, with what it extends.

import { access, readFile, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { codeOf, messageOf } from '../core/errors.ts'
import { decodeText } from '../core/text/decode.ts'

type Values = Readonly<Record<string, unknown>>

/** The values of a config file, and its name as people know it. */
export interface ConfigFile {
  readonly name: string
  /** This one and all that it extends, absolute. */
  readonly files: readonly string[]
  readonly values: Values
  /** Several bots in one file: the values that each one has of its own. */
  readonly profiles: Readonly<Record<string, Values>>
}

const NAMES = ['dev-hook.config.ts', 'dev-hook.config.js', 'dev-hook.config.mjs', 'dev-hook.config.json']
const PACKAGE = 'package.json'

/** Where a config is looked for, the first one found wins. */
export const CONFIG_FILES: readonly string[] = [...NAMES, PACKAGE]

/** How many files may extend each other: more is a circle. */
const MAX_DEPTH = 10

/** Reads the named file, or the first one found in `cwd`; `null` when there is none. Throws what is wrong with it. */
export async function readConfigFile(cwd: string, named: string | null): Promise<ConfigFile | null> {
  if (named !== null) return load(cwd, resolve(cwd, named), 0)
  for (const name of NAMES) {
    const path = join(cwd, name)
    if (await exists(path)) return load(cwd, path, 0)
  }
  return readPackage(cwd)
}

async function load(cwd: string, path: string, depth: number): Promise<ConfigFile> {
  const name = relative(cwd, path) || path
  try {
    return await withExtended(cwd, path, { name, files: [path], ...split(asRecord(await read(path))) }, depth)
  } catch (error) {
    throw new Error(`${name} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

/** What a file extends lies below it: values of the file itself win, profile by profile. */
async function withExtended(
  cwd: string,
  path: string,
  file: ConfigFile & Extending,
  depth: number,
): Promise<ConfigFile> {
  const { extends: bases, name, values, profiles } = file
  if (bases.length > 0 && depth >= MAX_DEPTH) throw new Error('it extends itself')
  let below: Pick<ConfigFile, 'values' | 'profiles'> = { values: {}, profiles: {} }
  const files = [...file.files]
  for (const base of bases) {
    const extended = await load(cwd, resolve(dirname(path), base), depth + 1)
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
  const list = Array.isArray(bases) ? bases.map(String) : [String(bases)]
  const each = Object.entries(asRecord(profiles)).map(([name, own]) => [name, asRecord(own)] as const)
  return { extends: list, values, profiles: Object.fromEntries(each) }
}

const require = createRequire(import.meta.url)

/** Reads it as it is now: a module that was read before is kept by every loader, and a saved config would stay the old one. */
async function read(path: string): Promise<unknown> {
  if (path.endsWith('.json')) return JSON.parse(decodeText(await readFile(path)).text)
  if (path.endsWith('.ts')) {
    // Node 20 cannot read TypeScript by itself, and later ones refuse some of it: one loader gives one behaviour everywhere.
    const { createJiti } = await import('jiti')
    return createJiti(path, { moduleCache: false }).import(path, { default: true })
  }
  // A CommonJS module is kept under its path, an ES module under its URL.
  delete require.cache[path]
  const { mtimeMs } = await stat(path)
  const module: unknown = await import(`${pathToFileURL(path).href}?saved=${mtimeMs}`)
  return asRecord(module)['default']
}

async function readPackage(cwd: string): Promise<ConfigFile | null> {
  const path = join(cwd, PACKAGE)
  try {
    const values = asRecord(JSON.parse(decodeText(await readFile(path)).text))['dev-hook']
    if (values === undefined) return null
    return await withExtended(cwd, path, { name: PACKAGE, files: [path], ...split(asRecord(values)) }, 0)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw new Error(`${PACKAGE} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

function asRecord(value: unknown): Values {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('it is not an object')
  return value as Values
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
