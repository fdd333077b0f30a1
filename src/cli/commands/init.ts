// The command `dev-hook init`: sets a folder up, asking only what cannot be found out.
import type { Config } from '../../config/load.ts'
import { neverAborted } from '../../core/async.ts'
import { DevHookError } from '../../core/errors.ts'
import { sanitize } from '../../core/text/sanitize.ts'
import { toJson } from '../../core/text/to-json.ts'
import { botAddress } from '../../onboarding/bot-launch.ts'
import { defaultAnswers, missingIn, tryFound } from '../../onboarding/defaults.ts'
import { inspectProject, type Project } from '../../onboarding/inspect-project.ts'
import { installPackages } from '../../onboarding/install.ts'
import { installCommand } from '../../onboarding/package-manager.ts'
import { agentFiles, type PlannedFile, planFiles, type SetupAnswers } from '../../onboarding/plan.ts'
import { starterCommand } from '../../onboarding/starter.ts'
import { tryAuthtoken } from '../../onboarding/try-authtoken.ts'
import { writeAll } from '../../onboarding/write-all.ts'
import type { Call, CommandHandler } from '../command-line/command.ts'
import { EXIT_CODES } from '../exit.ts'
import { askStart, interview, type Outside } from '../init/interview.ts'
import { preview } from '../init/preview.ts'
import type { Prompter } from '../init/prompter.ts'
import { createPlainReporter, type Reporter } from '../init/reporter.ts'
import { wantsColor } from '../io.ts'
import { openCommand } from '../open-command.ts'
import { colorsFor } from '../output/colors.ts'
import { untilEndSignal } from '../session/signals.ts'

export const init: CommandHandler = async (call) => {
  const { io } = call
  const { config, json, who } = await openCommand(call, { newProfile: true })
  const project = await inspectProject(config, io.env)
  const outside = { env: io.env, who }
  if (io.interactive && !config.yes && !json) {
    const { openPrompter } = await import('../init/prompter.ts')
    return withSomebody(call, project, outside, openPrompter(io))
  }
  return alone(call, project, outside, json)
}

async function withSomebody(call: Call, found: Project, outside: Outside, prompter: Prompter): Promise<number> {
  prompter.intro('dev-hook init')
  prompter.report('info', sanitize(`In ${found.cwd}: ${foundIn(found)}`, 1_000))
  const { project, answers, files } = await agree(call, found, outside, prompter).catch((error: unknown) => {
    if (!isGivenUp(error)) throw error
    const remedy = 'nothing was written; run it again whenever you like'
    throw new DevHookError('interrupted', error.message, { cause: error, remedy })
  })
  if (files === null) {
    prompter.outro('Nothing was written.')
    return EXIT_CODES.ended
  }
  if (files.length > 0) await write(project, files, prompter)
  if (answers.starter) return tryStarter(call, project, answers, prompter)
  return tryLive(call, project, answers, prompter)
}

const isGivenUp = (error: unknown): error is DevHookError => error instanceof DevHookError && error.is('interrupted')

/** What was agreed on; no files when the answer was no. */
interface Agreed {
  /** With the command that was chosen. */
  readonly project: Project
  readonly answers: SetupAnswers
  readonly files: readonly PlannedFile[] | null
}

/** Asks what to write, and whether to. */
async function agree(call: Call, found: Project, outside: Outside, prompter: Prompter): Promise<Agreed> {
  const signal = neverAborted()
  const project = { ...found, command: found.command ?? (await askStart(found.starts, prompter)) }
  const answers = await interview(project, outside, prompter, { agents: wantsAgents(call), signal })
  const files = await planFiles(project, answers)
  if (files.length === 0) {
    prompter.report('success', 'Everything is there already; nothing is written.')
    return { project, answers, files }
  }
  show(files, project.config, call, prompter)
  return { project, answers, files: (await prompter.yes('Write this?', true)) ? files : null }
}

