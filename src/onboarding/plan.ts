// What is to be written: the files of a folder as they are, and as they will be.
import { basename } from 'node:path'
import type { Config } from '../config/load.ts'
import { flagName, type OptionKey } from '../config/options.ts'
import { setVariables, type Variable } from './env-file.ts'
import type { Folder } from './look-around.ts'
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
  const env = envFile(folder, answers)
  const files = [
    ...(env === null && !answers.starter ? [] : [gitignore(folder, answers), env]),
    configFile(folder, answers),
    ...(answers.starter ? await starter(folder) : [manifest(folder, answers)]),
  ]
  return files.filter((file): file is PlannedFile => file !== null && file.after !== file.before)
}

/** The variables of `.env` and the answers that they hold. */
const VARIABLES = [
  ['TOKEN', 'token'],
  ['REFRESH_TOKEN', 'refreshToken'],
  ['SECRET', 'secret'],
  ['NGROK_AUTHTOKEN', 'ngrokAuthtoken'],
] as const

function envFile({ dotEnv }: Folder, answers: Answers): PlannedFile | null {
  const variables = VARIABLES.flatMap(([name, key]): Variable[] => {
    const value = answers[key]
    return value === null ? [] : [{ name, value }]
  })
  if (variables.length === 0 && dotEnv === null) return null
  return { name: '.env', before: dotEnv, after: setVariables(dotEnv, variables), private: true }
}

const HIDES_ENV = new Set(['.env', '/.env', '.env*', '/.env*', '*.env', '**/.env'])

function gitignore({ gitignore: before }: Folder, { starter: isStarter }: Answers): PlannedFile | null {
  const lines = (before ?? '').split(/\r?\n/).map((line) => line.trim())
  const missing = [
    ...(isStarter && !lines.some((line) => /^\/?node_modules\/?$/.test(line)) ? ['node_modules/'] : []),
    ...(lines.some((line) => HIDES_ENV.has(line)) ? [] : ['.env']),
  ]
  if (missing.length === 0) return null
  const eol = before?.includes('\r\n') ? '\r\n' : '\n'
  const start = before === null || before === '' || before.endsWith('\n') ? (before ?? '') : before + eol
  return { name: '.gitignore', before, after: start + missing.map((line) => line + eol).join(''), private: false }
}

const CONFIG = 'dev-hook.config.json'
const SCHEMA = './node_modules/dev-hook/config/dev-hook.schema.json'

/** Holds what no environment and no default says. A config that is written in code, or in the manifest, is its owner's. */
function configFile({ config, configFile: existing }: Folder, answers: Answers): PlannedFile | null {
  if (existing !== null && existing.name !== CONFIG) return null
  const values = valuesFor(config, answers)
  if (existing === null) {
    return { name: CONFIG, before: null, after: asJson({ $schema: SCHEMA, ...values }), private: false }
  }
  const before: Readonly<Record<string, unknown>> = JSON.parse(existing.text)
  if (Object.entries(values).every(([key, value]) => before[key] === value)) return null
  return { name: CONFIG, before: existing.text, after: asJson({ ...before, ...values }), private: false }
}

function valuesFor(config: Config, { port, path }: Answers): Readonly<Record<string, unknown>> {
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
