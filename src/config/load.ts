// Merging all layers into one complete, frozen config; every problem is reported at once, with the source of its value.
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { closestMatch } from 'leven'
import { DevHookError, messageOf } from '../core/errors.ts'
import type { Proxies } from '../core/proxy.ts'
import { dotEnvLayers, readDotEnv, SHARED } from './dot-env.ts'
import { readConfigFile } from './file.ts'
import { FORWARDED_PORT, type Forwarding, forwardingOf } from './forwarding.ts'
import {
  type Environment,
  environmentLayer,
  FILE_KEYS,
  fileLayer,
  firstFound,
  givenLayer,
  type Layer,
} from './layers.ts'
import { readAgentAuthtoken } from './ngrok-agent.ts'
import { OPTION_KEYS, type OptionKey, type Options, type OptionValue, optionOf } from './options.ts'
import { readProxies } from './proxies.ts'
import { parseTarget, type Target } from './target.ts'
import { secret } from './types.ts'

/** The complete config: every option of the table (`null` where nothing is given), and what follows from them. */
export type Config = Readonly<{ [K in OptionKey]: OptionValue<K> | (K extends Defaulted ? never : null) }> & {
  readonly target: Target
  readonly proxies: Proxies
  /** Where `url` comes from, when a development environment in the cloud brings it. */
  readonly forwarding: Forwarding | null
  /** The config file and what it extends, absolute; none when there is none. */
  readonly files: readonly string[]
  /** Where each value came from; `default` for the rest. */
  readonly sources: Readonly<Partial<Record<OptionKey, string>>>
}

type Defaulted =
  | 'port'
  | 'path'
  | 'hook'
  | 'takeOver'
  | 'restore'
  | 'apiHost'
  | 'tunnel'
  | 'probe'
  | 'hold'
  | 'late'
  | 'onBotError'
  | 'signature'
  | 'json'
  | 'quiet'
  | 'verbose'
  | 'yes'
  | 'cwd'

/** What loading needs of the outside world. */
export interface LoadContext {
  readonly cwd: string
  readonly env: Environment
  readonly platform: NodeJS.Platform
  /** Names the source of a given option: `--port` on the command line, `options.port` in a library call. */
  readonly sourceOf: (key: OptionKey) => string
}

/** Loads the config. Throws one `usage` error that holds every problem found. */
export async function loadConfig(given: Options, context: LoadContext): Promise<Config> {
  const problems: string[] = []
  const called = [givenLayer(given, context.sourceOf), environmentLayer(context.env)]
  const cwd = resolve(context.cwd, textOf(called, 'cwd') ?? '.')
  if (!(await isFolder(cwd))) throw new DevHookError('usage', `there is no folder ${cwd}`)
  const read = (name: string): Environment => readOrSay(cwd, name, problems)
  const shared = read(SHARED)
  const profile = textOf([...called, environmentLayer(shared)], 'profile')
  const outside = [...called, ...dotEnvLayers(shared, profile, read)]
  const file = await readFiles(cwd, textOf(outside, 'config'), profile, problems)

  const { values, sources } = readAll([...outside, ...file.layers], problems)
  const target = readTarget(values, sources, problems)
  if (values['tunnel'] === 'ngrok' && values['ngrokAuthtoken'] === null) {
    const agent = await readAgentAuthtoken(context.env, context.platform)
    if (agent !== null) Object.assign(values, { ngrokAuthtoken: agent.token })
  }
  const forwarding = forwardedInPlaceOfNgrok(values, sources, context.env)
  if (problems.length > 0) throw new DevHookError('usage', problems.join('\n'))
  const proxies = readProxies(context.env)
  const { files } = file
  return Object.freeze({
    ...values,
    cwd,
    files,
    target,
    proxies,
    forwarding,
    sources: Object.freeze(sources),
  }) as Config
}

function textOf(layers: readonly Layer[], key: OptionKey): string | null {
  const found = firstFound(layers, key)?.raw
  return typeof found === 'string' ? found : null
}

function readOrSay(cwd: string, name: string, problems: string[]): Environment {
  try {
    return readDotEnv(cwd, name)
  } catch (error) {
    problems.push(`${name} cannot be read: ${messageOf(error)}`)
    return {}
  }
}

