// How the bot of a project is started, and where it listens, as far as the project's files show.
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Project } from './inspect-project.ts'
import type { Manifest } from './manifest.ts'
import { type PackageManager, startScript } from './package-manager.ts'
import { type DirectCommand, isTypeScript, readScript } from './script-command.ts'

/** Whether a project holds nothing of a bot yet. Where dev-hook has a config already, the bot is somewhere else. */
export const isEmpty = ({ command, entry, hasOtherCode, configFile }: Project): boolean =>
  command === null && entry === null && !hasOtherCode && configFile === null

/** What shows how a bot is started. */
export interface LaunchFiles {
  readonly cwd: string
  readonly manifest: Manifest | null
  /** The name of the bot's main file. */
  readonly entry: string | null
  readonly manager: PackageManager
  /** Whether this Node reads TypeScript by itself. */
  readonly readsTypes: boolean
}

/** The scripts by which a program is started, those for development first. */
const SCRIPTS = ['dev', 'start:dev', 'develop', 'start', 'bot', 'serve']

/** The command line that starts the bot, whose file is there; `null` when nothing shows it. */
export async function findCommandLine({
  cwd,
  manifest,
  entry,
  manager,
  readsTypes,
}: LaunchFiles): Promise<string | null> {
  const scripts = manifest?.scripts ?? {}
  const direct: DirectCommand[] = []
  for (const name of SCRIPTS) {
    const line = scripts[name]
    const found = line === undefined || line.includes('dev-hook') ? null : readScript(line, scripts)
    if (found !== null && (await isFile(cwd, found.file, manifest))) direct.push(found)
  }
  const source = direct.find(({ file }) => !isBuilt(file))
  if (source !== undefined) return joined(source.words)
  const runner = entry !== null && isTypeScript(entry) ? runnerOf(manifest) : null
  if (runner !== null) return `${runner} ${entry}`
  if (await isWholeScript(cwd, scripts)) return startScript(manager)
  if (entry !== null && !isBuilt(entry)) return `${isTypeScript(entry) && !readsTypes ? 'npx tsx' : 'node'} ${entry}`
  const [built] = direct
  return built === undefined ? entry && `node ${entry}` : joined(built.words)
}

const joined = (words: readonly string[]): string =>
  words.map((word) => (/\s/.test(word) ? JSON.stringify(word) : word)).join(' ')

/** What a compiler writes: it would be one version behind whatever is saved. */
export const isBuilt = (file: string): boolean => /^(?:\.\/)?(?:dist|build|out|lib-cjs|\.output)\//.test(file)

/** The program among the dependencies that runs TypeScript. */
const runnerOf = (manifest: Manifest | null): string | null =>
  ['tsx', 'ts-node', 'bun'].find((name) => manifest?.dependencies.includes(name)) ?? null

/** Whether there is a script `start` that takes a shell; not one that names a file that is not there, and does not make it. */
async function isWholeScript(cwd: string, scripts: Manifest['scripts']): Promise<boolean> {
  const { start } = scripts
  if (start === undefined || start.includes('dev-hook') || readScript(start, scripts) !== null) return false
  if (start.includes('&&')) return true
  const files = start.split(/\s+/).filter((word) => /^[\w./-]+\.[cm]?[jt]sx?$/.test(word))
  const areThere = await Promise.all(files.map((file) => isFile(cwd, file, null)))
  return areThere.every(Boolean)
}

/** Whether what Node would run under this name is there. */
async function isFile(cwd: string, name: string, manifest: Manifest | null): Promise<boolean> {
  const names = [name, `${name}.js`, `${name}.cjs`, join(name, 'index.js'), join(name, manifest?.main ?? 'index.js')]
  for (const one of names) {
    const found = await stat(join(cwd, one)).catch(() => null)
    if (found?.isFile() === true) return true
  }
  return false
}

/** The command line of a new `dev` script; `null` when there is such a script, or nothing to start. */
export function devScriptFor({ manifest, command }: Project): string | null {
  const scripts = Object.entries(manifest?.scripts ?? {})
  if (manifest === null || command === null) return null
  if (scripts.some(([name, script]) => name === 'dev' || script.includes('dev-hook'))) return null
  return `dev-hook -- ${command}`
}

/** Where the bot listens; `sure` is false when nothing shows it and the port is only the default. */
export function botAddress({ config, entry }: Project): {
  readonly port: number
  readonly path: string
  readonly sure: boolean
} {
  const { target, sources } = config
  const isSet = (key: 'port' | 'path'): boolean => sources[key] !== undefined || sources.forwardTo !== undefined
  return {
    port: isSet('port') ? target.port : (entry?.code.port?.number ?? target.port),
    path: isSet('path') ? target.path : (entry?.code.path ?? target.path),
    sure: isSet('port') || entry?.code.port?.certain === true,
  }
}
