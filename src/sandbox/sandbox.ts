// The sandbox: the platform, emulated on this machine, in one handle.

import type { Json } from '../core/json.ts'
import type { Message } from '../protocol/resources.ts'
import { orgPathOf } from './access/realm.ts'
import type { Caller } from './access/tokens.ts'
import { ApiError } from './api-error.ts'
import type { AppContext } from './app-context.ts'
import { agentOf, createAgent } from './chat/agent.ts'
import { createContact } from './chat/contact.ts'
import { createEverybody } from './chat/everybody.ts'
import { post } from './chat/posting.ts'
import { createWaits } from './chat/waits.ts'
import { openData } from './data.ts'
import type { Sandbox } from './handle.ts'
import { completeOptions, type SandboxOptions } from './options.ts'
import { openParts, STEP_LIMIT_MS } from './parts.ts'
import { createConversation } from './resources/conversations.ts'
import { adminOf, personAsCaller } from './seed.ts'
import { templateContext } from './template-context.ts'
import { createAdminView } from './webhooks/admin-view.ts'
import { postReplies } from './webhooks/replies.ts'

export type { Sandbox } from './handle.ts'

/** How long it has to be quiet, in ms of this machine, once time was let pass. */
const END_QUIET_MS = 20

/** Opens a platform with one organization, one bot, one agent and one admin on a loopback port. */
export async function openSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const config = completeOptions(options)
  const parts = await openParts(config)
  const { context, account, activity, api, webhooks, stage } = parts
  const { store, seeded, tokens, clock } = context
  const { bot, organization } = seeded
  const webhook = createAdminView(context, config.place)
  const tokenOf = (caller: Caller): string => tokens.issue('access_token', caller).token

  return {
    api: api.url,
    port: api.port,
    token: account.token,
    refreshToken: account.refreshToken,
    email: bot.email,
    isOwnToken: account.isOwn,
    others: { admin: tokenOf(adminOf(seeded)), agent: tokenOf(personAsCaller(seeded, seeded.agent.id, 'agent')) },
    logins: [seeded.agent.email, seeded.admin.email],
    botId: bot.id,
    organizationId: organization,
    secret: () => webhook.secret(),
    registration: () => structuredClone(webhook.raw()),
    bot: () => structuredClone(store.bots.get(bot.id) ?? null),
    contact: async (person) => createContact(stage, person),
    agent: async (person) =>
      person === undefined ? agentOf(stage, { ...seeded.agent, role: 'agent' }) : createAgent(stage, person),
    everybody: createEverybody(stage),
    deliveriesOf: webhooks.of,
    conversation: (fields = {}) => createConversation(context, account.caller, fields),
    post: (conversation, body) => postAsBot(context, account.caller, conversation, body),
    data: openData(context),
    ...createWaits(stage),
    messagesOf: store.messages.of,
    reset: parts.reset,
    checkpoint: parts.checkpoint,
    currentToken: () => tokens.latest(bot.id) ?? account.token,
    reportAnswer: parts.reportAnswer,
    reportBot: parts.reportBot,
    calls: api.log.calls,
    deliveries: webhooks.deliveries,
    emit: (payload) => webhooks.deliver(payload, orgPathOf(store, payload.organization)?.split('#') ?? null),
    templateContext: (which) => templateContext(context, api.url, which),
    answered: (payload, answer) => postReplies(context, account.caller, payload, answer),
    on: parts.on,
    faults: parts.faults,
    chaos: parts.chaos,
    clock: {
      now: () => new Date(clock.now()),
      advance: async (ms) => {
        await clock.advance(ms)
        await activity.settle(END_QUIET_MS, STEP_LIMIT_MS)
      },
    },
    expireTokens: () => tokens.expire(bot.id),
    changeRegistration: (fields) => webhook.change(fields),
    close: parts.close,
  }
}

function postAsBot(context: AppContext, bot: Caller, id: string, body: Json): Message {
  const conversation = context.store.conversations.get(id)
  if (conversation === undefined) throw new ApiError(404, 'Conversation not found')
  return post(context, bot, conversation, body)
}
