// Bots and services on an api-server: PATCH as documented (nested objects are replaced whole), webhooks verified when asked.
import type { ApiCall, ApiReply, ApiServer } from './api-server.ts'

type Document = Record<string, unknown>

export interface DocumentsOptions {
  readonly bot?: Document
  readonly services?: readonly Document[]
  /** Whether a URL answers the challenge; called with every URL that is to be verified. */
  readonly verify?: (url: string) => boolean | Promise<boolean>
  /** What a reader sees of a document. */
  readonly show?: (document: Document) => unknown
}

export interface Documents {
  /** As the platform has it now. */
  bot: Document
  readonly services: Document[]
}

export const BOT_ID = '5b430ef410b7cb0cc2580183'
const COULD_NOT = { status: 403, json: { error: { message: 'The callback URL could not be verified' } } } as const

/** Serves `GET` and `PATCH /v2/bots/:id`, and `/v2/services` whole. */
export function serveDocuments(server: ApiServer, options: DocumentsOptions = {}): Documents {
  const { show = (document) => document, verify = () => true } = options
  const services = (options.services ?? []).map((service) => structuredClone(service))
  const state: Documents = { bot: structuredClone(options.bot ?? { id: BOT_ID, name: 'Jenny' }), services }
  let created = 0

  async function patchBot({ body }: ApiCall): Promise<ApiReply> {
    const before = state.bot
    state.bot = { ...before, ...record(body) }
    const hook = record(state.bot['webhook'])
    const url = hook['url']
    if (!('status' in hook) || typeof url !== 'string') return { json: show(state.bot) }
    const changed = url !== record(before['webhook'])['url']
    if (!changed && hook['status'] !== 'active') return { json: show(state.bot) }
    const verified = await verify(url)
    state.bot = { ...state.bot, webhook: { ...hook, status: verified ? 'active' : 'unverified' } }
    return verified ? { json: show(state.bot) } : COULD_NOT
  }

  async function patchService(call: ApiCall): Promise<ApiReply> {
    const index = services.findIndex(({ id }) => call.path.endsWith(`/${String(id)}`))
    const before = services[index]
    if (before === undefined) return { status: 404, json: { error: { message: 'Service not found' } } }
    const after = { ...before, ...record(call.body) }
    services[index] = after
    const url = record(after['params'])['url']
    const changed = url !== record(before['params'])['url']
    if (typeof url !== 'string' || (!changed && record(call.body)['status'] !== 'active')) return { json: show(after) }
    const verified = await verify(url)
    const now = { ...after, status: verified ? 'active' : 'unverified' }
    services[index] = now
    return verified ? { json: show(now) } : COULD_NOT
  }

  const bot = `/v2/bots/${BOT_ID}`
  server.on('GET', bot, () => ({ json: show(state.bot) }))
  server.on('PATCH', bot, patchBot)
  server.on('GET', '/v2/services', ({ query }) => {
    const offset = Number(query.get('offset'))
    return { json: services.slice(offset, offset + Number(query.get('limit'))).map(show) }
  })
  server.on('GET', /^\/v2\/services\/.+/, ({ path }) => {
    const service = services.find(({ id }) => path.endsWith(`/${String(id)}`))
    return service === undefined ? undefined : { json: show(service) }
  })
  server.on('POST', '/v2/services', ({ body }) => {
    created += 1
    const service = { id: `service${created}`, organization: 'org1', ...record(body), status: 'unverified' }
    services.push(service)
    return { status: 201, json: show(service) }
  })
  server.on('PATCH', /^\/v2\/services\/.+/, patchService)
  server.on('DELETE', /^\/v2\/services\/.+/, ({ path }) => {
    const index = services.findIndex(({ id }) => path.endsWith(`/${String(id)}`))
    if (index === -1) return undefined
    services.splice(index, 1)
    return { status: 204, text: '' }
  })
  return state
}

const record = (value: unknown): Document =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
