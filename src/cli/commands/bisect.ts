// `dev-hook bisect`: at which commit the bot began to answer a conversation differently.

import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { flagName } from '../../config/option-names.ts'
import { DevHookError } from '../../core/errors.ts'
import { isFile } from '../../core/files/exists.ts'
import { toJson } from '../../core/text/to-json.ts'
import { exportConversation } from '../../daemon/record/export/conversation.ts'
import { findById } from '../../journal/find-by-id.ts'
import { readDeliveries } from '../../journal/reader.ts'
import { type Bisected, type PlayedCommit, bisect as runBisect } from '../bisect/bisection.ts'
import { type Commit, openGit } from '../bisect/git.ts'
import { openScratch } from '../bisect/scratch.ts'
import type { CommandHandler } from '../command-line/command.ts'
import { textOf } from '../command-line/own-flags.ts'
import { EXIT_CODES } from '../exit.ts'
import { type OpenCommand, openCommand } from '../open-command.ts'
import type { Colors } from '../output/colors.ts'
import { createProgress } from '../output/progress.ts'
import { transcriptDiff } from '../output/transcript-diff.ts'
import { findRecord } from '../sandbox/find-record.ts'
import { readScripts } from '../session/sandbox-play.ts'
import { untilEndSignal } from '../session/signals.ts'

export const bisect: CommandHandler = async (call) => {
  const { io, own, words, command } = call
  const [given] = words
  if (given === undefined)
    throw new DevHookError('usage', '`dev-hook bisect` takes a transcript, a fixture, or the id of a conversation')
  if (command === null)
    throw new DevHookError('usage', '`dev-hook bisect` takes the command that starts the bot, after `--`')
  const opened = await openCommand(call)
  const { config, json, colors, redactor } = opened
  const { redact } = redactor
  const git = await openGit(config.cwd, io.env)
  const scratch = await openScratch()
  const progress = createProgress((step) => json || config.quiet || io.err(`· ${step} …`))
  try {
    const file = await fileOf(given, opened, scratch.folder)
    const found = await untilEndSignal((signal) =>
      runBisect(
        {
          git,
          scratch: scratch.folder,
          cwd: config.cwd,
          good: textOf(own, 'good'),
          bad: textOf(own, 'bad') ?? 'HEAD',
          file,
          command,
          flags: flagsOf(opened, own),
          env: io.env,
          onStep: progress.step,
          onPlayed: (played) => {
            if (json) io.out(toJson(stepJson(played, redact)))
            else if (!config.quiet) io.err(stepLine(played, colors, redact))
          },
        },
        signal,
      ).catch((error: unknown) => {
        throw signal.aborted ? cutShort() : error
      }),
    )
    io.out(json ? toJson(foundJson(found, redact)) : foundLines(found, colors).map(redact).join('\n'))
    return found.first === null ? EXIT_CODES.failed : EXIT_CODES.ended
  } finally {
    progress.end()
    await scratch.close()
  }
}

const cutShort = (): DevHookError =>
  new DevHookError('interrupted', 'the bisection was cut short', { remedy: 'nothing is left of it; start it again' })

/** The file with the conversation: the one that is named, which has to be readable, or one that is made of what was recorded. */
async function fileOf(given: string, { config, stateHome }: OpenCommand, scratch: string): Promise<string> {
  const path = resolve(config.cwd, given)
  if (await isFile(path)) {
    await readScripts({ play: given }, config.cwd)
    return path
  }
  // Nothing has been recorded anywhere: it is not a conversation then.
  const folder = await findRecord({ config, stateHome, choice: 'by rule' }).then(
    (record) => record.folder,
    () => null,
  )
  const recorded = folder === null ? [] : await readDeliveries(folder)
  const ids = new Set(recorded.flatMap(({ label }) => label.conversation ?? []))
  const conversation = findById([...ids], (id) => id, given)
  if (folder === null || conversation === null) {
    throw new DevHookError('usage', `\`${given}\` is neither a file nor a conversation that was recorded`)
  }
  // It does not leave this machine, and goes at the end.
  const { fixture } = await exportConversation({ folder, conversation, redact: null, withPeople: true })
  const file = join(scratch, 'conversation.json')
  await writeFile(file, toJson(fixture), { mode: 0o600 })
  return file
}

/** What is passed on to the sandbox of each commit. */
function flagsOf({ config }: OpenCommand, own: Readonly<Record<string, unknown>>): readonly string[] {
  const options = (['port', 'path'] as const).flatMap((key) =>
    config.sources[key]?.startsWith('--') === true ? [`--${flagName(key)}`, String(config[key])] : [],
  )
  const more = (['arrival', 'timeout'] as const).flatMap((flag) => {
    const value = textOf(own, flag)
    return value === null ? [] : [`--${flag}`, value]
  })
  return [...options, ...more]
}

const SIGNS = { good: 'as recorded', bad: 'differs', skip: 'skipped' } as const

function stepLine({ commit, outcome, reason }: PlayedCommit, colors: Colors, redact: (text: string) => string): string {
  const mark = { good: colors.green('✓'), bad: colors.red('✗'), skip: colors.yellow('–') }[outcome]
  return `${mark} ${named(commit)}: ${SIGNS[outcome]}${reason === null ? '' : ` (${redact(reason)})`}`
}

const named = ({ id, subject }: Commit): string => `${id.slice(0, 7)} ${subject}`

function stepJson({ commit, outcome, reason }: PlayedCommit, redact: (text: string) => string) {
  const time = new Date().toISOString()
  return {
    type: 'bisect-step',
    time,
    commit: commit.id,
    subject: commit.subject,
    outcome,
    reason: reason && redact(reason),
  }
}

function foundJson(found: Bisected, redact: (text: string) => string) {
  const { first, suspects, before, after, played, skipped, commits } = found
  return {
    type: 'bisected',
    time: new Date().toISOString(),
    commit: first?.commit ?? null,
    suspects,
    before: { commit: before.commit.id, transcript: before.transcript && redact(before.transcript) },
    after: { commit: after.commit.id, transcript: after.transcript && redact(after.transcript), reason: after.reason },
    played,
    skipped,
    commits,
  }
}

function foundLines({ first, suspects, before, after, ...counts }: Bisected, colors: Colors): readonly string[] {
  const { played, skipped, commits } = counts
  const found =
    first === null
      ? [
          'the bot began to answer differently at one of these commits; those in between could not be played:',
          ...suspects.map((commit) => `  ${named(commit)}`),
        ]
      : [
          `${colors.bold(named(first.commit))} is the first commit at which the bot answers differently`,
          `  ${first.commit.author}, ${first.commit.date}`,
          ...(first.commit.isMerge
            ? [
                `  a merge: look into its branch with \`--good ${first.commit.id.slice(0, 7)}^1 --bad ${first.commit.id.slice(0, 7)}^2\``,
              ]
            : []),
        ]
  const difference =
    after.transcript === null
      ? [`  ${after.reason ?? 'the bot ended'}`]
      : transcriptDiff(before.transcript ?? '', after.transcript, colors).map((line) => `    ${line}`)
  const skips = skipped === 0 ? '' : `, ${skipped} skipped`
  return [...found, ...difference, `${played} commits played${skips}; ${commits} were in question`]
}
