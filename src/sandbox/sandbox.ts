// The sandbox: the platform, emulated on this machine, in one handle.

import { createSharedAbort } from '../core/async.ts'
import { DevHookError } from '../core/errors.ts'
import type { Json } from '../core/json.ts'
import { createListeners, type Off } from '../core/listeners.ts'
import type { Payload } from '../protocol/envelope.ts'
import type { Document, Message } from '../protocol/resources.ts'
import type { TemplateContext } from '../protocol/templates/template.ts'
import { type Unseen, unseenByContact } from '../protocol/visibility.ts'
import { createRequestLimit } from './access/rate-limit.ts'
import { orgPathOf } from './access/realm.ts'
import { createTokenIssuer } from './access/tokens.ts'
import type { AppContext } from './app-context.ts'
import { identityOf, openAccount } from './bot-account.ts'
import { type Contact, createContact } from './chat/contact.ts'
import { createHints, type Hint } from './chat/hints.ts'
import { createKeyedListeners } from './chat/keyed-listeners.ts'
import { isBy } from './chat/people.ts'
import { createSelfTalk } from './chat/self-talk.ts'
import { eventOfChange, loginEvent } from './events.ts'
import { createFaults, type Faults } from './faults.ts'
import { completeOptions, type SandboxOptions } from './options.ts'
import { adminOf, seed } from './seed.ts'
import { type ApiCall, openApi } from './server.ts'
import { createStore, type StoreChange } from './store.ts'
import { templateContext } from './template-context.ts'
import { createActivity } from './time/activity.ts'
import { createPlatformClock } from './time/platform-clock.ts'
import { createAdminView } from './webhooks/admin-view.ts'
import { type SandboxDelivery, startWebhooks } from './webhooks/deliver.ts'
import type { HookFields } from './webhooks/locations.ts'
import { openOutgoing } from './webhooks/outgoing.ts'
import { createRegistrations } from './webhooks/registrations.ts'
import { postReplies } from './webhooks/replies.ts'
import { createVerify } from './webhooks/verification.ts'

/**
 * What a sandbox announces: a message was created (`byBot`: the bot has said it; `unseen`: why the contact does not see it, `null`
 * when they do), an attempt to deliver an event has ended, or there is something to tell whoever writes the bot.
 */
type SandboxNotice =
  | { readonly type: 'message'; readonly message: Message; readonly byBot: boolean; readonly unseen: Unseen | null }
  | { readonly type: 'delivery'; readonly delivery: SandboxDelivery }
  | ({ readonly type: 'hint' } & Hint)

/** The platform's time as tests see and turn it. */
interface SandboxClock {
  now(): Date
  /** Lets so many milliseconds pass: everything that falls into them happens in order, then everything settles. */
  advance(ms: number): Promise<void>
}

/** How long it has to be quiet, in ms of this machine, between two things that fall due, and at the end. */
const STEP_QUIET_MS = 5
const END_QUIET_MS = 20
/** A bot that has not answered so many ms of this machine after something fell due is not waited for: the platform's time goes on. */
const STEP_LIMIT_MS = 2_000

/** Access tokens of people; each person has a budget of requests of their own. */
interface PeopleTokens {
  /** May do everything: for dev-hook itself. */
  readonly admin: string
  readonly agent: string
}

