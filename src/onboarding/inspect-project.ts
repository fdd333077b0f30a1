// What the files of a project show: the bot that is in it, and everything that is set up already.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { dotEnvOf, SHARED } from '../config/dot-env.ts'
import { CONFIG_NAMES } from '../config/file.ts'
import type { Environment } from '../config/layers.ts'
import type { Config } from '../config/load.ts'
import { parseDotEnv } from '../config/parse-dot-env.ts'
import { DevHookError } from '../core/errors.ts'
import { textIn } from '../core/json.ts'

import { type BotCode, type CredentialKey, readBotCode } from './bot-code.ts'
import { findCommandLine, isBuilt } from './bot-launch.ts'
import { findStarts, onlyStart } from './launch/find-starts.ts'
import type { Start } from './launch/start.ts'
import { installedManifest, type Manifest, readManifest } from './manifest.ts'
import { OWN_NAME, ownSpec } from './own-package.ts'
import { findPackageManager, type PackageManager } from './package-manager.ts'
import { readProjectFile } from './read-text.ts'
import { readScript } from './script-command.ts'

/** A value, and where it was found, for people: `TOKEN in .env`. */
interface FoundValue {
  readonly value: string
  readonly source: string
}

/** An env file, `.env` or `.env.<profile>`; `text` is `null` when there is none. */
export interface EnvFile {
  readonly name: string
  readonly text: string | null
}

export interface Project {
  readonly cwd: string
  readonly config: Config
  /** The file that the config was read from, or could be. */
  readonly configFile: { readonly name: string; readonly text: string } | null
  readonly manifest: Manifest | null
  /** Where the variables of all bots are. */
  readonly sharedEnv: EnvFile
  /** Where the variables of this bot are: with a profile another file, else the same. */
  readonly ownEnv: EnvFile
  readonly gitignore: string | null
  /** The env files of the folder that hold a secret, of other profiles too. */
  readonly secretEnvs: readonly string[]
  /** The bot's main file. */
  readonly entry: { readonly name: string; readonly code: BotCode } | null
  /** The command line that starts the bot; `null` when nothing shows it for certain. */
  readonly command: string | null
  /** Where it is not certain: what may start it. */
  readonly starts: readonly Start[]
  /** Whether there is code that is not JavaScript, or a workspace of several packages: no place for a starter bot. */
  readonly hasOtherCode: boolean
  readonly manager: PackageManager
  /** The version of the SDK that is installed. */
  readonly chipchat: string | null
  /** Whether dev-hook itself is installed here. */
  readonly installed: boolean
  /** What the manifest of the project would name it by: `^1.2.3`. */
  readonly ownSpec: string
  readonly token: FoundValue | null
  readonly refreshToken: FoundValue | null
  readonly email: FoundValue | null
  readonly secret: FoundValue | null
  readonly ngrokAuthtoken: FoundValue | null
}

/** Reads the files of the folder that `config` is of, and changes nothing. Throws `usage` for a file that cannot be read. */
export async function inspectProject(config: Config, env: Environment): Promise<Project> {
  const { cwd } = config
  const [sharedEnv, gitignore, manifest] = await Promise.all([
    readEnv(cwd, SHARED),
    readProjectFile(cwd, '.gitignore'),
    readPackage(cwd),
  ])
  const ownEnv = config.profile === null ? sharedEnv : await readEnv(cwd, dotEnvOf(config.profile))
  const entry = await findEntry(cwd, manifest)
  const manager = await findPackageManager(cwd, manifest, env)
  const readsTypes = 'typescript' in process.features && Boolean(process.features.typescript)
  const names = await readdir(cwd)
  const own = await findCommandLine({ cwd, manifest, entry: entry?.name ?? null, manager, readsTypes })
  const starts = own === null ? await findStarts(cwd, manifest, manager) : []
  const command = own ?? onlyStart(starts)
  const variables: Environment = {
    ...parseDotEnv(sharedEnv.text ?? '').variables,
    ...parseDotEnv(ownEnv.text ?? '').variables,
    ...env,
  }
  const foundAs = (key: CredentialKey): FoundValue | null => {
    const { [key]: value, sources } = config
    if (value !== null) return { value, source: sources[key] ?? 'the config' }
    // The bot may take it from a variable of another name, which dev-hook does not read.
    const name = entry?.code.names[key]
    const other = name ? variables[name] : undefined
    return name && other ? { value: other.trim(), source: `${name}, which ${entry.name} reads` } : null
  }
  return {
    cwd,
    config,
    configFile: await findConfig(config, manifest),
    manifest,
    sharedEnv,
    ownEnv,
    gitignore,
    secretEnvs: await findSecretEnvs(cwd, names),
    entry,
    command,
    starts: command === null ? starts : [],
    hasOtherCode: (manifest !== null && manifest.workspaces !== null) || names.some((name) => OTHER_CODE.test(name)),
    manager,
    chipchat: await installedVersion(cwd, 'chipchat'),
    installed: (await installedVersion(cwd, OWN_NAME)) !== null,
    ownSpec: await ownSpec(cwd),
    token: foundAs('token'),
    refreshToken: foundAs('refreshToken'),
    email: foundAs('email'),
    secret: foundAs('secret'),
    ngrokAuthtoken: findAuthtoken(config),
  }
}

