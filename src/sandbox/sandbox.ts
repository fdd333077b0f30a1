// The sandbox: the platform, emulated on this machine, in one handle.

import { randomUUID } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { DevHookError } from '../core/errors.ts'
import { asText, type Json } from '../core/json.ts'
import type { Off } from '../core/listeners.ts'

import type { Document, Message } from '../protocol/resources.ts'
import type { Cast, Payload } from '../protocol/templates.ts'
import { ApiError } from './api-error.ts'
import type { World } from './app-context.ts'
import { type Contact, createContact } from './contact.ts'
import { payloadOf } from './events.ts'
import { createFaults, type Faults } from './faults.ts'
import { getIn } from './json-path.ts'
import { completeOptions, type SandboxOptions } from './options.ts'
import { createRateLimit } from './rate-limit.ts'
import { createConversation } from './resources/conversations.ts'
import { post, postAll } from './resources/messages.ts'
import { newDocument } from './resources/resource.ts'
import { seed } from './seed.ts'
import { type Call, openApi } from './server.ts'
import { createStore, newId } from './store.ts'
import { createTokens } from './tokens.ts'
import { createOwnWebhook } from './webhooks/admin-view.ts'
import { repliesIn, type SandboxDelivery, startWebhooks } from './webhooks/deliver.ts'
import type { HookFields } from './webhooks/locations.ts'
import { type Answer, openOutgoing } from './webhooks/outgoing.ts'
import { createRegistrations } from './webhooks/registrations.ts'
import { createVerify } from './webhooks/verification.ts'

/** Something that happened: a message was created, or an attempt to deliver an event has ended. */
export type SandboxNotice =
  | { readonly type: 'message'; readonly message: Message }
  | { readonly type: 'delivery'; readonly delivery: SandboxDelivery }

export interface Sandbox {
  /** `http://127.0.0.1:<port>`, for `APIHOST`. */
  readonly api: string
  readonly port: number
  /** An access token of the bot; it is the first one, and expires like any other. */
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
  /** Somebody new, in a conversation of their own with the bot. */
  contact(person: { readonly name: string }): Promise<Contact>
  /** Calls of the API, the last 10,000, oldest first. */
  readonly calls: readonly Call[]
  /** Deliveries to webhooks, the last 10,000, oldest first. */
  readonly deliveries: readonly SandboxDelivery[]
  /** Delivers an event to every webhook that is subscribed to it; returns one delivery for each. */
  emit(payload: Payload): readonly SandboxDelivery[]
  /** Everything an example event needs, with new ids; the conversation exists, so that the bot can answer in it. */
  cast(): Cast
  /** The listener must not throw. */
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
  const store = createStore()
  const residents = seed(store, place, registered)
  const { organization, bot, agent } = residents
  const outgoing = openOutgoing({ timeoutMs, ca })
  const verify = createVerify(outgoing)
  const registrations = createRegistrations({ store, place, verify, regenerateSecret, strictVerification })
  const tokens = createTokens({ bot: bot.id, organization, scope, lifetimeMs: tokenLifetimeMs })
  const world: World = { store, residents, tokens, registrations }
  const faults = createFaults()
  const webhook = createOwnWebhook(world, place)
  const listeners = new Set<(notice: SandboxNotice) => void>()
  const closing = new AbortController()
  // One listener per contact that waits, and there may be many.
  setMaxListeners(0, closing.signal)

  const tell = (notice: SandboxNotice): void => {
    for (const listener of listeners) listener(notice)
  }
  const on: Sandbox['on'] = (listener) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }

  const api = await openApi({ world, port: config.port, limit: createRateLimit(config.rateLimit), faults })
  const webhooks = startWebhooks({
    outgoing,
    targets: (event) => registrations.targets(event),
    retry: config.retry,
    attempted: (delivery, payload, answer) => {
      if (delivery.state === 'delivered' && answer !== null) postReplies(world, payload, answer)
      tell({ type: 'delivery', delivery })
    },
  })
  store.on((change) => {
    const payload = payloadOf(change, store, residents, api.url)
    if (payload !== null) webhooks.deliver(payload)
    if (change.resource === 'messages' && change.action === 'create')
      tell({ type: 'message', message: change.document })
  })

  async function close(): Promise<void> {
    closing.abort(new DevHookError('interrupted', 'the sandbox was closed'))
    webhooks.stop()
    await Promise.all([outgoing.close(), api.close()])
  }

  async function contact({ name }: { readonly name: string }): Promise<Contact> {
    const { id } = store.contacts.add(newDocument(world, { name }))
    const conversation = createConversation(world, { name, contact: id, type: 'contact' })
    return createContact({
      id,
      name,
      conversation,
      messages: () => store.messages.all().filter((message) => message.conversation === conversation.id),
      post: (type, text) => post(world, conversation, { role: 'contact', type, text }),
      deliveries: (message) => webhooks.deliveries.filter((delivery) => delivery.message === message),
      on,
      closed: closing.signal,
    })
  }

  function cast(): Cast {
    const person = store.contacts.add(newDocument(world, { name: 'Jenny Jones' }))
    const conversation = createConversation(world, { contact: person.id, name: 'Jenny Jones' })
    return {
      id: randomUUID(),
      time: new Date(),
      api: api.url,
      organization,
      bot,
      agent,
      contact: { id: person.id, name: 'Jenny Jones' },
      conversation: conversation.id,
      message: newId(),
    }
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
    contact,
    calls: api.calls,
    deliveries: webhooks.deliveries,
    emit: (payload) => webhooks.deliver(payload),
    cast,
    on,
    faults: faults.switches,
    expireTokens: () => tokens.expire(),
    changeRegistration: (fields) => webhook.change(fields),
    close,
  }
}

// What the receiver of a message event answers with is said in that conversation, as the bot.
function postReplies(world: World, payload: Payload, answer: Answer): void {
  const conversation = world.store.conversations.get(asText(getIn(payload.data, ['conversation', 'id'])) ?? '')
  if (conversation === undefined || !payload.event.startsWith('message.')) return
  try {
    postAll(
      world,
      conversation,
      repliesIn(answer).map((reply) => ({ ...reply, role: 'bot' })),
    )
  } catch (error) {
    // The platform ignores messages it cannot make sense of; the receiver is not told.
    if (!(error instanceof ApiError)) throw error
  }
}