/** Takes what was found. Throws `usage` with what is missing, unless `--yes` says to go on without it. */
async function alone(call: Call, project: Project, outside: Outside, json: boolean): Promise<number> {
  const { config } = project
  const reporter = createPlainReporter(call.io, json || config.quiet)
  const found = await tryFound(project, neverAborted())
  if (found.is === 'bad') throw found.error
  if (found.is === 'unknown') reporter.report('warn', `the token was not checked: ${sanitize(found.error.message)}`)
  await checkAuthtoken(project, outside, reporter)
  const tried = found.is === 'good' ? found.tried : null
  const missing = missingIn(project, tried).map(({ name, says }) => `${name}: ${says}`)
  if (missing.length > 0 && !config.yes) {
    throw new DevHookError('usage', ['there is no terminal to ask at, and this is missing:', ...missing], {
      remedy: 'put it into `.env` and start again, or continue without it: `dev-hook init --yes`',
    })
  }
  const answers = { ...defaultAnswers(project, tried), agents: wantsAgents(call) }
  const files = await planFiles(project, answers)
  if (files.length === 0) reporter.report('success', 'Everything is there already; nothing is written.')
  else {
    show(files, config, call, reporter)
    await write(project, files, reporter)
  }
  for (const line of missing) reporter.report('warn', `still missing (the sandbox does not need it): ${line}`)
  reporter.outro(await nextSteps(project, answers, false))
  if (json) call.io.out(toJson({ type: 'init', cwd: project.cwd, written: files.map(({ name }) => name), missing }))
  return EXIT_CODES.ended
}

const wantsAgents = ({ own }: Call): boolean => own['agents'] === true

/** Throws `ngrokTokenRefused` when the authtoken that was found is refused. */
async function checkAuthtoken(project: Project, outside: Outside, reporter: Reporter): Promise<void> {
  const { config, ngrokAuthtoken } = project
  if (ngrokAuthtoken === null || config.tunnel !== 'ngrok' || config.url !== null) return
  const signal = neverAborted()
  const trial = await tryAuthtoken(ngrokAuthtoken.value, { config, ...outside }, signal)
  if (trial.is === 'refused') throw trial.error
  if (trial.is === 'unknown')
    reporter.report('warn', `the ngrok authtoken was not checked: ${sanitize(trial.error.message)}`)
}

function foundIn(project: Project): string {
  const { chipchat, entry, command, configFile } = project
  const { port, sure } = botAddress(project)
  const found = [
    ...(chipchat === null ? [] : [`chipchat ${chipchat}`]),
    ...(entry === null ? [] : [entry.name]),
    ...(entry === null && command !== null ? [`\`${command}\``] : []),
    ...(sure ? [`port ${port}`] : []),
    ...(configFile === null ? [] : [configFile.name]),
  ]
  return found.length === 0 ? 'no bot yet' : found.join(', ')
}

function show(files: readonly PlannedFile[], { color }: Config, { io }: Call, reporter: Reporter): void {
  const colors = colorsFor(wantsColor(color, io))
  for (const file of files) reporter.report('step', preview(file, colors))
}

async function write({ cwd }: Project, files: readonly PlannedFile[], reporter: Reporter): Promise<void> {
  // Once the first file is in its place, the others follow, whatever is pressed.
  await untilEndSignal((signal) => writeAll(cwd, files, signal))
  reporter.report('success', `Written: ${files.map(({ name }) => name).join(', ')}`)
}

/** Everything is written by now, so there is nothing to interrupt: to give up is to say no. */
async function offer(prompter: Prompter, question: string, first: boolean): Promise<boolean> {
  try {
    return await prompter.yes(question, first)
  } catch (error) {
    if (isGivenUp(error)) return false
    throw error
  }
}

/** `ended`: by the person, who wants nothing more to be asked. */
type Installation = 'done' | 'not done' | 'ended'