const findAuthtoken = ({ ngrokAuthtoken: value, sources }: Config): FoundValue | null =>
  value === null ? null : { value, source: sources.ngrokAuthtoken ?? 'the config' }

/** Code of other languages, and what says that there is some. */
const OTHER_CODE =
  /\.(?:py|rb|php|go|rs|java|kt|cs|exs?)$|^(?:pyproject\.toml|requirements\.txt|Pipfile|Gemfile|Cargo\.toml|go\.mod|pnpm-workspace\.yaml|Procfile)$/

const ENV_FILE = /^\.env(?:\.[\w.-]+)?$/
/** Made to be shared: they name the variables, without values that are secret. */
const EXAMPLE = /\.(?:example|sample|template|dist|defaults?)$/
const SECRET_VARIABLE = /token|secret|passw|key|auth|credential/i

async function findSecretEnvs(cwd: string, names: readonly string[]): Promise<readonly string[]> {
  const found: string[] = []
  for (const name of names.filter((one) => ENV_FILE.test(one) && !EXAMPLE.test(one)).toSorted()) {
    const variables = Object.entries(parseDotEnv((await readProjectFile(cwd, name)) ?? '').variables)
    if (variables.some(([key, value]) => value !== '' && SECRET_VARIABLE.test(key))) found.push(name)
  }
  return found
}

const readEnv = async (cwd: string, name: string): Promise<EnvFile> => ({
  name,
  text: await readProjectFile(cwd, name),
})

async function readPackage(cwd: string): Promise<Manifest | null> {
  const text = await readProjectFile(cwd, 'package.json')
  if (text === null) return null
  const manifest = readManifest(text)
  if (manifest !== null) return manifest
  throw new DevHookError('usage', 'package.json is not a JSON object', { remedy: 'correct it and start again' })
}

async function findConfig(
  { cwd, config: named, sources }: Config,
  manifest: Manifest | null,
): Promise<Project['configFile']> {
  if (named !== null) return { name: `${named}, from ${sources.config ?? 'the options'}`, text: '' }
  for (const name of CONFIG_NAMES) {
    const text = await readProjectFile(cwd, name)
    if (text !== null) return { name, text }
  }
  return manifest?.hasConfig === true ? { name: 'package.json', text: manifest.text } : null
}

const NAMES = ['index', 'bot', 'server', 'app', 'main']
const ENDINGS = ['.ts', '.mts', '.js', '.mjs', '.cjs']
const MAX_ENTRY_BYTES = 256 * 1024

/** The bot's main file: the first that uses the SDK, among those that bots are usually started from. */
async function findEntry(cwd: string, manifest: Manifest | null): Promise<Project['entry']> {
  const usual = ['', 'src/'].flatMap((folder) =>
    NAMES.flatMap((name) => ENDINGS.map((ending) => folder + name + ending)),
  )
  // What a compiler has written comes last: it is not what people save.
  const all = [...named(manifest), ...usual]
  const likely = new Set([...all.filter((name) => !isBuilt(name)), ...all])
  let first: Project['entry'] = null
  for (const name of likely) {
    const size = await stat(join(cwd, name)).then(
      (found) => (found.isFile() ? found.size : null),
      () => null,
    )
    if (size === null || size > MAX_ENTRY_BYTES) continue
    const entry = { name, code: readBotCode((await readProjectFile(cwd, name)) ?? '') }
    if (entry.code.usesChipchat) return entry
    first ??= entry
  }
  return first
}

/** The files that a manifest names: `main`, and what its scripts start. */
function named(manifest: Manifest | null): string[] {
  const { main = null, scripts = {} } = manifest ?? {}
  const started = ['start', 'dev'].flatMap((name) => readScript(scripts[name] ?? '', scripts)?.file ?? [])
  return [...(main === null ? [] : [main]), ...started].map((name) => name.replace(/^\.\//, ''))
}

const installedVersion = async (cwd: string, name: string): Promise<string | null> =>
  textIn(await installedManifest(join(cwd, 'node_modules', name)), 'version')
