// What does the work of the operations that every run has.
import { targetUrl } from '../../config/target.ts'
import { DevHookError } from '../../core/errors.ts'
import { MAX_BODY_BYTES } from '../../core/limits.ts'
import type { Handlers, OutputOf, RunOperation } from '../../inspector/operations/table.ts'
import type { RunJournal } from '../../journal/journal.ts'
import type { DeliveryDetail } from '../../journal/reader.ts'
import { deliveryDetail, deliveryRow } from '../record/delivery-json.ts'
import { withoutSecrets } from '../record/export/exported.ts'
import { EXPORTS } from '../record/export/exports.ts'
import type { Run } from '../run.ts'
import { forBot } from '../traffic/replay-rules.ts'
import { listDeliveries } from './list-deliveries.ts'
import { runStatus } from './run-status.ts'
import { judgeSignature } from './signature-verdict.ts'
import type { Triggering } from './triggering.ts'

/** Creates the handlers of a run, whose journal is open. */
export function createRunHandlers(
  run: Pick<Run, 'parts' | 'options' | 'control'>,
  journal: RunJournal,
  events: Triggering['handlers'],
): Handlers<RunOperation> {
  const { parts, options, control } = run
  const { redact } = options.redactor
  const secret = (): string | null => parts.registration?.secret() ?? options.config.secret

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
    status: async () => runStatus(run),
    deliveries: (input, signal) => listDeliveries(journal, input, (summary) => deliveryRow(summary, redact), signal),
    delivery: async ({ id }) => {
      const found = await find(id)
      return { ...deliveryDetail(found, redact), signature: judgeSignature(found.delivery, secret()) }
    },
    replay: async ({ id, body }, signal) => {
      const { summary } = await find(id)
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
    export: async ({ id, as }) => {
      const { summary, delivery } = await find(id)
      const { config } = options
      const whole = forBot(delivery, null, parts.traffic?.botSecret() ?? config.secret)
      const { delivery: clean } = withoutSecrets(whole, redact, secret())
      return { text: EXPORTS[as]({ delivery: clean, label: summary.label, url: targetUrl(config.target) }) }
    },
  }
}

function bytesOf(body: string): Buffer {
  const bytes = Buffer.from(body)
  if (bytes.length <= MAX_BODY_BYTES) return bytes
  throw new DevHookError('usage', `\`body\` is longer than ${MAX_BODY_BYTES} bytes`)
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
