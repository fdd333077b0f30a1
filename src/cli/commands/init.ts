// The command `dev-hook init`: sets a folder up, asking only what cannot be found out.
import type { Config } from '../../config/load.ts'
import { DevHookError } from '../../core/errors.ts'
import { portOf, startLine } from '../../onboarding/conclusions.ts'
import { defaultAnswers, missingIn, tryFound } from '../../onboarding/defaults.ts'
import { type Folder, lookAround } from '../../onboarding/inspect-project.ts'
import { installPackages } from '../../onboarding/install.ts'
import { type Answers, type PlannedFile, planFiles } from '../../onboarding/plan.ts'
import { STARTER_COMMAND } from '../../onboarding/starter.ts'
import { writeAll } from '../../onboarding/write-all.ts'
import type { Call, CommandHandler } from '../command.ts'
import { EXIT_CODES } from '../exit.ts'
import { interview } from '../init/interview.ts'
import { preview } from '../init/preview.ts'
import type { Prompter } from '../init/prompter.ts'
import { createPlainReporter, type Reporter } from '../init/reporter.ts'
import { wantsColor } from '../io.ts'
import { openCommand } from '../open-command.ts'
import { colorsFor } from '../output/colors.ts'
import { untilEndSignal } from '../session/signals.ts'

export const init: CommandHandler = async (call) => {
  const { io } = call
  const { config } = await openCommand(call)
  const folder = await lookAround(config, io)
  if (io.interactive && !config.yes) {
    const { openPrompter } = await import('../init/prompter.ts')
    return withSomebody(call, folder, openPrompter())
  }
  return alone(call, folder)
}

async function withSomebody(call: Call, folder: Folder, prompter: Prompter): Promise<number> {
  prompter.intro('dev-hook init')
  prompter.report('info', `In ${folder.cwd}: ${foundIn(folder)}`)
  const { answers, files } = await agree(call, folder, prompter).catch((error: unknown) => {
    if (!isGivenUp(error)) throw error
    const remedy = 'nothing was written; run it again whenever you like'
    throw new DevHookError('interrupted', error.message, { cause: error, remedy })
  })
  if (files === null) {
    prompter.outro('Nothing was written.')
    return EXIT_CODES.ended
  }
  if (files.length > 0) await write(folder, files, prompter)
  if (answers.starter) return tryStarter(call, folder, answers, prompter)
  return tryLive(call, folder, answers, prompter)
}

const isGivenUp = (error: unknown): error is DevHookError => error instanceof DevHookError && error.is('interrupted')

/** Asks what to write, and whether to; no files when the answer is no. */
async function agree(
  call: Call,
  folder: Folder,
  prompter: Prompter,
): Promise<{ readonly answers: Answers; readonly files: readonly PlannedFile[] | null }> {
  const answers = await interview(folder, prompter, new AbortController().signal)
  const files = await planFiles(folder, answers)
  if (files.length === 0) {
    prompter.report('success', 'Everything is there already; nothing is written.')
    return { answers, files }
  }
  show(files, folder.config, call, prompter)
  return { answers, files: (await prompter.yes('Write this?', true)) ? files : null }
}

/** Takes what was found. Throws `usage` with what is missing, unless `--yes` says to go on without it. */
async function alone(call: Call, folder: Folder): Promise<number> {
  const { config } = folder
  const reporter = createPlainReporter(call.io)
  const found = await tryFound(folder, new AbortController().signal)
  if (found.is === 'bad') throw found.error
  if (found.is === 'unknown') reporter.report('warn', `the token is not checked: ${found.error.message}`)
  const tried = found.is === 'good' ? found.tried : null
  const missing = missingIn(folder, tried)
  if (missing.length > 0 && !config.yes) {
    throw new DevHookError('usage', `there is no terminal to ask at, and this is missing:\n${missing.join('\n')}`, {
      remedy: 'put it into `.env` and start again, or continue without it: `dev-hook init --yes`',
    })
  }
  const answers = defaultAnswers(folder, tried)
  const files = await planFiles(folder, answers)
  if (files.length === 0) reporter.report('success', 'Everything is there already; nothing is written.')
  else {
    show(files, config, call, reporter)
    await write(folder, files, reporter)
  }
  for (const name of missing) reporter.report('warn', `still missing (the sandbox does not need it): ${name}`)
  reporter.outro(nextSteps(folder, answers, false))
  return EXIT_CODES.ended
}

function foundIn(folder: Folder): string {
  const { chipchat, entry, configFile } = folder
  const { port, sure } = portOf(folder)
  const found = [
    ...(chipchat === null ? [] : [`chipchat ${chipchat}`]),
    ...(entry === null ? [] : [entry.name]),
    ...(sure ? [`port ${port}`] : []),
    ...(configFile === null ? [] : [configFile.name]),
  ]
  return found.length === 0 ? 'no bot yet' : found.join(', ')
}

function show(files: readonly PlannedFile[], { color }: Config, { io }: Call, reporter: Reporter): void {
  const colors = colorsFor(wantsColor(color, io))
  for (const file of files) reporter.report('step', preview(file, colors))
}

async function write({ cwd }: Folder, files: readonly PlannedFile[], reporter: Reporter): Promise<void> {
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

async function tryStarter(call: Call, folder: Folder, answers: Answers, prompter: Prompter): Promise<number> {
  const { cwd } = folder
  const install = await offer(prompter, 'Install what the bot needs with npm?', true)
  if (install) await installPackages(cwd, call.io.env)
  const talk = install && (await offer(prompter, 'Talk to the bot in the sandbox now?', true))
  prompter.outro(nextSteps(folder, answers, install))
  if (!talk) return EXIT_CODES.ended
  const { sandbox } = await import('./sandbox.ts')
  return sandbox({ ...call, options: { cwd }, own: {}, words: [], command: STARTER_COMMAND.split(' ') })
}

async function tryLive(call: Call, folder: Folder, answers: Answers, prompter: Prompter): Promise<number> {
  const { config, token, ngrokAuthtoken } = folder
  const tunnel = config.url !== null || config.tunnel !== 'ngrok' || (ngrokAuthtoken ?? answers.ngrokAuthtoken) !== null
  const ready = tunnel && (token ?? answers.token) !== null
  const question = 'Try a whole round now: open the tunnel, claim the webhook, verify it, put it back?'
  const live = ready && (await offer(prompter, question, false))
  prompter.outro(nextSteps(folder, answers, true))
  if (!live) return EXIT_CODES.ended
  const { doctor } = await import('./doctor.ts')
  return doctor({ ...call, options: { ...call.options, cwd: config.cwd }, own: { live: true }, words: [] })
}

function nextSteps(folder: Folder, { starter }: Answers, installed: boolean): string {
  const line = starter ? STARTER_COMMAND : (startLine(folder) ?? 'node bot.js')
  const { profile } = folder.config
  const which = profile === null ? '' : ` --profile ${profile}`
  const steps: readonly (readonly [string, string])[] = [
    ...(installed || !starter ? [] : ([['npm install', 'what the bot needs']] as const)),
    [`npx dev-hook sandbox${which} -- ${line}`, 'talk to the bot, without an account'],
    [`npx dev-hook${which} -- ${line}`, 'develop it against the platform'],
    [`npx dev-hook doctor${which}`, 'check everything that a run needs'],
  ]
  const width = Math.max(...steps.map(([command]) => command.length))
  return ['Next:', ...steps.map(([command, says]) => `  ${command.padEnd(width)}   ${says}`)].join('\n')
}
