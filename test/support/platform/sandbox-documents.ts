// The API of the sandbox over documents of any shape, which a test reads and changes past the API.
import { createTokenIssuer } from '../../../src/sandbox/access/tokens.ts'
import { createChaos } from '../../../src/sandbox/chaos/chaos.ts'
import { createFaults } from '../../../src/sandbox/chaos/faults.ts'
import { seed } from '../../../src/sandbox/seed.ts'
import { openApi } from '../../../src/sandbox/server.ts'
import { createStore, type Store } from '../../../src/sandbox/store.ts'
import { createActivity } from '../../../src/sandbox/time/activity.ts'
import { createPlatformClock } from '../../../src/sandbox/time/platform-clock.ts'
import { createRegistrations } from '../../../src/sandbox/webhooks/registrations.ts'
import type { Route } from './scripted-api.ts'

type Document = Readonly<Record<string, unknown>>

export interface DocumentsOptions {
  readonly bot?: Document
  readonly services?: readonly Document[]
  /** Whether a URL answers the challenge; called with every URL that is to be verified. */
  readonly verify?: (url: string) => boolean | Promise<boolean>
  /** What a reader sees of a document. */
  readonly show?: (document: object) => unknown
}

/** The documents as the platform has them now, without the times that it writes into them. */
interface Documents {
  bot: Document
  readonly services: readonly Document[]
}

export interface SandboxDocuments {
  readonly documents: Documents
  /** Adds a service, or replaces the one with its id. */
  putService(service: Document): void
  removeService(id: unknown): void
  /** The answer of the sandbox to a call, whoever makes it. */
  readonly answer: Route
  close(): Promise<void>
}

export const BOT_ID = '5b430ef410b7cb0cc2580183'

/** Opens the API with these documents. */
export async function openSandboxDocuments(options: DocumentsOptions = {}): Promise<SandboxDocuments> {
  const { bot = { id: BOT_ID, name: 'Jenny' }, services = [], verify = () => true, show = (shown) => shown } = options
  const store = createStore(() => undefined)
  // The sandbox verifies what is in a place that it knows. Elsewhere, as where no status is shown, it only keeps what is written.
  const place = Object.hasOwn(Object(bot['webhook']), 'status') ? 'webhook' : 'unknown'
  const clock = createPlatformClock()
  const seeded = seed(store, 'unknown', null, {}, clock.stamp())
  const registrations = createRegistrations({
    store,
    place,
    verify: async (url) => verify(url),
    clock,
    regenerateSecret: false,
    strictVerification: false,
  })
  const { organization } = seeded
  const tokens = createTokenIssuer({ lifetimeMs: null, now: clock.now })
  const context = { store, seeded, registrations, tokens, arrival: 'joined', clock } as const
  const chaos = createChaos({ seed: 0, chaos: null, tell: () => undefined })
  const faults = createFaults()
  const api = await openApi({ context, port: 0, activity: createActivity(), chaos, limit: { take: () => 0 }, faults })
  const { token } = tokens.issue('access_token', { user: BOT_ID, organization, scopes: ['admin'] })

  const documents = documentsOf(store)
  const putService = (service: Document): void => void store.services.add(withId(service))
  store.bots.remove(seeded.bot.id)
  documents.bot = bot
  for (const service of services) putService(service)

  const answer: Route = async ({ method, path, query, body }) => {
    const response = await fetch(`${api.url}${path}?${query.toString()}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === null ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (text === '') return { status: response.status, text }
    const json: unknown = JSON.parse(text)
    return { status: response.status, json: Array.isArray(json) ? json.map(show) : show(Object(json)) }
  }

  return {
    documents,
    putService,
    removeService: (id) => void store.services.remove(String(id)),
    answer,
    close: () => api.close(),
  }
}

function documentsOf(store: Store): Documents {
  return {
    get bot() {
      return withoutTimes(store.bots.get(BOT_ID) ?? {})
    },
    set bot(document) {
      store.bots.put({ ...withId(document), id: BOT_ID })
    },
    get services() {
      return store.services.all().map(withoutTimes)
    },
  }
}

const withId = (document: Document): Document & { readonly id: string } => ({
  ...document,
  id: String(document['id']),
})

function withoutTimes(document: Document): Document {
  const { createdAt: _, updatedAt: __, ...rest } = document
  return rest
}
