// Where events go: straight to a URL, or into the run of this bot.
import { DevHookError } from '../../core/errors.ts'
import type { InspectorClient } from '../../inspector/client.ts'
import type { EventTemplates, TemplateContext } from '../../protocol/templates/template.ts'
import type { Io } from '../io.ts'
import type { OpenCommand } from '../open-command.ts'
import { findRecord } from '../sandbox/find-record.ts'
import { noneYet, reachRun } from '../sandbox/find-run.ts'
import type { SandboxChoice } from '../sandbox/running-sandboxes.ts'
import { saySandbox } from '../sandbox/say-sandbox.ts'
import type { TriggerFlags } from './flags.ts'
import { createRunSender } from './run-sender.ts'
import type { Sender } from './sender.ts'
import { openUrlSender } from './url-sender.ts'

export interface SenderRequest {
  readonly opened: OpenCommand
  readonly io: Pick<Io, 'err'>
  readonly flags: Pick<TriggerFlags, 'to' | 'conversation' | 'sandbox'>
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
    const { call } = await findLive(request, signal).catch(orTo)
    return createRunSender(call, conversation)
  }
  if (secret === null && !quiet) io.err('note: there is no SECRET, so nothing is signed')
  return openUrlSender({ url: to, secret, proxies, templates, context, atOnce })
}

/** The run of this bot, or a sandbox: of what has ended nothing can be asked, so that any sandbox goes before it. */
async function findLive({ opened, io, flags }: SenderRequest, signal: AbortSignal): Promise<InspectorClient> {
  const { config, stateHome, json } = opened
  const reach = async (choice: SandboxChoice): Promise<InspectorClient> => {
    const { folder, sandbox } = await findRecord({ config, stateHome, choice }).catch(noneYet)
    const client = await reachRun(folder, signal)
    saySandbox(sandbox, { config, json, io })
    return client
  }
  try {
    return await reach(flags.sandbox)
  } catch (error) {
    if (flags.sandbox !== 'by rule' || !isUnreachable(error)) throw error
    return reach('any').catch((second: unknown) => {
      throw isUnreachable(second) ? error : second
    })
  }
}

const isUnreachable = (error: unknown): error is DevHookError =>
  error instanceof DevHookError && error.is('runUnreachable')

function orTo(error: unknown): never {
  if (!isUnreachable(error)) throw error
  throw new DevHookError('runUnreachable', error.lines, {
    cause: error,
    remedy: 'start `dev-hook` or `dev-hook sandbox` first, or send it to the bot itself: `--to http://127.0.0.1:3000/`',
  })
}
