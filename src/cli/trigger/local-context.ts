// What an event is made from in this process: the bot of the config, and a recorded conversation if one is named.
import type { Config } from '../../config/load.ts'
import { createEventContext } from '../../daemon/offline/event-context.ts'
import { recordedConversation } from '../../daemon/offline/recorded-conversation.ts'
import { readToken } from '../../platform/api/token.ts'
import type { TemplateContext } from '../../protocol/templates/template.ts'
import type { OpenCommand } from '../open-command.ts'
import { findRecord } from '../sandbox/find-record.ts'
import type { TriggerFlags } from './flags.ts'

/** Resolves to what gives the context of each event. Throws `usage` for a conversation that is not recorded. */
export async function localContext(
  { config, stateHome }: Pick<OpenCommand, 'config' | 'stateHome'>,
  { conversation, sandbox: choice }: Pick<TriggerFlags, 'conversation' | 'sandbox'>,
): Promise<() => TemplateContext> {
  const { id = null, organization = null } = claimsOf(config.token) ?? {}
  const contextOf = createEventContext({ apiHost: config.apiHost, botId: config.bot ?? id, organization })
  const recorded =
    conversation === null
      ? null
      : await recordedConversation((await findRecord({ config, stateHome, choice })).folder, conversation)
  return () => contextOf(recorded)
}

function claimsOf(token: Config['token']): ReturnType<typeof readToken> | null {
  try {
    return token === null ? null : readToken(token)
  } catch {
    // Not a token at all: an example needs none.
    return null
  }
}