/** Offers to install what the manifest names, where that is something new; says the command where it is not done. */
async function install(call: Call, project: Project, prompter: Prompter): Promise<Installation> {
  const command = installCommand(project.manager)
  if (!(await offer(prompter, `Run \`${command}\` now?`, true))) return 'not done'
  const outcome = await untilEndSignal(async (ended): Promise<Installation> => {
    if (await installPackages(project, call.io.env, ended)) return 'done'
    return ended.aborted ? 'ended' : 'not done'
  })
  if (outcome !== 'done') {
    const what = outcome === 'ended' ? 'was ended' : 'has failed'
    prompter.report('warn', `\`${command}\` ${what}: run it again in this folder`)
  }
  return outcome
}

async function tryStarter(call: Call, project: Project, answers: SetupAnswers, prompter: Prompter): Promise<number> {
  const { cwd } = project
  const isInstalled = (await install(call, project, prompter)) === 'done'
  const talk = isInstalled && (await offer(prompter, 'Talk to the bot in the sandbox now?', true))
  prompter.outro(await nextSteps(project, answers, isInstalled))
  if (!talk) return EXIT_CODES.ended
  const { sandbox } = await import('./sandbox.ts')
  return sandbox({ ...call, options: { cwd }, own: {}, words: [], command: starterCommand(project).split(' ') })
}

async function tryLive(call: Call, project: Project, answers: SetupAnswers, prompter: Prompter): Promise<number> {
  const { config, token, ngrokAuthtoken } = project
  const tunnel = config.url !== null || config.tunnel !== 'ngrok' || (ngrokAuthtoken ?? answers.ngrokAuthtoken) !== null
  const ready = tunnel && (token ?? answers.token) !== null
  const question = 'Try a whole round now: open the tunnel, claim the webhook, verify it, put it back?'
  const installation = needsInstall(project, answers) ? await install(call, project, prompter) : 'done'
  const live = ready && installation !== 'ended' && (await offer(prompter, question, false))
  prompter.outro(await nextSteps(project, answers, installation === 'done'))
  if (!live) return EXIT_CODES.ended
  const { doctor } = await import('./doctor.ts')
  return doctor({ ...call, options: { ...call.options, cwd: config.cwd }, own: { live: true }, words: [] })
}

/** Whether the manifest names something that is not installed yet. */
const needsInstall = (
  { manifest, installed }: Project,
  { starter, isDependency }: Pick<SetupAnswers, 'starter' | 'isDependency'>,
): boolean => starter || (isDependency && manifest !== null && !installed)

async function nextSteps(project: Project, answers: SetupAnswers, isInstalled: boolean): Promise<string> {
  const command = answers.starter ? starterCommand(project) : project.command
  // Without one, whoever starts the bot does so as before: dev-hook finds it on its port.
  const line = command === null ? '' : ` -- ${command}`
  const { profile } = project.config
  const which = profile === null ? '' : ` --profile ${profile}`
  const needed = answers.starter ? 'what the bot needs' : 'dev-hook, as package.json has it'
  const tellsAgents = answers.agents || (await agentFiles(project, answers)).length === 0
  const steps: readonly (readonly [string, string])[] = [
    ...(isInstalled || !needsInstall(project, answers) ? [] : ([[installCommand(project.manager), needed]] as const)),
    [`npx dev-hook sandbox${which}${line}`, 'talk to the bot, without an account'],
    [`npx dev-hook${which}${line}`, 'develop it against the platform'],
    [`npx dev-hook doctor${which}`, 'check everything that a run needs'],
    ...(tellsAgents ? [] : ([['npx dev-hook init --agents', 'tell coding agents how to try the bot']] as const)),
  ]
  const width = Math.max(...steps.map(([step]) => step.length))
  const [likely] = project.starts
  const such = likely === undefined ? '' : `, such as \`${likely.command}\``
  const either = `or let dev-hook do it: put the command that starts it after \`--\`${such}`
  const started = command === null ? [`  (start the bot yourself, on port ${answers.port}; ${either})`] : []
  return ['Next:', ...steps.map(([step, says]) => `  ${step.padEnd(width)}   ${says}`), ...started].join('\n')
}