interface Files {
  readonly files: readonly string[]
  readonly layers: readonly Layer[]
}

async function readFiles(
  cwd: string,
  named: string | null,
  profile: string | null,
  problems: string[],
): Promise<Files> {
  const none = { files: [], layers: [] }
  try {
    const file = await readConfigFile(cwd, named)
    if (file === null && profile === null) return none
    if (file === null) {
      const how = `add it under "profiles" in dev-hook.config.json`
      throw new Error(`there is no profile ${profile}, as there is no config file: ${how}`)
    }
    const { name, files, values, profiles } = file
    const own = profile === null ? {} : profiles[profile]
    if (own === undefined) {
      const known = Object.keys(profiles)
      const has = known.length === 0 ? 'has no profiles' : `has ${known.join(', ')}`
      throw new Error(`there is no profile ${profile}: ${name} ${has}`)
    }
    const wrong = [values, ...Object.values(profiles)].flatMap((each) => unknownKeys(name, each))
    problems.push(...new Set(wrong))
    return { files, layers: [fileLayer(own, `${profile} in ${name}`), fileLayer(values, name)] }
  } catch (error) {
    problems.push(messageOf(error))
    return none
  }
}

function unknownKeys(name: string, values: Readonly<Record<string, unknown>>): string[] {
  const allowed: readonly string[] = FILE_KEYS
  return Object.keys(values)
    .filter((key) => !allowed.includes(key) && key !== '$schema')
    .map((key) => {
      if (isSecret(key)) return `${key} (in ${name}) is a secret: put it into .env`
      const nearest = closestMatch(key, allowed, { maxDistance: 3 })
      return `${key} (in ${name}) is no option${nearest === undefined ? '' : `; did you mean ${nearest}?`}`
    })
}

const isSecret = (key: string): boolean => OPTION_KEYS.some((known) => known === key && optionOf(known).kind === secret)

function readAll(layers: readonly Layer[], problems: string[]) {
  const values: Record<string, unknown> = {}
  const sources: Partial<Record<OptionKey, string>> = {}
  for (const key of OPTION_KEYS) {
    const { kind, fallback } = optionOf(key)
    const found = firstFound(layers, key)
    values[key] = fallback ?? null
    if (found === null) continue
    sources[key] = found.source
    const parsed = kind.read(found.raw)
    if ('value' in parsed) values[key] = parsed.value
    else
      problems.push(`${key} ${kind === secret ? '' : `${shown(found.raw)} `}(from ${found.source}) ${parsed.problem}`)
  }
  return { values, sources }
}

/** Without ngrok, and without a wish for it, the URL that the place brings is taken. */
function forwardedInPlaceOfNgrok(
  values: Record<string, unknown>,
  sources: Partial<Record<OptionKey, string>>,
  env: Environment,
): Forwarding | null {
  const { tunnel, ngrokAuthtoken, url, domain } = values
  const wantsNgrok = sources.tunnel !== undefined || ngrokAuthtoken !== null || domain !== null
  if (tunnel !== 'ngrok' || wantsNgrok || url !== null) return null
  const port = typeof values['gatewayPort'] === 'number' ? values['gatewayPort'] : FORWARDED_PORT
  const forwarding = forwardingOf(env, port)
  if (forwarding === null) return null
  Object.assign(values, { url: forwarding.url, gatewayPort: port })
  sources.url = forwarding.source
  return forwarding
}

function readTarget(
  values: Readonly<Record<string, unknown>>,
  sources: Partial<Record<OptionKey, string>>,
  problems: string[],
): Target {
  const { port, path, forwardTo } = values
  const byPort: Target = { host: '127.0.0.1', port: Number(port), path: String(path) }
  if (typeof forwardTo !== 'string') return byPort
  const parsed = parseTarget(forwardTo, byPort.path)
  if ('value' in parsed) return parsed.value
  problems.push(`forwardTo ${forwardTo} (from ${sources.forwardTo}) ${parsed.problem}`)
  return byPort
}

function shown(raw: unknown): string {
  if (Array.isArray(raw)) return raw.map(shown).join(',')
  return typeof raw === 'string' ? raw : JSON.stringify(raw)
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
