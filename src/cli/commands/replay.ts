// `dev-hook replay`: recorded deliveries to the bot again, one after the other.

import { homedir } from 'node:os'
import { stateHome } from '../../config/state-home.ts'
import { isSuccess } from '../../core/delivery.ts'
import { formatDuration } from '../../core/duration.ts'
import { asDevHookError, DevHookError } from '../../core/errors.ts'
import { whoAmI } from '../../core/instance-name.ts'
import { createNotices, errorNotice } from '../../core/notices.ts'
import type { Replayed } from '../../core/ports.ts'
import { createRedactor } from '../../core/redact.ts'

import { findRecordedBot } from '../../daemon/offline/find-bot.ts'
import { type OpenReplays, openReplays } from '../../daemon/offline/replay-client.ts'
import { readDeliveries, readDelivery } from '../../journal/reader.ts'
import type { Summary } from '../../journal/summary.ts'
import type { CommandHandler } from '../command.ts'
import { editBody } from '../events/edit-body.ts'
import { readSelection, select } from '../events/replay-selection.ts'
import { EXIT_CODES } from '../exit.ts'
import { type Io, wantsColor, wantsJson } from '../io.ts'
import { loadFor } from '../load-config.ts'
import { type Paint, paintFor } from '../output/colors.ts'
import { statusWord } from '../output/event-words.ts'
import { createJsonLines } from '../output/json-lines.ts'
import { createProgress, type Progress } from '../output/progress.ts'
import { redactNotice } from '../output/redact-notice.ts'
import { printable } from '../output/sanitize.ts'
import { createTerminal } from '../output/terminal.ts'
import { onEndSignals } from '../session/signals.ts'

export const replay: CommandHandler = async (call) => {
  const { io, own, words } = call
  const selection = readSelection(words, own)
  const config = await loadFor(call)
  const folder = await findRecordedBot(config, stateHome(io.env, io.platform, homedir()))
  const chosen = select(await readDeliveries(folder), selection)
  const body = own['edit'] === true ? await edit(folder, chosen, io) : null

  const json = wantsJson(config.json, io)
  const { redact } = createRedactor([config.token, config.refreshToken, config.secret])
  const notices = createNotices()
  const print = json
    ? createJsonLines(io.out, io.err)
    : createTerminal({ write: io.err, color: wantsColor(config.color, io), quiet: config.quiet, verbose: false })
  notices.on((notice) => print(redactNotice(notice, redact)))
  const paint = paintFor(wantsColor(config.color, { env: io.env, errIsTerminal: io.outIsTerminal }))
  const line = json ? jsonLine : (replayed: Replayed, summary: Summary) => textLine(replayed, summary, paint)
  const progress = createProgress((id) => json || config.quiet || io.err(`· ${id} waits for the bot …`))

  const replays = await openReplays({ folder, config, who: whoAmI(), emit: notices.emit })
  const end = new AbortController()
  const offSignals = onEndSignals(() => end.abort(), process.exit)
  try {
    const failed = await replayAll({
      replays,
      chosen,
      body,
      progress,
      ended: end.signal,
      done: (replayed, summary) => io.out(line(replayed, summary)),
      refused: (error) => notices.emit(errorNotice(error)),
    })
    return failed === 0 ? EXIT_CODES.ended : EXIT_CODES.failed
  } finally {
    progress.end()
    await replays.close()
    offSignals()
  }
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
  let taken = 0
  for (const summary of chosen) {
    if (ended.aborted) break
    progress.step(summary.id)
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
  }
  return chosen.length - taken
}

async function edit(folder: string, chosen: readonly Summary[], io: Io): Promise<Buffer | null> {
  const [only, ...others] = chosen
  if (only === undefined || others.length > 0)
    throw new DevHookError('usage', `\`--edit\` takes one delivery, and ${chosen.length} fit`)
  const recorded = await readDelivery(folder, only.id)
  if (recorded === null) throw new DevHookError('deliveryUnknown', `no delivery ${only.id} is recorded`)
  return editBody(recorded.delivery.body, io)
}

/** `<id> message.create.contact.chat 200 45ms` */
function textLine({ id, outcome, status, ms, reason }: Replayed, { label }: Summary, paint: Paint): string {
  const result = status === null ? paint.red(outcome) : statusWord(status, paint)
  const why = reason === null ? '' : ` ${printable(reason)}`
  return `${id} ${printable(label.event ?? '(no event)', 80)} ${result} ${paint.dim(formatDuration(ms))}${why}`
}

function jsonLine({ id, n, outcome, status, ms, reason }: Replayed, { label }: Summary): string {
  const { event, conversation } = label
  return JSON.stringify({
    type: 'attempt',
    time: new Date().toISOString(),
    id,
    n,
    outcome,
    status,
    ms,
    event,
    conversation,
    reason,
  })
}
