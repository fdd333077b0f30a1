// The files that init writes: each as it is, and as it will be.
import { isDeepStrictEqual } from 'node:util'
import ignore from 'ignore'
import { SHARED } from '../config/dot-env.ts'
import type { Config } from '../config/load.ts'
import { flagName } from '../config/option-names.ts'
import type { OptionKey } from '../config/options.ts'
import { parseDotEnv } from '../config/parse-dot-env.ts'
import type { Json } from '../core/json.ts'
import { planAgentFiles } from './agent-files.ts'
import { setVariables, type Variable } from './env-file.ts'
import type { EnvFile, Project } from './inspect-project.ts'
import { addEntries, type ManifestEntry } from './manifest.ts'
import { ownEntry, starterCommand, starterFiles } from './starter.ts'

/** A file of the project that changes; `before` is `null` for a new one. */
export interface PlannedFile {
  readonly name: string
  readonly before: string | null
  readonly after: string
  /** Whether only its owner may read it. */
  readonly private: boolean
}

/** Everything that init has to know, once all questions are answered. */
export interface SetupAnswers {
  readonly starter: boolean
  /** `null` for a credential that is not written: it is there already, or not known. */
  readonly token: string | null
  readonly refreshToken: string | null
  readonly email: string | null
  readonly secret: string | null
  readonly ngrokAuthtoken: string | null
  readonly port: number
  readonly path: string
  /** The command line of a new `dev` script; `null` for none. */
  readonly devScript: string | null
  /** Whether dev-hook becomes one of the `devDependencies`. */
  readonly isDependency: boolean
  /** The variables that are left for later: each gets an empty line in its env file. */
  readonly skipped: readonly string[]
  /** Whether coding agents are told how to try the bot. */
  readonly agents: boolean
}

/** The files that change, in the order in which they are written: what hides a secret goes before the secret. */
export async function planFiles(project: Project, answers: SetupAnswers): Promise<readonly PlannedFile[]> {
  const secrets = envFiles(project, answers)
  const files = [
    gitignore(project, answers, secrets),
    ...secrets,
    configFile(project, answers),
    ...(answers.starter ? await starter(project) : [manifest(project, answers)]),
    ...(answers.agents ? await agentFiles(project, answers) : []),
  ]
  return files.filter((file): file is PlannedFile => file !== null && file.after !== file.before)
}

function envFiles({ sharedEnv, ownEnv, entry }: Project, answers: SetupAnswers): PlannedFile[] {
  const { token, refreshToken, email, secret, ngrokAuthtoken } = answers
  // Only the bot needs the e-mail, so it is written under the name that the bot reads.
  const emailName = entry?.code.names.email ?? 'EMAIL'
  const later = (name: string): string | null => (answers.skipped.includes(name) ? '' : null)
  const own = given({
    TOKEN: token ?? later('TOKEN'),
    REFRESH_TOKEN: refreshToken ?? later('REFRESH_TOKEN'),
    [emailName]: email,
    SECRET: secret,
  })
  const shared = given({ NGROK_AUTHTOKEN: ngrokAuthtoken ?? later('NGROK_AUTHTOKEN') })
  if (ownEnv.name === sharedEnv.name) return envFile(ownEnv, [...own, ...shared])
  return [...envFile(ownEnv, own), ...envFile(sharedEnv, shared)]
}

const given = (values: Readonly<Record<string, string | null>>): Variable[] =>
  Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [{ name, value }]))

/** The env file with its variables set. One that is there is listed even if nothing changes: git must ignore it all the same. */
function envFile({ name, text }: EnvFile, variables: readonly Variable[]): PlannedFile[] {
  if (variables.length === 0 && text === null) return []
  // What stands there, whatever it is, is not emptied.
  const there = parseDotEnv(text ?? '').variables
  const wanted = variables.filter((variable) => variable.value !== '' || !Object.hasOwn(there, variable.name))
  return [{ name, before: text, after: setVariables(text, wanted), private: true }]
}

function gitignore(
  { gitignore: before, secretEnvs }: Project,
  { starter: isStarter }: SetupAnswers,
  secrets: readonly PlannedFile[],
): PlannedFile | null {
  const hidden = ignore().add(before ?? '')
  // What a starter brings will have secrets beside it.
  const wanted = new Set([
    ...(isStarter ? ['node_modules/', SHARED] : []),
    ...secrets.map(({ name }) => name),
    ...secretEnvs,
  ])
  const missing = [...wanted].filter((name) => !hidden.ignores(name))
  if (missing.length === 0) return null
  const eol = before?.includes('\r\n') ? '\r\n' : '\n'
  const start = before === null || before === '' || before.endsWith('\n') ? (before ?? '') : before + eol
  return { name: '.gitignore', before, after: start + missing.map((line) => line + eol).join(''), private: false }
}

const CONFIG = 'dev-hook.config.json'
const SCHEMA = './node_modules/dev-hook/config/dev-hook.schema.json'

/** The config file with what no environment and no default has. A config in code, or in the manifest, is its owner's to change. */
function configFile({ config, configFile: existing, installed }: Project, answers: SetupAnswers): PlannedFile | null {
  if (existing !== null && existing.name !== CONFIG) return null
  const values = valuesFor(config, answers)
  if (existing === null) {
    // What holds anyway is not written: the usual port named is a port that two bots cannot share.
    if (Object.keys(values).length === 0 && config.profile === null) return null
    // Only what is installed here has the schema where an editor finds it.
    const all = { ...(installed && { $schema: SCHEMA }), ...withValues({}, config.profile, values) }
    return { name: CONFIG, before: null, after: asJson(all), private: false }
  }
  const before: Json = JSON.parse(existing.text)
  const after = withValues(before, config.profile, values)
  if (isDeepStrictEqual(after, before)) return null
  return { name: CONFIG, before: existing.text, after: asJson(after), private: false }
}

/** The config with these values, which belong to the profile if there is one. */
function withValues(before: Json, profile: string | null, values: Json): Json {
  if (profile === null) return { ...before, ...values }
  const profiles: Json = Object(before['profiles'])
  const own: Json = Object(profiles[profile])
  return { ...before, profiles: { ...profiles, [profile]: { ...own, ...values } } }
}

function valuesFor(config: Config, { port, path }: SetupAnswers): Json {
  const { target, sources, bot, apiHost, tunnel } = config
  // A flag that is given to init is meant for the runs to come.
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

function manifest(project: Project, { devScript, isDependency }: SetupAnswers): PlannedFile | null {
  const { manifest: before } = project
  if (before === null) return null
  const entries: readonly ManifestEntry[] = [
    ...(devScript === null ? [] : [{ section: 'scripts' as const, name: 'dev', value: devScript }]),
    ...(isDependency ? ownEntry(project) : []),
  ]
  return { name: 'package.json', before: before.text, after: addEntries(before.text, entries), private: false }
}

/** The files for coding agents that change. */
export const agentFiles = (project: Project, { starter: isStarter }: Pick<SetupAnswers, 'starter'>) =>
  planAgentFiles(project.cwd, isStarter ? starterCommand(project) : project.command)

async function starter(project: Project): Promise<PlannedFile[]> {
  const files = await starterFiles(project)
  const before = (name: string): string | null => (name === 'package.json' ? (project.manifest?.text ?? null) : null)
  return [...files].map(([name, after]) => ({ name, before: before(name), after, private: false }))
}
