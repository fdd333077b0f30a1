// The conversation of init: asks what could not be found out, and looks at each answer at once.
import { port as portKind } from '../../config/kinds.ts'
import { envNames } from '../../config/option-names.ts'
import { DevHookError, messageOf } from '../../core/errors.ts'
import { sanitize } from '../../core/text/sanitize.ts'
import type { DaemonOptions } from '../../daemon/types.ts'
import { expectsAgents } from '../../onboarding/agent-files.ts'
import { botAddress, devScriptFor, isEmpty } from '../../onboarding/bot-launch.ts'
import { defaultAnswers, emailFor, missingIn, tryFound } from '../../onboarding/defaults.ts'
import type { Project } from '../../onboarding/inspect-project.ts'
import type { Start } from '../../onboarding/launch/start.ts'
import { agentFiles, type SetupAnswers } from '../../onboarding/plan.ts'
import { ownEntry } from '../../onboarding/starter.ts'
import { type AuthtokenTrial, tryAuthtoken } from '../../onboarding/try-authtoken.ts'
import { assertRefreshToken, isInconclusive, type TriedToken, tryToken } from '../../onboarding/try-token.ts'
import type { CheckAnswer, Prompter } from './prompter.ts'

/** What trying an answer needs of this process. */
export type Outside = Pick<DaemonOptions, 'env' | 'who'>

/** Asks; not about coding agents where `agents` says yes already. Throws `interrupted` when the person gives up. */
export async function interview(
  project: Project,
  outside: Outside,
  prompter: Prompter,
  { agents, signal }: { readonly agents: boolean; readonly signal: AbortSignal },
): Promise<SetupAnswers> {
  const starter = isEmpty(project) && (await wantsStarter(prompter))
  const { token, tried } = await askToken(project, prompter, signal)
  const known = defaultAnswers(project, tried)
  if (known.secret !== null && project.secret === null) {
    prompter.report(
      'success',
      'the secret of its webhook, from the platform: SECRET is for the bot to check signatures with',
    )
  }
  const hasToken = token !== null || project.token !== null
  const refreshToken = (await askRefreshToken(project, tried, prompter)) ?? known.refreshToken
  const ngrokAuthtoken = hasToken ? await askAuthtoken(project, outside, prompter, signal) : null
  const given: Readonly<Record<string, string | null>> = {
    TOKEN: token ?? known.token,
    REFRESH_TOKEN: refreshToken,
    NGROK_AUTHTOKEN: ngrokAuthtoken,
  }
  return {
    starter,
    token: token ?? known.token,
    refreshToken,
    email: emailFor(project, token, refreshToken),
    secret: known.secret,
    ngrokAuthtoken,
    ...(await askPort(project, starter, prompter)),
    ...(starter ? { devScript: null, isDependency: true } : await askManifest(project, prompter)),
    skipped: missingIn(project, tried)
      .map(({ name }) => name)
      .filter((name) => given[name] === null),
    agents: agents || (!starter && (await askAgents(project, prompter))),
  }
}

/** Which of several commands starts the bot; `null` where none does, or nothing shows one. */
export async function askStart(starts: readonly Start[], prompter: Prompter): Promise<string | null> {
  const [first, ...others] = starts.map(({ command, from }) => ({ value: command, label: command, hint: from }))
  if (first === undefined) return null
  const other = { value: '', label: 'Something else', hint: 'put it after `--` when you start dev-hook' }
  return (await prompter.choose('What starts the bot?', [first, ...others, other])) || null
}

/** In a folder that has just got its first bot it is not asked: the command that does it is named at the end. */
async function askAgents(project: Project, prompter: Prompter): Promise<boolean> {
  const files = await agentFiles(project, { starter: false })
  if (files.length === 0) return false
  const names = files.map(({ name }) => name).join(' and ')
  return prompter.yes(`Tell coding agents how to try the bot, in ${names}?`, await expectsAgents(project.cwd))
}

/** What is new in the manifest of a project that has one. */
async function askManifest(
  project: Project,
  prompter: Prompter,
): Promise<Pick<SetupAnswers, 'devScript' | 'isDependency'>> {
  const script = devScriptFor(project)
  const [entry] = project.manifest === null ? [] : ownEntry(project)
  const parts = [
    ...(script === null ? [] : [`the script "dev": "${script}"`]),
    ...(entry === undefined ? [] : [`${entry.name} ${entry.value} as one of its devDependencies`]),
  ]
  const yes = parts.length > 0 && (await prompter.yes(`Add to package.json ${parts.join(', and ')}?`, true))
  return { devScript: yes ? script : null, isDependency: yes }
}

async function wantsStarter(prompter: Prompter): Promise<boolean> {
  const choice = await prompter.choose('There is no bot in this folder yet.', [
    {
      value: 'starter',
      label: 'Start with an example bot',
      hint: 'it runs in the sandbox at once, without an account',
    },
    { value: 'settings', label: 'Only write the settings', hint: 'the bot is somewhere else' },
  ])
  return choice === 'starter'
}

interface AskedToken {
  /** A new one; `null` when the one that was found is kept, or there is none. */
  readonly token: string | null
  readonly tried: TriedToken | null
}

