// The sandbox: the platform, emulated on this machine, in one handle.

import { createSharedAbort } from '../core/async.ts'
import { DevHookError } from '../core/errors.ts'
import type { Json } from '../core/json.ts'
import { createListeners } from '../core/listeners.ts'
import type { Message } from '../protocol/resources.ts'
import { unseenByContact } from '../protocol/visibility.ts'
import { createRequestLimit } from './access/rate-limit.ts'
import { orgPathOf } from './access/realm.ts'
import { type Caller, createTokenIssuer } from './access/tokens.ts'
import { ApiError } from './api-error.ts'
import type { AppContext } from './app-context.ts'
import { identityOf, openAccount } from './bot-account.ts'
import { createChaos } from './chaos/chaos.ts'
import { createFaults } from './chaos/faults.ts'
import { agentOf, createAgent } from './chat/agent.ts'
import { createContact } from './chat/contact.ts'
import { createEverybody } from './chat/everybody.ts'
import { createHints } from './chat/hints.ts'
import { createKeyedListeners } from './chat/keyed-listeners.ts'
import { isBy } from './chat/people.ts'
import { post } from './chat/posting.ts'
import { createSelfTalk } from './chat/self-talk.ts'
import type { Absence, Stage } from './chat/stage.ts'
import { createWaits } from './chat/waits.ts'
import { openData } from './data.ts'
import { eventsOfChange, loginEvent, serviceErrorEvent } from './events.ts'
import type { Sandbox, SandboxNotice } from './handle.ts'
import { completeOptions, type SandboxOptions } from './options.ts'
import { createConversation } from './resources/conversations.ts'
import { adminOf, seed } from './seed.ts'
import { openApi } from './server.ts'
import { checkpoint, createStore, type StoreChange } from './store.ts'
import { templateContext } from './template-context.ts'
import { createActivity } from './time/activity.ts'
import { createPlatformClock } from './time/platform-clock.ts'
import { createAdminView } from './webhooks/admin-view.ts'
import { startWebhooks } from './webhooks/deliver.ts'
import { openOutgoing } from './webhooks/outgoing.ts'
import { createRegistrations } from './webhooks/registrations.ts'
import { postReplies } from './webhooks/replies.ts'
import { createServiceErrors } from './webhooks/service-errors.ts'
import { createVerify } from './webhooks/verification.ts'

export type { Sandbox } from './handle.ts'

/** How long it has to be quiet, in ms of this machine, between two things that fall due, and at the end. */
const STEP_QUIET_MS = 5
const END_QUIET_MS = 20
/** A bot that has not answered so many ms of this machine after something fell due is not waited for: the platform's time goes on. */
const STEP_LIMIT_MS = 2_000

