// Where events go: straight to a URL, or into the run of this bot.
import { DevHookError } from '../../core/errors.ts'
import type { EventTemplates, TemplateContext } from '../../protocol/templates/template.ts'
import type { Io } from '../io.ts'
import { findRun } from '../mcp/find-run.ts'
import type { OpenCommand } from '../open-command.ts'
import type { TriggerFlags } from './flags.ts'
import { createRunSender } from './run-sender.ts'
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
export async function openSender(request: SenderRequest, signal: AbortSignal): Promise<Sender> {
  const { opened, io, flags, templates, context, atOnce } = request
  const { secret, proxies, quiet } = opened.config
  const { to, conversation } = flags
  if (to === null) {
    const { call } = await findRun(opened, signal).catch(orTo)
    return createRunSender(call, conversation)
  }
  if (secret === null && !quiet) io.err('note: there is no SECRET, so nothing is signed')
  return openUrlSender({ url: to, secret, proxies, templates, context, atOnce })
}

function orTo(error: unknown): never {
  if (!(error instanceof DevHookError) || !error.is('runUnreachable')) throw error
  throw new DevHookError('runUnreachable', error.lines, {
    cause: error,
    remedy: 'start `dev-hook` or `dev-hook sandbox` first, or send it to the bot itself: `--to http://127.0.0.1:3000/`',
  })
}
