// What is to be written: the files of a folder as they are, and as they will be.
import { basename } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import ignore from 'ignore'
import { SHARED } from '../config/dot-env.ts'
import type { Config } from '../config/load.ts'
import { flagName, type OptionKey } from '../config/options.ts'
import { setVariables, type Variable } from './env-file.ts'
import type { EnvFile, Folder } from './inspect-project.ts'
import { addScript } from './manifest.ts'
import { starterFiles } from './starter.ts'

/** A file of the folder; `before` is `null` for a new one. */
export interface PlannedFile {
  readonly name: string
  readonly before: string | null
  readonly after: string
  /** For its owner alone. */
  readonly private: boolean
}

/** What is known once everything has been asked. */
export interface Answers {
  readonly starter: boolean
  /** `null`: it is not to be written, being there already or not known. */
  readonly token: string | null
  readonly refreshToken: string | null
  readonly secret: string | null
  readonly ngrokAuthtoken: string | null
  readonly port: number
  readonly path: string
  /** The line of a new `dev` script. */
  readonly devScript: string | null
}

/** The files that change, in the order in which they are written: what hides a secret goes before the secret. */
export async function planFiles(folder: Folder, answers: Answers): Promise<readonly PlannedFile[]> {
  const secrets = envFiles(folder, answers)
  const files = [
    gitignore(folder, answers, secrets),
    ...secrets,
    configFile(folder, answers),
    ...(answers.starter ? await starter(folder) : [manifest(folder, answers)]),
  ]
  return files.filter((file): file is PlannedFile => file !== null && file.after !== file.before)
}

function envFiles({ sharedEnv, ownEnv }: Folder, answers: Answers): PlannedFile[] {
  const { token, refreshToken, secret, ngrokAuthtoken } = answers
  const own = given({ TOKEN: token, REFRESH_TOKEN: refreshToken, SECRET: secret })
  const shared = given({ NGROK_AUTHTOKEN: ngrokAuthtoken })
  if (ownEnv.name === sharedEnv.name) return envFile(ownEnv, [...own, ...shared])
  return [...envFile(ownEnv, own), ...envFile(sharedEnv, shared)]
}

const given = (values: Readonly<Record<string, string | null>>): Variable[] =>
  Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [{ name, value }]))

/** One that is there is listed even if nothing changes: it is to be hidden all the same. */
function envFile({ name, text }: EnvFile, variables: readonly Variable[]): PlannedFile[] {
  if (variables.length === 0 && text === null) return []
  return [{ name, before: text, after: setVariables(text, variables), private: true }]
}

function gitignore(
  { gitignore: before }: Folder,
  { starter: isStarter }: Answers,
  secrets: readonly PlannedFile[],
): PlannedFile | null {
  const hidden = ignore().add(before ?? '')
  // What a starter brings will have secrets beside it.
  const wanted = isStarter ? ['node_modules/', SHARED] : secrets.map(({ name }) => name)
  const missing = wanted.filter((name) => !hidden.ignores(name))
  if (missing.length === 0) return null
  const eol = before?.includes('\r\n') ? '\r\n' : '\n'
  const start = before === null || before === '' || before.endsWith('\n') ? (before ?? '') : before + eol
  return { name: '.gitignore', before, after: start + missing.map((line) => line + eol).join(''), private: false }
}

const CONFIG = 'dev-hook.config.json'
const SCHEMA = './node_modules/dev-hook/config/dev-hook.schema.json'

/** Holds what no environment and no default says. A config that is written in code, or in the manifest, is its owner's. */
function configFile({ config, configFile: existing, installed }: Folder, answers: Answers): PlannedFile | null {
  if (existing !== null && existing.name !== CONFIG) return null
  const values = valuesFor(config, answers)
  if (existing === null) {
    const all = {
      // Only what is installed here has the schema where an editor finds it.
      ...(installed && { $schema: SCHEMA }),
      ...(config.sources.port === undefined && { port: answers.port }),
      ...values,
    }
    return Object.keys(all).length === 0 ? null : { name: CONFIG, before: null, after: asJson(all), private: false }
  }
  const before: Json = JSON.parse(existing.text)
  const after = withValues(before, config.profile, values)
  if (isDeepStrictEqual(after, before)) return null
  return { name: CONFIG, before: existing.text, after: asJson(after), private: false }
}

type Json = Readonly<Record<string, unknown>>

/** The values of a profile go into it. */
function withValues(before: Json, profile: string | null, values: Json): Json {
  if (profile === null) return { ...before, ...values }
  const profiles: Json = Object(before['profiles'])
  const own: Json = Object(profiles[profile])
  return { ...before, profiles: { ...profiles, [profile]: { ...own, ...values } } }
}

function valuesFor(config: Config, { port, path }: Answers): Json {
  const { target, sources, bot, apiHost, tunnel } = config
  // What is given as a flag is meant to stay.
  const given = (key: OptionKey): boolean => sources[key] === `--${flagName(key)}`
  return {
    ...((port !== target.port || given('port')) && { port }),
    ...((path !== target.path || given('path')) && { path }),
    ...(given('bot') && { bot }),
    ...(given('apiHost') && { apiHost }),
    ...(given('tunnel') && { tunnel }),
  }
}

const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

function manifest({ manifest: before }: Folder, { devScript }: Answers): PlannedFile | null {
  if (before === null || devScript === null) return null
  return { name: 'package.json', before: before.text, after: addScript(before, 'dev', devScript), private: false }
}

async function starter({ cwd }: Folder): Promise<PlannedFile[]> {
  const files = await starterFiles(basename(cwd))
  return [...files].map(([name, after]) => ({ name, before: null, after, private: false }))
}
