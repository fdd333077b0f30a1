// The five routes that every resource has: list, get, create, update, delete.

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { asRecord, type Json } from '../../core/json.ts'
import type { Document } from '../../protocol/resources.ts'
import { requireAdmin } from '../access.ts'
import { ApiError } from '../api-error.ts'
import type { AppContext } from '../app-context.ts'

import { newId, type ResourceName } from '../store.ts'
import { findDocuments, nextUrl, parseQuery, type QueryFilter, selectFields } from './query.ts'

/** A resource of the API, and what it does differently from the others. */
export interface Resource<T extends Document> {
  readonly name: ResourceName
  /** In the singular, for `… not found`. */
  readonly called: string
  /** What only admins may do. */
  readonly admin?: 'everything' | 'create'
  /** Filters of a list of which one must be there. */
  readonly mandatory?: (filters: readonly QueryFilter[]) => readonly string[]
  readonly all: () => readonly T[]
  readonly get: (id: string) => T | undefined
  readonly create: (body: Json) => T | Promise<T>
  readonly update: (before: T, patch: Json) => T | Promise<T>
  readonly remove: (id: string) => boolean
}

interface ById {
  Params: { id: string }
}

/** Serves a resource at `/v2/<name>`. */
export function serveResource<T extends Document>(
  app: FastifyInstance,
  context: AppContext,
  resource: Resource<T>,
): void {
  const path = `/v2/${resource.name}`
  const known = (id: string): T => {
    const document = resource.get(id)
    if (document === undefined) throw new ApiError(404, `${resource.called} not found`)
    return document
  }
  const guard = (...on: readonly (typeof resource.admin)[]) => ({
    preHandler: async (request: FastifyRequest): Promise<void> => {
      if (resource.admin !== undefined && on.includes(resource.admin)) requireAdmin(request, context.tokens)
    },
  })

  app.get(path, guard('everything'), (request, reply) => {
    const search = searchOf(request)
    const query = parseQuery(search)
    const mandatory = resource.mandatory?.(query.filters) ?? []
    if (mandatory.length > 0 && !query.filters.some((filter) => mandatory.includes(filter.path))) {
      throw new ApiError(400, `one of these filters is required: ${mandatory.join(', ')}`)
    }
    const { found, more } = findDocuments(resource.all(), query)
    if (more) void reply.header('link', `<${nextUrl(`http://${request.host}${path}`, search, query)}>; rel="next"`)
    return found.map((document) => selectFields(populated(context, document, query.populate), query.select))
  })

  app.get<ById>(`${path}/:id`, guard('everything'), (request) => {
    const query = parseQuery(searchOf(request))
    return selectFields(populated(context, known(request.params.id), query.populate), query.select)
  })

  app.post(path, guard('everything', 'create'), async (request, reply) =>
    reply.code(201).send(await resource.create(bodyOf(request))),
  )

  app.patch<ById>(`${path}/:id`, guard('everything'), (request) =>
    resource.update(known(request.params.id), bodyOf(request)),
  )

  app.delete<ById>(`${path}/:id`, guard('everything'), (request, reply) => {
    resource.remove(known(request.params.id).id)
    return reply.code(204).send()
  })
}

/** The body of a request as an object. Throws 400 when it is not one. */
export function bodyOf(request: FastifyRequest): Json {
  const body = asRecord(request.body)
  if (body === null) throw new ApiError(400, 'a JSON object is required')
  return body
}

function searchOf(request: FastifyRequest): string {
  const at = request.url.indexOf('?')
  return at < 0 ? '' : request.url.slice(at)
}

/** A new document from a body: its own id and times, the organization of the bot unless it names one. */
export function newDocument({ seeded }: AppContext, body: Json): Document {
  const at = new Date().toISOString()
  return { organization: seeded.organization, ...body, id: newId(), createdAt: at, updatedAt: at }
}

/** A document with a patch mergePatch in at the top; what is nested is replaced whole. */
export const mergePatch = (before: Document, patch: Json): Document => ({
  ...before,
  ...patch,
  id: before.id,
  updatedAt: new Date().toISOString(),
})

const OWNERS = {
  contact: 'contacts',
  organization: 'organizations',
  user: 'users',
  bot: 'bots',
  conversation: 'conversations',
} as const satisfies Readonly<Record<string, ResourceName>>

const isOwner = (field: string): field is keyof typeof OWNERS => Object.hasOwn(OWNERS, field)

// Fields that name another document by its id become that document; a conversation's messages are looked up.
function populated({ store }: AppContext, document: Document, fields: readonly string[]): Document {
  const added = fields.map((field): readonly [string, unknown] => {
    if (field === 'messages') {
      return [field, store.messages.all().filter((message) => message.conversation === document.id)]
    }
    const value = document[field]
    if (typeof value !== 'string' || !isOwner(field)) return [field, value]
    return [field, store[OWNERS[field]].get(value) ?? value]
  })
  return { ...document, ...Object.fromEntries(added.filter(([, value]) => value !== undefined)), id: document.id }
}
