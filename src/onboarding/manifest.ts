// Reading and changing a `package.json` as text, so that it stays as its owner writes it.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { isRecord, type Json, textIn, valueIn } from '../core/json.ts'

/** What init needs of a `package.json`. */
export interface Manifest {
  readonly text: string
  readonly name: string | null
  readonly main: string | null
  readonly scripts: Readonly<Record<string, string>>
  /** The names of everything that it depends on, for development too. */
  readonly dependencies: readonly string[]
  /** Whether `.js` is an ES module. */
  readonly isModule: boolean
  /** As it is named: `pnpm@9.1.0`. */
  readonly packageManager: string | null
  /** The folders of its packages, as patterns; `null` where it has none. */
  readonly workspaces: readonly string[] | null
  /** Whether dev-hook's config is in it. */
  readonly hasConfig: boolean
}

/** Reads the text of a `package.json`; `null` when it is not a JSON object. */
export function readManifest(text: string): Manifest | null {
  const json = parse(text)
  if (json === null) return null
  const named = Object.entries(section(json, 'scripts')).filter(([, line]) => typeof line === 'string')
  return {
    text,
    name: textIn(json, 'name'),
    main: textIn(json, 'main'),
    scripts: Object.fromEntries(named.map(([name, line]) => [name, String(line)])),
    dependencies: ['dependencies', 'devDependencies'].flatMap((name) => Object.keys(section(json, name))),
    isModule: textIn(json, 'type') === 'module',
    packageManager: textIn(json, 'packageManager'),
    workspaces: Object.hasOwn(json, 'workspaces') ? patternsIn(valueIn(json, 'workspaces')) : null,
    hasConfig: Object.hasOwn(json, 'dev-hook'),
  }
}

/** The manifest of a package in a folder, as JSON; `null` when it cannot be read, as after an installation that was cut off. */
export const installedManifest = (folder: string): Promise<unknown> =>
  readFile(join(folder, 'package.json'), 'utf8')
    .then(JSON.parse)
    .catch(() => null)

/** A list, or one under `packages`, as yarn has it too. */
function patternsIn(workspaces: unknown): readonly string[] {
  const list = Array.isArray(workspaces) ? workspaces : valueIn(workspaces, 'packages')
  return Array.isArray(list) ? list.filter((pattern) => typeof pattern === 'string') : []
}

function section(json: Json, name: string): Json {
  const value = valueIn(json, name)
  return isRecord(value) ? value : {}
}

/** One more entry of a manifest: a script, or something that it depends on. */
export interface ManifestEntry {
  readonly section: 'scripts' | 'dependencies' | 'devDependencies'
  readonly name: string
  readonly value: string
}

/** The text of a manifest with more entries: each is one line where that is possible, else everything is rewritten, indented as it was. */
export const addEntries = (text: string, entries: readonly ManifestEntry[]): string => entries.reduce(addEntry, text)

function addEntry(text: string, entry: ManifestEntry): string {
  const { section: of, name, value } = entry
  const json = parse(text) ?? {}
  const wanted = { ...json, [of]: { ...section(json, of), [name]: value } }
  const indent = /^([ \t]+)"/m.exec(text)?.[1] ?? '  '
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const inserted = insertEntry(text, of, `${indent}${indent}${JSON.stringify(name)}: ${JSON.stringify(value)}`, eol)
  if (isDeepStrictEqual(parse(inserted), wanted)) return inserted
  const isOneLine = !text.trim().includes('\n')
  return JSON.stringify(wanted, null, isOneLine ? '' : indent).replaceAll('\n', eol) + (text.endsWith('\n') ? eol : '')
}

// From the name to the first brace that is not in a string.
const BLOCKS: Readonly<Record<ManifestEntry['section'], RegExp>> = {
  scripts: /"scripts"\s*:\s*\{(?:[^"}]|"(?:[^"\\]|\\.)*")*/,
  dependencies: /"dependencies"\s*:\s*\{(?:[^"}]|"(?:[^"\\]|\\.)*")*/,
  devDependencies: /"devDependencies"\s*:\s*\{(?:[^"}]|"(?:[^"\\]|\\.)*")*/,
}

/** Puts a line after the last entry, where entries are written one a line; the caller checks whether the result is right. */
function insertEntry(text: string, of: ManifestEntry['section'], line: string, eol: string): string {
  const block = BLOCKS[of].exec(text)
  if (block === null) return text
  if (!block[0].includes('\n')) return text
  const end = block.index + block[0].trimEnd().length
  return `${text.slice(0, end)},${eol}${line}${text.slice(end)}`
}

function parse(text: string): Json | null {
  try {
    // npm takes one with a byte order mark too.
    const json: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    return isRecord(json) ? json : null
  } catch {
    // The caller says that it cannot be read.
    return null
  }
}
