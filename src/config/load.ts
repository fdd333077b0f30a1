// Merging all layers into one complete, frozen config; every problem is reported at once, with the source of its value.
import { readdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { closestMatch } from 'leven'
import { DevHookError } from '../core/errors.ts'
import { exists, isFolder } from '../core/files/exists.ts'
import { whyUnreadable } from '../core/files/why-unreadable.ts'
import type { Proxies } from '../core/http/proxy.ts'
import { dotEnvLayers, readDotEnv, SHARED } from './dot-env.ts'
import type { Print } from './file.ts'
import { readFileLayers } from './file-layers.ts'
import { FORWARDED_PORT, type Forwarding, forwardingOf } from './forwarding.ts'
import { type Environment, environmentLayer, firstFound, givenLayer, type Layer } from './layers.ts'
import { lookUpLayer } from './look-up.ts'
import { OPTION_KEYS, type OptionKey, type Options, type OptionValues, optionOf } from './options.ts'
import { readProxies } from './proxies.ts'
import { type ForwardTarget, parseTarget } from './target.ts'
import { misnamedIn, misspelledIn, unreadFiles } from './unread.ts'
import { readValues, type Sources } from './values.ts'

/** The complete config: every option of the table (`null` where nothing is given), and what follows from them. */
export interface Config extends OptionValues {
  /** The folder to run in, absolute. */
  readonly cwd: string
  readonly target: ForwardTarget
  readonly proxies: Proxies
  /** Where `url` comes from, when a development environment in the cloud brings it. */
  readonly forwarding: Forwarding | null
  /** The config file and what it extends, absolute; none when there is none. */
  readonly files: readonly string[]
  /** The names of the bots in the config file, in its order. */
  readonly profiles: readonly string[]
  readonly sources: Sources
  /** What is odd about its sources, and keeps nothing from running: a line of `.env` that is not read. */
  readonly oddities: readonly string[]
  /** Files that look like a config file and are not read, each with why. */
  readonly unreadConfigs: readonly string[]
  /** Files of other tools in which a value may be that is missing here, and why they cannot be read. */
  readonly unreadable: readonly string[]
}

/** What loading needs of the outside world. */
export interface LoadContext {
  readonly cwd: string
  readonly env: Environment
  readonly platform: NodeJS.Platform
  /** Names the source of a given option: `--port` on the command line, `options.port` in a library call. */
  readonly sourceOf: (key: OptionKey) => string
  /** Called with each line that a config module prints; without it they are dropped. */
  readonly print?: Print
  /** Whether the profile may be one that is still to be written into the config file. */
  readonly newProfile?: boolean
}

/** Loads the config. Throws one `usage` error that holds every problem found. */
export async function loadConfig(given: Options, context: LoadContext): Promise<Config> {
  const problems: string[] = []
  const called = [givenLayer(given, context.sourceOf), environmentLayer(context.env)]
  const cwd = resolve(context.cwd, textOf(called, 'cwd') ?? '.')
  if (!(await isFolder(cwd))) throw new DevHookError('usage', `there is no folder ${cwd}`)
  const oddities = [...misspelledIn(context.env)]
  const { print = () => undefined, newProfile = false } = context
  const read = (name: string): Promise<Environment> => readOrSay(cwd, name, problems, oddities)
  const shared = await read(SHARED)
  const profile = textOf([...called, environmentLayer(shared)], 'profile')
  const outside = [...called, ...(await dotEnvLayers(shared, profile, read))]
  const named = firstFound(outside, 'config')
  const { files, profiles, layers } = await readFileLayers({ cwd, named, profile, newProfile, print }, problems)
  const asGiven = [...outside, ...layers]

  const { layer, unreadable } = await lookUpLayer(asGiven, context)
  const { values, sources } = readValues([...asGiven, layer], problems)
  const target = readTarget(values, sources, problems)
  const watch = await watchedPaths(cwd, values, sources, problems)
  const forwarded = forwardedInPlaceOfTunnel(values, sources, context.env)
  if (problems.length > 0) throw new DevHookError('usage', problems)
  const proxies = readProxies(context.env)
  const unreadConfigs = named === null ? await unreadFiles(cwd, files) : []
  return Object.freeze({
    ...values,
    watch,
    sources,
    forwarding: null,
    ...forwarded,
    cwd,
    files,
    profiles,
    target,
    proxies,
    oddities,
    unreadConfigs,
    unreadable,
  })
}

function textOf(layers: readonly Layer[], key: OptionKey): string | null {
  const found = firstFound(layers, key)?.raw
  return typeof found === 'string' ? found : null
}

async function readOrSay(cwd: string, name: string, problems: string[], oddities: string[]): Promise<Environment> {
  try {
    const variables = await readDotEnv(cwd, name, (problem) => oddities.push(problem))
    oddities.push(...misnamedIn(variables, name))
    return variables
  } catch (error) {
    problems.push(`${name} cannot be read: ${whyUnreadable(error)}`)
    return {}
  }
}

/** The URL that a development environment in the cloud forwards, where nobody gives a URL or asks for a tunnel. */
function forwardedInPlaceOfTunnel(
  { url, gatewayPort }: OptionValues,
  sources: Sources,
  env: Environment,
): Pick<Config, 'url' | 'gatewayPort' | 'forwarding' | 'sources'> | null {
  const isAsked = OPTION_KEYS.some((key) => optionOf(key).asksForTunnel === true && sources[key] !== undefined)
  if (isAsked || url !== null) return null
  const port = gatewayPort ?? FORWARDED_PORT
  const forwarding = forwardingOf(env, port)
  if (forwarding === null) return null
  return { url: forwarding.url, gatewayPort: port, forwarding, sources: { ...sources, url: forwarding.source } }
}

function readTarget({ port, path, forwardTo }: OptionValues, sources: Sources, problems: string[]): ForwardTarget {
  const byPort: ForwardTarget = { host: 'localhost', port, path }
  if (forwardTo === null) return byPort
  const parsed = parseTarget(forwardTo, path)
  if ('value' in parsed) return parsed.value
  problems.push(`forwardTo ${forwardTo} (from ${sources.forwardTo}) ${parsed.problem}`)
  return byPort
}

/** It is a problem if none of the paths to watch is there. One of several may still be made: the watcher warns of that. */
async function watchedPaths(
  cwd: string,
  { watch }: OptionValues,
  sources: Sources,
  problems: string[],
): Promise<Config['watch']> {
  if (watch === null || watch === false) return watch
  const isThere = (path: string): Promise<boolean> => exists(resolve(cwd, path))
  if ((await Promise.all(watch.map(isThere))).includes(true)) return watch
  // A name that has a comma in it.
  if (await isThere(watch.join(','))) return [watch.join(',')]
  const names = await readdir(cwd).catch(() => [])
  const nearest = closestMatch(watch[0] ?? '', names, { maxDistance: 3 })
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`
  problems.push(`watch ${watch.join(',')} (from ${sources.watch}) is neither a file nor a folder${hint}`)
  return watch
}
