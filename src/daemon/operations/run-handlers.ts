// What does the work of the operations that every run has.
import type { Delivery } from '../../core/delivery.ts'
import { DevHookError } from '../../core/errors.ts'
import { MAX_BODY_BYTES } from '../../core/limits.ts'
import { jsonMistake } from '../../core/text/parse-json.ts'
import { oneLine } from '../../core/text/sanitize.ts'
import type { Handlers, OutputOf, RunOperation } from '../../inspector/operations/table.ts'
import type { RunJournal } from '../../journal/journal.ts'
import type { DeliveryDetail } from '../../journal/reader.ts'
import { deliveryDetail, deliveryRow } from '../record/delivery-json.ts'
import type { Run } from '../run.ts'
import type { PrintedLines } from '../running/bot-output.ts'
import type { ReplayOnSave } from '../running/replay-on-save.ts'
import { createExport } from './export-recorded.ts'
import { listDeliveries } from './list-deliveries.ts'
import { runStatus } from './run-status.ts'
import { judgeSignature } from './signature-verdict.ts'
import type { Triggering } from './triggering.ts'
import { createVerify } from './verify-signature.ts'

/** What some of the operations are about, beside the parts of the run. */
interface Helpers {
  readonly botId: string
  readonly events: Triggering['handlers']
  readonly replayOnSave: ReplayOnSave
  readonly printed: PrintedLines
}

/** Creates the handlers of a run, whose journal is open. */
export function createRunHandlers(
  run: Pick<Run, 'parts' | 'options' | 'control'>,
  journal: RunJournal,
  { botId, events, replayOnSave, printed }: Helpers,
): Handlers<RunOperation> {
  const { parts, options, control } = run
  const { redact } = options.redactor
  const { config } = options
  const secret = (): string | null => parts.registration?.secret() ?? config.secret

  async function find(id: string): Promise<DeliveryDetail> {
    const found = await journal.detail(id)
    if (found === null) throw new DevHookError('deliveryUnknown', `no delivery ${id} is recorded`)
    return found
  }

  const holding = async (): Promise<OutputOf<'hold'>> => ({
    holding: parts.link?.reason() ?? null,
    waiting: parts.traffic?.queue.waiting ?? 0,
  })

  return {
    status: async () => runStatus(run, botId),
    deliveries: (input, signal) => listDeliveries(journal, input, (summary) => deliveryRow(summary, redact), signal),
    delivery: async ({ id }) => {
      const found = await find(id)
      return { ...deliveryDetail(found, redact), signature: await judgeSignature(found.delivery, secret()) }
    },
    replay: async ({ id, body }, signal) => {
      const { summary, delivery } = await find(id)
      if (body !== null) checkEdited(body, delivery)
      return control.replay(summary.id, body === null ? null : bytesOf(body), signal)
    },
    replayConversation: async ({ conversation, from }, signal) => {
      const replayed: OutputOf<'replay'>[] = []
      for (const id of idsIn(journal, conversation, from)) {
        signal.throwIfAborted()
        replayed.push(await control.replay(id, null, signal))
      }
      return { replayed }
    },
    replayOnSave: async ({ on, id }) => {
      const wished = id === null ? null : (await find(id)).summary
      if (wished?.settled === 'rejected')
        throw new DevHookError(
          'replayRefused',
          `delivery ${wished.id} was rejected, so it is not replayed to the bot either`,
        )
      replayOnSave.set(on ? { id: wished?.id ?? null } : null)
      return { replayOnSave: replayOnSave.current() }
    },
    checkJson: async ({ text }) => ({ mistake: jsonMistake(text) }),
    verify: createVerify(find, () => ({ webhook: secret(), bot: parts.traffic?.botSecret() ?? config.secret })),
    output: async ({ since, until, limit }) => ({
      lines: printed
        .list()
        .filter(isBetween(since, until))
        .slice(-(limit ?? 200))
        .map(({ line, ...rest }) => ({ ...rest, line: oneLine(redact(line)) })),
    }),
    ...events,
    inject: ({ body }) => control.inject(bytesOf(body)),
    hold: () => {
      control.hold()
      return holding()
    },
    release: () => {
      control.release()
      return holding()
    },
    restart: async () => ({ restarting: control.restartBot() }),
    export: createExport(run, journal, { find, secret }),
  }
}

function bytesOf(body: string): Buffer {
  const bytes = Buffer.from(body)
  if (bytes.length <= MAX_BODY_BYTES) return bytes
  throw new DevHookError('usage', `\`body\` is longer than ${MAX_BODY_BYTES} bytes`)
}

/** Refuses another body that is not JSON where the recorded one is. Throws `usage` with line and column. */
function checkEdited(body: string, { body: recorded }: Delivery): void {
  const mistake = jsonMistake(body)
  if (mistake === null || jsonMistake(recorded.toString('utf8')) !== null) return
  const { line, column, message } = mistake
  throw new DevHookError('usage', `the body is no longer JSON at line ${line}, column ${column}: ${message}`, {
    remedy: 'mend it; nothing was sent',
  })
}

/** Whether something happened between two times; `null` for no bound. */
function isBetween(since: string | null, until: string | null): (of: { readonly time: string }) => boolean {
  const [from, to] = [since === null ? -Infinity : Date.parse(since), until === null ? Infinity : Date.parse(until)]
  return ({ time }) => Date.parse(time) >= from && Date.parse(time) <= to
}

/** The ids of what a conversation has brought, oldest first; without what the guard kept from the bot, and edited copies. */
function idsIn(journal: RunJournal, conversation: string, from: string | null): readonly string[] {
  const found = [...journal.summaries()]
    .filter(
      ({ label, settled, editOf }) => label.conversation === conversation && settled !== 'rejected' && editOf === null,
    )
    .map(({ id }) => id)
    .reverse()
  if (found.length === 0)
    throw new DevHookError('deliveryUnknown', `no delivery of conversation ${conversation} is recorded`)
  const start = from === null ? 0 : found.indexOf(from)
  if (start === -1) throw new DevHookError('deliveryUnknown', `delivery ${from} is not of conversation ${conversation}`)
  return found.slice(start)
}