export interface Sandbox {
  /** `http://127.0.0.1:<port>`, for `APIHOST`. */
  readonly api: string
  readonly port: number
  /** The first access token of the bot, its own if it brought one; it expires like any other. */
  readonly token: string
  readonly refreshToken: string
  /** The e-mail of the bot, which goes with the refresh token. */
  readonly email: string
  /** Whether `token` is the one that the bot brought. */
  readonly isOwnToken: boolean
  readonly others: PeopleTokens
  /** The e-mail addresses of the agent and the admin, who log in with any password. */
  readonly logins: readonly string[]
  readonly botId: string
  readonly organizationId: string
  /** The secret of the bot's webhook. */
  secret(): string | null
  /** The bot's webhook as the platform has it, nested object or service document; a copy. */
  registration(): Json | null
  /** The bot's record; a copy. */
  bot(): Document | null
  /** Creates a contact, in a conversation of their own. With an `email` they can log in with it. */
  contact(person: { readonly name: string; readonly email?: string }): Promise<Contact>
  /** Calls of the API, the last 10,000, oldest first. */
  readonly calls: readonly ApiCall[]
  /** Deliveries to webhooks, the last 10,000, oldest first. */
  readonly deliveries: readonly SandboxDelivery[]
  /** Delivers an event to every webhook that is subscribed to it; returns one delivery for each. */
  emit(payload: Payload): readonly SandboxDelivery[]
  /**
   * What an example event is made from: the latest conversation with a contact, or a new one where there is none yet, or one is
   * asked for. It exists, so that the bot can answer in it.
   */
  templateContext(which?: 'new'): TemplateContext
  /** Calls the listener with every notice. Returns the function that removes it. */
  on(listener: (notice: SandboxNotice) => void): Off
  /** Faults of the API. */
  readonly faults: Pick<Faults, 'add' | 'clear'>
  /** The platform's time: when documents are made, retries, time-outs, delayed messages, the end of tokens, and the rate limit. */
  readonly clock: SandboxClock
  /** Makes every access token of the bot so far an expired one. */
  expireTokens(): void
  /** Changes, or with `null` removes, the bot's webhook as somebody else would; a new URL is verified. */
  changeRegistration(fields: Partial<HookFields> | null): Promise<void>
  /** Cuts everything, in both directions. Idempotent. */
  close(): Promise<void>
}

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
  const store = createStore((change) => announce(change))
  const seeded = seed(store, place, registered, identityOf(credentials), clock.stamp())
  const { organization, bot } = seeded
  const outgoing = openOutgoing({ timeoutMs, ca, clock, activity })
  const verify = createVerify(outgoing)
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
  const closing = createSharedAbort()
  const webhooks = startWebhooks({
    outgoing,
    subscribers: registrations.subscribers,
    retry: config.retry,
    clock,
    onAttempt: (delivery, payload, answer) => {
      if (delivery.state === 'delivered' && answer !== null) postReplies(context, account.caller, payload, answer)
      hints.attempted(delivery)
      notify({ type: 'delivery', delivery })
      if (delivery.conversation !== null) conversations.emit(delivery.conversation)
    },
  })
  const deliveriesOf = webhooks.of
  const hints = createHints({ context, deliveriesOf, tell: (hint) => notify({ type: 'hint', ...hint }) })
  const selfTalk = createSelfTalk(botClock, clock.stamp, hints.answersItself)
  const api = await openApi({
    context,
    port: config.port,
    activity,
    limit: createRequestLimit(config.rateLimit, clock.now),
    faults,
    onCall: hints.called,
    onLogin: (user) => {
      const { payload, place: at } = loginEvent(user, context, api.url)
      webhooks.deliver(payload, at)
    },
  })
  announce = (change) => {
    const event = eventOfChange(change, context, api.url)
    const deliver = (): void => {
      if (event !== null) webhooks.deliver(event.payload, event.place)
    }
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
    contact: async ({ name, email = null }) =>
      createContact({ context, name, email, deliveries: deliveriesOf, on: conversations.on, closed: closing.signal }),
    calls: api.calls,
    deliveries: webhooks.deliveries,
    emit: (payload) => webhooks.deliver(payload, orgPathOf(store, payload.organization)?.split('#') ?? null),
    templateContext: (which) => templateContext(context, api.url, which),
    on,
    faults,
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
      closing.abort(new DevHookError('interrupted', 'the sandbox was closed'))
      clock.stop()
      botClock.stop()
      webhooks.stop()
      await Promise.all([outgoing.close(), api.close()])
    },
  }
}
