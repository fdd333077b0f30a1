// Where events go: straight to a URL, or into the run of this bot.
import { DevHookError } from '../../core/errors.ts'
import type { EventTemplates, TemplateContext } from '../../protocol/templates/template.ts'
import type { Io } from '../io.ts'
import type { OpenCommand } from '../open-command.ts'
import type { TriggerFlags } from './flags.ts'
import type { Sender } from './sender.ts'
import { openUrlSender } from './url-sender.ts'

export interface SenderRequest {
  readonly opened: OpenCommand
  readonly io: Pick<Io, 'err'>
  readonly flags: Pick<TriggerFlags, 'to' | 'conversation'>
  readonly templates: EventTemplates
  readonly context: () => TemplateContext
  /** How many may be under way. */
  readonly atOnce: number
}

/** Opens what sends. Throws `runUnreachable` when there is neither a URL nor a run. */
export async function openSender({ opened, io, flags, templates, context, atOnce }: SenderRequest): Promise<Sender> {
  const { secret, proxies, quiet } = opened.config
  const { to } = flags
  if (to === null) throw nobody()
  if (secret === null && !quiet) io.err('note: there is no SECRET, so nothing is signed')
  return openUrlSender({ url: to, secret, proxies, templates, context, atOnce })
}

const nobody = (): DevHookError =>
  new DevHookError('runUnreachable', 'no dev-hook runs for this bot', {
    remedy: 'start `dev-hook` or `dev-hook sandbox` first, or send it to the bot itself: `--to http://127.0.0.1:3000/`',
  })