async function askToken(project: Project, prompter: Prompter, signal: AbortSignal): Promise<AskedToken> {
  const found = await tryFound(project, signal)
  const source = project.token?.source ?? ''
  if (found.is === 'good') {
    prompter.report('success', `${source}: ${nameOf(found.tried)}`)
    return { token: null, tried: found.tried }
  }
  if (found.is === 'unknown') {
    prompter.report('warn', `${source} was not checked: ${sanitize(found.error.message)}`)
    return { token: null, tried: null }
  }
  if (found.is === 'bad') prompter.report('warn', `${source} cannot be used: ${sanitize(found.error.message)}`)
  return askNewToken(project, prompter, found.is === 'bad')
}

async function askNewToken(project: Project, prompter: Prompter, keeps: boolean): Promise<AskedToken> {
  let tried: TriedToken | null = null
  let unchecked: string | null = null
  const check: CheckAnswer = async (answer, signal) => {
    if (answer === '') return null
    try {
      unchecked = null
      tried = await tryToken(answer, null, project.config, signal)
      return null
    } catch (error) {
      tried = null
      if (!isInconclusive(error)) return problemOf(error)
      unchecked = messageOf(error)
      return null
    }
  }
  prompter.report(
    'info',
    "The bot's token is in its details in the Web1on1 admin pages: Settings, your organization, Bots.",
  )
  const skip = keeps ? 'Enter keeps the one that is there' : 'Enter skips it: the sandbox needs none'
  const token = await prompter.secret(`The bot's access token (${skip})`, check)
  if (token === '') return { token: null, tried: null }
  tellShadow(project, 'token', prompter)
  if (unchecked !== null) prompter.report('warn', `It was not checked: ${String(unchecked)}`)
  if (tried !== null) prompter.report('success', nameOf(tried))
  return { token, tried }
}

const nameOf = ({ name, botId }: TriedToken): string =>
  sanitize(`the token of bot ${name ?? 'without a name'} (${botId})`)

async function askRefreshToken(project: Project, tried: TriedToken | null, prompter: Prompter): Promise<string | null> {
  if (tried === null || !tried.expires || project.refreshToken !== null) return null
  const check: CheckAnswer = (answer) => {
    if (answer === '') return null
    try {
      assertRefreshToken(answer, tried.botId)
      return null
    } catch (error) {
      return problemOf(error)
    }
  }
  const question = 'The refresh token next to it, as the token expires (Enter skips it)'
  return (await prompter.secret(question, check)) || null
}

const COMMAND = /^ngrok\s+(?:config\s+add-)?authtoken\s+/

async function askAuthtoken(
  project: Project,
  outside: Outside,
  prompter: Prompter,
  signal: AbortSignal,
): Promise<string | null> {
  const { ngrokAuthtoken: found, config } = project
  if (config.tunnel !== 'ngrok' || config.url !== null) return null
  const attempt = (authtoken: string, limited: AbortSignal): Promise<AuthtokenTrial> =>
    tryAuthtoken(authtoken, { config, ...outside }, limited)
  const known = found === null ? null : await attempt(found.value, signal)
  if (found !== null && known !== null) {
    reportTrial(prompter, known, `the ngrok authtoken, from ${found.source}`)
    if (known.is !== 'refused') return null
  }
  let last: AuthtokenTrial | null = null
  const check: CheckAnswer = async (answer, limited) => {
    last = answer === '' ? null : await attempt(answer.replace(COMMAND, ''), limited)
    return last?.is === 'refused' ? sanitize(last.error.message) : null
  }
  prompter.report('info', 'The ngrok authtoken is at https://dashboard.ngrok.com/get-started/your-authtoken')
  const answer = await prompter.secret('The ngrok authtoken (Enter skips it: the sandbox needs none)', check)
  // The dashboard shows it as a command to copy.
  const authtoken = answer.replace(COMMAND, '')
  if (authtoken === '') return null
  tellShadow(project, 'ngrokAuthtoken', prompter)
  if (last !== null) reportTrial(prompter, last, 'the ngrok authtoken')
  return authtoken
}

function reportTrial(prompter: Prompter, trial: AuthtokenTrial, what: string): void {
  if (trial.is === 'good') prompter.report('success', `${what}: ${trial.tried.url} reaches this machine`)
  else if (trial.is === 'unknown') prompter.report('warn', `${what} was not checked: ${sanitize(trial.error.message)}`)
  else prompter.report('warn', `${what} cannot be used: ${sanitize(trial.error.message)}`)
}

/** A variable of the environment goes before a file, and would keep the new value from ever being used. */
function tellShadow({ config }: Project, key: 'token' | 'ngrokAuthtoken', prompter: Prompter): void {
  const source = config.sources[key]
  if (source === undefined || !envNames(key).includes(source)) return
  prompter.report('warn', `${source} in the environment takes precedence over the new one: remove it there`)
}

async function askPort(
  project: Project,
  starter: boolean,
  prompter: Prompter,
): Promise<Pick<SetupAnswers, 'port' | 'path'>> {
  const { port, path, sure } = botAddress(project)
  if (sure || starter) return { port, path }
  const check: CheckAnswer = (answer) => {
    const read = portKind.read(answer)
    return 'problem' in read ? `${answer} ${read.problem}` : null
  }
  const answer = await prompter.text('The port that the bot listens on', String(port), check)
  return { port: Number(answer), path }
}

const problemOf = (error: unknown): string => {
  if (error instanceof DevHookError) return sanitize(error.message)
  throw error
}
