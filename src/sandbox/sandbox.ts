// The sandbox: the platform, emulated on this machine, in one handle.

import { randomUUID } from 'node:crypto'
import { createSharedAbort } from '../core/async.ts'
import { DevHookError } from '../core/errors.ts'
import type { Json } from '../core/json.ts'
import { createListeners, type Off } from '../core/listeners.ts'
import type { Document, Message } from '../protocol/resources.ts'
import type { Payload, TemplateContext } from '../protocol/templates.ts'
import type { AppContext } from './app-context.ts'
import { type Contact, createContact } from './contact.ts'
import { payloadOfChange } from './events.ts'
import { createFaults, type Faults } from './faults.ts'
import { completeOptions, type SandboxOptions } from './options.ts'
import { createRequestLimit } from './rate-limit.ts'
import { createConversation } from './resources/conversations.ts'
import { newDocument } from './resources/resource.ts'
import { seed } from './seed.ts'
import { type ApiCall, openApi } from './server.ts'
import { createStore, newId, type StoreChange } from './store.ts'
import { createTokenIssuer } from './tokens.ts'
import { createAdminView } from './webhooks/admin-view.ts'
import { type SandboxDelivery, startWebhooks } from './webhooks/deliver.ts'
import type { HookFields } from './webhooks/locations.ts'
import { openOutgoing } from './webhooks/outgoing.ts'
import { createRegistrations } from './webhooks/registrations.ts'
import { postReplies } from './webhooks/replies.ts'
import { createVerify } from './webhooks/verification.ts'

/** What a sandbox announces: a message was created, or an attempt to deliver an event has ended. */
type SandboxNotice =
  | { readonly type: 'message'; readonly message: Message }
  | { readonly type: 'delivery'; readonly delivery: SandboxDelivery }

export interface Sandbox {
  /** `http://127.0.0.1:<port>`, for `APIHOST`. */
  readonly api: string
  readonly port: number
  /** The first access token of the bot; it expires like any other. */
  readonly token: string
  readonly refreshToken: string
  /** The e-mail of the bot, which goes with the refresh token. */
  readonly email: string
  readonly botId: string
  readonly organizationId: string
  /** The secret of the bot's webhook. */
  secret(): string | null
  /** The bot's webhook as the platform has it, nested object or service document; a copy. */
  registration(): Json | null
  /** The bot's record; a copy. */
  bot(): Document | null
  /** Creates a contact, in a conversation of their own with the bot. */
  contact(person: { readonly name: string }): Promise<Contact>
  /** Calls of the API, the last 10,000, oldest first. */
  readonly calls: readonly ApiCall[]
  /** Deliveries to webhooks, the last 10,000, oldest first. */
  readonly deliveries: readonly SandboxDelivery[]
  /** Delivers an event to every webhook that is subscribed to it; returns one delivery for each. */
  emit(payload: Payload): readonly SandboxDelivery[]
  /** What an example event is made from, with new ids; the conversation exists, so that the bot can answer in it. */
  templateContext(): TemplateContext
  /** Calls the listener with every notice. Returns the function that removes it. */
  on(listener: (notice: SandboxNotice) => void): Off
  readonly faults: Faults
  /** Makes every access token so far an expired one. */
  expireTokens(): void
  /** Changes, or with `null` removes, the bot's webhook as somebody else would; a new URL is verified. */
  changeRegistration(fields: Partial<HookFields> | null): Promise<void>
  /** Cuts everything, in both directions. Idempotent. */
  close(): Promise<void>
}

/** Opens a platform with one organization, one bot and one agent on a loopback port. */
export async function openSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const config = completeOptions(options)
  const { place, registered, scope, tokenLifetimeMs, timeoutMs, ca, regenerateSecret, strictVerification } = config
  // Nothing is announced of what is there from the start.
  let announce = (_change: StoreChange): void => undefined
  const store = createStore((change) => announce(change))
  const seeded = seed(store, place, registered)
  const { organization, bot } = seeded
  const outgoing = openOutgoing({ timeoutMs, ca })
  const verify = createVerify(outgoing)
  const registrations = createRegistrations({ store, place, verify, regenerateSecret, strictVerification })
  const tokens = createTokenIssuer({ bot: bot.id, organization, scope, lifetimeMs: tokenLifetimeMs })
  const context: AppContext = { store, seeded, tokens, registrations }
  const faults = createFaults()
  const webhook = createAdminView(context, place)
  const { on, emit: notify } = createListeners<SandboxNotice>()
  const closing = createSharedAbort()
  const api = await openApi({ context, port: config.port, limit: createRequestLimit(config.rateLimit), faults })
  const webhooks = startWebhooks({
    outgoing,
    subscribers: (event) => registrations.subscribers(event),
    retry: config.retry,
    onAttempt: (delivery, payload, answer) => {
      if (delivery.state === 'delivered' && answer !== null) postReplies(context, payload, answer)
      notify({ type: 'delivery', delivery })
    },
  })
  announce = (change) => {
    const payload = payloadOfChange(change, store, seeded, api.url)
    if (payload !== null) webhooks.deliver(payload)
    if (change.resource === 'messages' && change.action === 'create')
      notify({ type: 'message', message: change.document })
  }

  return {
    api: api.url,
    port: api.port,
    token: tokens.issue('access_token').token,
    refreshToken: tokens.issue('refresh_token').token,
    email: bot.email,
    botId: bot.id,
    organizationId: organization,
    secret: () => webhook.secret(),
    registration: () => structuredClone(webhook.raw()),
    bot: () => structuredClone(store.bots.get(bot.id) ?? null),
    contact: async ({ name }) => {
      const deliveries = (message: string): readonly SandboxDelivery[] =>
        webhooks.deliveries.filter((delivery) => delivery.message === message)
      return createContact({ context, name, deliveries, on, closed: closing.signal })
    },
    calls: api.calls,
    deliveries: webhooks.deliveries,
    emit: (payload) => webhooks.deliver(payload),
    templateContext: () => templateContext(context, api.url),
    on,
    faults: faults.switches,
    expireTokens: () => tokens.expire(),
    changeRegistration: (fields) => webhook.change(fields),
    close: async () => {
      closing.abort(new DevHookError('interrupted', 'the sandbox was closed'))
      webhooks.stop()
      await Promise.all([outgoing.close(), api.close()])
    },
  }
}

function templateContext(context: AppContext, api: string): TemplateContext {
  const { organization, bot, agent } = context.seeded
  const name = 'Jenny Jones'
  const { id } = context.store.contacts.add(newDocument(context, { name }))
  const conversation = createConversation(context, { contact: id, name })
  return {
    id: randomUUID(),
    time: new Date(),
    api,
    organization,
    bot,
    agent,
    contact: { id, name },
    conversation: conversation.id,
    message: newId(),
  }
}
