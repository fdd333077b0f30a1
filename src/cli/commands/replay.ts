// `dev-hook replay`: recorded deliveries to the bot again, one after the other.
import { isSuccess, type Label, type Summary } from '../../core/delivery.ts'
import { asDevHookError, DevHookError } from '../../core/errors.ts'
import { errorNotice } from '../../core/notices.ts'
import type { Replayed } from '../../core/ports.ts'
import { formatDuration } from '../../core/text/duration.ts'
import { sanitize } from '../../core/text/sanitize.ts'
import { type OpenReplays, openReplays } from '../../daemon/offline/replay-client.ts'
import { redactLabel } from '../../daemon/record/delivery-json.ts'
import { readDeliveries, readDelivery } from '../../journal/reader.ts'
import { identify } from '../../protocol/payload.ts'
import type { CommandHandler } from '../command-line/command.ts'
import { attemptJson } from '../events/attempt-json.ts'
import { editBody } from '../events/edit-body.ts'
import { readSelection, select } from '../events/replay-selection.ts'
import type { RowStyle } from '../events/row.ts'
import { withWholeConversation } from '../events/whole-conversation.ts'
import { EXIT_CODES } from '../exit.ts'
import type { Io } from '../io.ts'
import { openCommand } from '../open-command.ts'
import { openNotices } from '../output/output.ts'
import { createProgress, type Progress } from '../output/progress.ts'
import { findRecord } from '../sandbox/find-record.ts'
import { readSandboxChoice } from '../sandbox/running-sandboxes.ts'
import { saySandbox } from '../sandbox/say-sandbox.ts'
import { eventWords, SHORT_ID, shortId, statusWord } from '../screen/event-words.ts'
import { widthOf } from '../screen/text-width.ts'
import { untilEndSignal } from '../session/signals.ts'

export const replay: CommandHandler = async (call) => {
  const { io, own, words } = call
  // Wrong words are refused before anything is read.
  readSelection(words, own)
  const choice = readSandboxChoice(own['sandbox'])
  const opened = await openCommand(call)
  const { config, json, colors, who, redactor } = opened
  const { folder, sandbox } = await findRecord({ config, stateHome: opened.stateHome, choice })
  saySandbox(sandbox, { config, json, io })
  const recorded = await readDeliveries(folder)
  const selected = select(recorded, readSelection(words, withWholeConversation(own, recorded)))
  const edited = own['edit'] === true ? await edit(folder, selected, io) : null
  const body = edited?.body ?? null
  // What is shown is what is sent.
  const chosen = edited === null ? selected : selected.map((summary) => ({ ...summary, label: edited.label }))

  const notices = openNotices(opened, io)
  const style = (): RowStyle => ({ colors, redact: redactor.redact, columns: io.columns('out') })
  const line = (replayed: Replayed, summary: Summary): string =>
    json ? attemptJson(replayed, summary.label) : textLine(replayed, summary, style())
  const progress = createProgress((id) => json || config.quiet || io.err(`· ${id} is waiting for the bot …`))

  const replays = await openReplays({ folder, config, who, emit: notices.emit })
  return untilEndSignal(async (ended) => {
    try {
      const failed = await replayAll({
        replays,
        chosen,
        body,
        progress,
        ended,
        done: (replayed, summary) => io.out(line(replayed, summary)),
        refused: (error) => notices.emit(errorNotice(error)),
      })
      return failed === 0 ? EXIT_CODES.ended : EXIT_CODES.failed
    } finally {
      progress.end()
      await replays.close()
    }
  })
}

interface Batch {
  readonly replays: OpenReplays
  readonly chosen: readonly Summary[]
  readonly body: Buffer | null
  readonly progress: Progress
  readonly ended: AbortSignal
  readonly done: (replayed: Replayed, summary: Summary) => void
  /** It was not tried, and why. */
  readonly refused: (error: DevHookError) => void
}

/** Gives how many of them the bot did not take. */
async function replayAll({ replays, chosen, body, progress, ended, done, refused }: Batch): Promise<number> {
  let [taken, tried] = [0, 0]
  for (const summary of chosen) {
    if (ended.aborted) break
    progress.step(shortId(summary.id))
    try {
      const replayed = await replays.replay(summary.id, body, ended)
      done(replayed, summary)
      if (replayed.status !== null && isSuccess(replayed.status)) taken += 1
    } catch (thrown) {
      const error = asDevHookError(thrown)
      if (ended.aborted) break
      if (!error.is('replayRefused', 'deliveryUnknown', 'stateDamaged')) throw error
      refused(error)
    }
    tried += 1
  }
  if (tried < chosen.length)
    refused(new DevHookError('interrupted', `ended after ${tried} of ${chosen.length}`, AT_BOT))
  return chosen.length - taken
}

/** One may be under way when the signal comes, and its answer is recorded all the same where a run has sent it. */
const AT_BOT = { remedy: 'see `dev-hook events` for what became of the one that was at the bot' }

/** The body as a person has edited it, and what the delivery says with it; `null` when nothing was changed. */
async function edit(
  folder: string,
  chosen: readonly Summary[],
  io: Io,
): Promise<{ readonly body: Buffer; readonly label: Label } | null> {
  const [only, ...others] = chosen
  if (only === undefined || others.length > 0)
    throw new DevHookError('usage', `\`--edit\` takes one delivery, but ${chosen.length} match`)
  const recorded = await readDelivery(folder, only.id)
  if (recorded === null) throw new DevHookError('deliveryUnknown', `no delivery ${only.id} is recorded`)
  const { delivery } = recorded
  const body = await editBody(delivery.body, io)
  return body === null ? null : { body, label: identify({ ...delivery, body }).label }
}

/** `3fa9c2 message.create.contact.chat Jenny "hi there" 200 45ms` */
function textLine({ id, editOf, outcome, status, ms, reason }: Replayed, { label }: Summary, style: RowStyle): string {
  const { colors, redact, columns } = style
  const result = status === null ? colors.red(outcome) : statusWord(status, colors)
  const why = reason === null ? '' : ` ${sanitize(reason)}`
  const of = editOf === undefined ? '' : colors.dim(` (edited copy of ${shortId(editOf)})`)
  const end = `${result} ${colors.dim(formatDuration(ms))}${of}${why}`
  const words = eventWords(redactLabel(label, redact), colors, columns - widthOf(end) - SHORT_ID - 2)
  return `${shortId(id)} ${words} ${end}`
}
