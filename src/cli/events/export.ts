// `dev-hook events export`: one delivery, or the conversation that is meant, in the form that was asked for.
import type { Config } from '../../config/load.ts'
import { targetUrl } from '../../config/target.ts'
import { DevHookError } from '../../core/errors.ts'
import type { Redact } from '../../core/text/redact.ts'
import { type Exported, withoutSecrets } from '../../daemon/record/export/exported.ts'
import { EXPORTS, isExport } from '../../daemon/record/export/exports.ts'
import { forBot } from '../../daemon/traffic/replay/replay-rules.ts'
import type { DeliveryDetail } from '../../journal/reader.ts'
import type { Call } from '../command-line/command.ts'
import { textOf } from '../command-line/own-flags.ts'
import type { Io } from '../io.ts'
import { runningTarget } from '../sandbox/find-run.ts'
import { CONVERSATION_FORMS, conversationExport } from './conversation-export.ts'

/** What is exported from, and where it goes. */
interface ExportView {
  readonly folder: string
  readonly config: Config
  readonly io: Io
  readonly redact: Redact
}

/** Finds a recorded delivery. Rejects with `deliveryUnknown`. */
type Find = (view: ExportView, id: string) => Promise<DeliveryDetail>

/** What writes a delivery or a conversation, by its id, as a command line asks for. Throws `usage`. */
export function exportOf(call: Call, find: Find): (view: ExportView, id: string) => Promise<void> {
  const format = textOf(call.own, 'as')
  const forms = new Set([...Object.keys(EXPORTS), ...CONVERSATION_FORMS])
  if (format === null || !forms.has(format)) {
    throw new DevHookError('usage', `\`--as\` is one of ${[...forms].join(', ')}`)
  }
  const withSecrets = call.own['withSecrets'] === true
  const talk = conversationExport(call, format)
  return async (view, id) => {
    if (talk !== null && (await talk(view, id))) return
    if (!isExport(format)) throw new DevHookError('deliveryUnknown', `no conversation ${id} is recorded`)
    const recorded = await find(view, id)
    view.io.out(EXPORTS[format](exported(view, recorded, await urlFor(call, view), withSecrets)))
  }
}

/** Where the bot is: as this command line says, else where the run that recorded it has it, which may have found its port taken. */
async function urlFor({ options }: Call, { folder, config }: ExportView): Promise<string> {
  const isGiven = options.port !== undefined || options.path !== undefined || options.forwardTo !== undefined
  return (isGiven ? null : await runningTarget(folder)) ?? targetUrl(config.target)
}

function exported(
  { io, redact, config }: ExportView,
  { summary, delivery }: DeliveryDetail,
  url: string,
  withSecrets: boolean,
): Exported {
  const { secret, quiet } = config
  const whole = { delivery: forBot(delivery, null, secret), label: summary.label, url }
  if (withSecrets) return whole
  // An export is made to be passed on.
  const clean = withoutSecrets(whole.delivery, redact, secret)
  const stale = clean.stale ? ', and the signature is not right without them' : ''
  if (clean.hidden && !quiet) io.err(`secrets are left out, or [redacted]${stale}; \`--with-secrets\` exports them too`)
  return { ...whole, delivery: clean.delivery }
}
