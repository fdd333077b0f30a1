// `dev-hook trigger`: makes an event as the platform would, and sends it.
import { createEvent, type EventRequest } from '../../config/events/create-event.ts'
import { readOwnBody } from '../../config/events/own-body.ts'
import { readTemplates } from '../../config/events/read-templates.ts'
import { monotonic } from '../../core/async.ts'
import { sanitize } from '../../core/text/sanitize.ts'
import { toJson } from '../../core/text/to-json.ts'
import type { EventTemplates } from '../../protocol/templates/template.ts'
import type { CommandHandler } from '../command-line/command.ts'
import type { RowStyle } from '../events/row.ts'
import { EXIT_CODES } from '../exit.ts'
import { readInput } from '../input.ts'
import { type OpenCommand, openCommand } from '../open-command.ts'
import { createProgress } from '../output/progress.ts'
import { untilEndSignal } from '../session/signals.ts'
import { readTriggerFlags, type TriggerFlags } from '../trigger/flags.ts'
import { sentJson, sentLine, templateJson, templateLines, totalsJson, totalsLine } from '../trigger/lines.ts'
import { localContext } from '../trigger/local-context.ts'
import { openSender } from '../trigger/open-sender.ts'
import { sendAll } from '../trigger/send-all.ts'

/** How many may be under way at a rate. */
const AT_ONCE = 64

export const trigger: CommandHandler = async (call) => {
  const { io, words, own } = call
  // Wrong words are refused before anything is read.
  const flags = readTriggerFlags(words, own)
  const opened = await openCommand(call)
  const { json, colors, config } = opened
  const templates = await readTemplates()
  if (flags.list) {
    const lines = json
      ? templates.templates.map(templateJson)
      : templateLines(templates.templates, colors, io.columns('out'))
    lines.forEach(io.out)
    return EXIT_CODES.ended
  }
  const raw = flags.file === null ? null : await readInput(flags.file, config.cwd)
  const request = requestOf(flags, raw)
  // A run knows its own conversations.
  const isMadeHere = flags.to !== null || flags.dryRun
  const context = await localContext(opened, isMadeHere ? flags : { ...flags, conversation: null })
  // What is wrong with it is said before anything is sent, and without anybody to send it to.
  const { payload, notes } = createEvent(templates, request, context())
  const noted = new Set<string>()
  const show = (found: readonly string[] = []): void => {
    for (const note of found) if (!noted.has(note) && !config.quiet) io.err(`note: ${sanitize(note)}`)
    found.forEach((note) => noted.add(note))
  }
  show(notes)
  if (flags.dryRun) {
    io.out(json ? toJson(payload) : JSON.stringify(payload, null, 2))
    return EXIT_CODES.ended
  }
  return send(call.io, opened, flags, { request, raw: asItIs(flags) ? raw : null, templates, context, show })
}

function requestOf({ event, text, set, deliveryId, file }: TriggerFlags, raw: Buffer | null): EventRequest {
  const body = raw === null ? null : readOwnBody(raw, file === '-' ? 'standard input' : (file ?? ''))
  return { event, text, set, deliveryId, body }
}

/** Whether a body is sent byte for byte. */
const asItIs = ({ text, set, deliveryId }: TriggerFlags): boolean =>
  deliveryId === 'own' && set.length === 0 && text === null

interface ToSend {
  readonly request: EventRequest
  /** The bytes that are sent as they are; `null` for what the request makes. */
  readonly raw: Buffer | null
  readonly templates: EventTemplates
  readonly context: Awaited<ReturnType<typeof localContext>>
  /** Shows what somebody should know, once. */
  readonly show: (notes?: readonly string[]) => void
}

async function send(
  io: Parameters<CommandHandler>[0]['io'],
  opened: OpenCommand,
  flags: TriggerFlags,
  { request, raw, templates, context, show }: ToSend,
): Promise<number> {
  const { json, colors, config, redactor } = opened
  const { count, rate, to } = flags
  const style = (): RowStyle => ({ colors, redact: redactor.redact, columns: io.columns('out') })
  const progress = createProgress((what) => json || config.quiet || io.err(`· ${what} is waiting for the bot …`))
  return untilEndSignal(async (ended) => {
    const sender = await openSender({ opened, io, flags, templates, context, atOnce: AT_ONCE }, ended)
    const began = monotonic()
    try {
      const tally = await sendAll({
        count,
        rate,
        ended,
        atOnce: AT_ONCE,
        send: (n) => {
          progress.step(count === 1 ? 'the event' : `event ${n} of ${count}`)
          return sender.send(request, raw, ended)
        },
        done: (sent) => {
          show(sent.notes)
          io.out(json ? sentJson(sent) : sentLine(sent, style(), to === null))
        },
      })
      progress.end()
      const ms = monotonic() - began
      if (count > 1 && json) io.out(totalsJson(tally, count, ms))
      else if (count > 1 && !config.quiet) io.err(totalsLine(tally, count, ms))
      return tally.taken === count ? EXIT_CODES.ended : EXIT_CODES.failed
    } finally {
      progress.end()
      await sender.close()
    }
  })
}