/** Opens a platform with one organization, one bot, one agent and one admin on a loopback port. */
// One story: what the parts of a platform are made from, and what each tells the others.
export async function openSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const config = completeOptions(options)
  const { place, registered, credentials, timeoutMs, ca, regenerateSecret, strictVerification } = config
  // Nothing is announced of what is there from the start.
  let announce = (_change: StoreChange): void => undefined
  const activity = createActivity()
  const settled = async (): Promise<void> => void (await activity.settle(STEP_QUIET_MS, STEP_LIMIT_MS))
  const clock = createPlatformClock({ mode: config.clock, settled })
  const store = createStore(
    (change) => announce(change),
    (resource) => hints.forgot(resource),
  )
  const seeded = seed(store, place, registered, identityOf(credentials), clock.stamp())
  const { organization, bot } = seeded
  const outgoing = openOutgoing({ timeoutMs, ca, clock, activity })
  const answersChallenge = createVerify(outgoing)
  const verify: typeof answersChallenge = async (url) => {
    const isVerified = await answersChallenge(url)
    if (!isVerified) serviceErrors.unverified(url)
    return isVerified
  }
  const registrations = createRegistrations({ store, place, verify, clock, regenerateSecret, strictVerification })
  const tokens = createTokenIssuer({ lifetimeMs: config.tokenLifetimeMs, now: clock.now })
  const account = openAccount(tokens, seeded, credentials, config.scope)
  // How soon the bot answers itself is the bot's affair, whatever the platform's time does.
  const botClock = createPlatformClock()
  const context: AppContext = { store, seeded, tokens, registrations, arrival: config.arrival, clock }
  const faults = createFaults()
  const webhook = createAdminView(context, place)
  const { on, emit: notify } = createListeners<SandboxNotice>()
  const conversations = createKeyedListeners()
  const chaos = createChaos({ ...config, tell: (act) => notify({ type: 'chaos', ...act }) })
  const closing = createSharedAbort()
  let absence: Absence | null = null
  let limit = createRequestLimit(config.rateLimit, clock.now)
  const webhooks = startWebhooks({
    outgoing,
    subscribers: registrations.subscribers,
    retry: config.retry,
    clock,
    chaos,
    activity,
    onAttempt: (delivery, payload, answer, url) => {
      serviceErrors.attempted(url, delivery)
      if (delivery.state === 'delivered' && answer !== null) postReplies(context, account.caller, payload, answer)
      hints.attempted(delivery)
      notify({ type: 'delivery', delivery })
      if (delivery.conversation !== null) conversations.emit(delivery.conversation)
    },
  })
  const serviceErrors = createServiceErrors(store, (service, message) => {
    const { payload, place: at } = serviceErrorEvent(service, message, context, api.url)
    webhooks.deliver(payload, at)
  })
  const deliveriesOf = webhooks.of
  const hints = createHints({ context, deliveriesOf, tell: (hint) => notify({ type: 'hint', ...hint }) })
  const selfTalk = createSelfTalk(botClock, clock.stamp, hints.answersItself)
  const api = await openApi({
    context,
    port: config.port,
    activity,
    chaos,
    limit: (key) => limit(key),
    faults,
    onCall: (call, refusal) => {
      hints.called(call, refusal)
      notify({ type: 'call', call })
    },
    onLogin: (user) => {
      const { payload, place: at } = loginEvent(user, context, api.url)
      webhooks.deliver(payload, at)
    },
  })
  const stage: Stage = {
    context,
    activity,
    calls: api.log.calls,
    deliveriesOf,
    on: conversations.on,
    closed: closing.signal,
    absence: () => absence,
  }
  announce = (change) => {
    activity.touch()
    const events = eventsOfChange(change, context, api.url)
    const deliver = (): void => events.forEach((event) => webhooks.deliver(event.payload, event.place))
    if (change.resource === 'conversations' && change.action === 'create') chaos.created(change.document.id)
    if (change.resource !== 'messages' || change.action !== 'create') return deliver()
    const { document: message } = change
    const byBot = isBy(message, bot.id)
    if (byBot) selfTalk.bot(message.conversation, String(message['createdAt']), deliver)
    else {
      selfTalk.other(message.conversation)
      deliver()
    }
    hints.said(message)
    notify({ type: 'message', message, byBot, unseen: unseenByContact(message) })
    conversations.emit(message.conversation)
  }
  let restore = checkpoint(store)
  const reset = (): void => {
    webhooks.clear()
    outgoing.cut()
    clock.restart()
    selfTalk.clear()
    hints.clear()
    faults.clear()
    serviceErrors.clear()
    if (chaos.current() !== null || config.chaos !== null) chaos.set(config.chaos)
    api.log.clear()
    limit = createRequestLimit(config.rateLimit, clock.now)
    restore()
    activity.touch()
    conversations.emitAll()
  }
  const tokenOf = (user: string, ...scopes: string[]): string =>
    tokens.issue('access_token', { user, organization, scopes }).token

  return {
    api: api.url,
    port: api.port,
    token: account.token,
    refreshToken: account.refreshToken,
    email: bot.email,
    isOwnToken: account.isOwn,
    others: {
      admin: tokens.issue('access_token', adminOf(seeded)).token,
      agent: tokenOf(seeded.agent.id, 'guest', 'agent'),
    },
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
    deliveriesOf,
    conversation: (fields = {}) => createConversation(context, account.caller, fields),
    post: (conversation, body) => postAsBot(context, account.caller, conversation, body),
    data: openData(context),
    ...createWaits(stage),
    messagesOf: store.messages.of,
    reset,
    checkpoint: () => {
      restore = checkpoint(store)
    },
    currentToken: () => tokens.latest(bot.id) ?? account.token,
    reportAnswer: (told, atBot) => {
      const conversation = webhooks.reportAnswer(told, atBot)?.conversation ?? null
      if (conversation !== null) conversations.emit(conversation)
    },
    reportBot: (why, mayCome = false) => {
      absence = why === null ? null : { why, mayCome }
      activity.touch()
      conversations.emitAll()
    },
    calls: api.log.calls,
    deliveries: webhooks.deliveries,
    emit: (payload) => webhooks.deliver(payload, orgPathOf(store, payload.organization)?.split('#') ?? null),
    templateContext: (which) => templateContext(context, api.url, which),
    answered: (payload, answer) => postReplies(context, account.caller, payload, answer),
    on,
    faults,
    chaos,
    clock: {
      now: () => new Date(clock.now()),
      advance: async (ms) => {
        await clock.advance(ms)
        await activity.settle(END_QUIET_MS, STEP_LIMIT_MS)
      },
    },
    expireTokens: () => tokens.expire(bot.id),
    changeRegistration: (fields) => webhook.change(fields),
    close: async () => {
      closing.abort(new DevHookError('sandboxClosed', 'the sandbox was closed'))
      clock.stop()
      botClock.stop()
      webhooks.stop()
      await Promise.all([outgoing.close(), api.close()])
    },
  }
}

function postAsBot(context: AppContext, bot: Caller, id: string, body: Json): Message {
  const conversation = context.store.conversations.get(id)
  if (conversation === undefined) throw new ApiError(404, 'Conversation not found')
  return post(context, bot, conversation, body)
}
