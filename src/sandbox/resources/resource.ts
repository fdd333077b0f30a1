// The routes that every resource has: list, get, create, update, delete, and for one of them replace.

import { asRecord, type Json } from '../../core/json.ts'
import { newId } from '../../protocol/ids.ts'
import type { Document } from '../../protocol/resources.ts'
import { callerOf, requirePermission } from '../access/access.ts'
import type { Action } from '../access/permissions.ts'
import { isInRealm, placeFor } from '../access/realm.ts'
import type { Caller } from '../access/tokens.ts'
import { ApiError } from '../api-error.ts'
import type { AppContext } from '../app-context.ts'
import type { ApiApp, ApiRequest } from '../http/app.ts'
import type { ResourceName } from '../store.ts'
import { parseQuery } from './parse-query.ts'
import { populated } from './populate.ts'
import { findDocuments, nextUrl, type QueryFilter, selectFields } from './query.ts'

/** A resource of the API, and what it does differently from the others. */
export interface Resource<T extends Document> {
  readonly name: ResourceName
  /** In the singular, for `… not found`. */
  readonly called: string
  /** Filters of a list, at least one of which must be given. */
  readonly mandatory?: (filters: readonly QueryFilter[]) => readonly string[]
  /** The documents that filters may match; what they cannot match may be missing. */
  readonly all: (filters: readonly QueryFilter[]) => readonly T[]
  readonly get: (id: string) => T | undefined
  /** `onExisting` is to be called when it was there already, so that nothing was created. */
  readonly create: (body: Json, caller: Caller, onExisting: () => void) => T | Promise<T>
  readonly update: (before: T, patch: Json, caller: Caller) => T | Promise<T>
  /** For `PUT`, which only messages have. */
  readonly replace?: (before: T, body: Json, caller: Caller) => T
  readonly remove: (id: string, by: string) => boolean
  /** What a reader sees of a document. */
  readonly show?: (document: T) => T
}

/** Serves a resource at `/v2/<name>`. */
export function serveResource<T extends Document>(app: ApiApp, context: AppContext, resource: Resource<T>): void {
  const { store, tokens } = context
  const path = `/v2/${resource.name}`
  const show = resource.show ?? ((document: T) => document)

  /** The caller of a route that is not about a document yet. */
  function allowed(request: ApiRequest, action: Action): Caller {
    const caller = callerOf(request, tokens)
    requirePermission(store, caller, action, resource)
    return caller
  }

  /** The caller of a route, and the document that it is about. */
  function known(request: ApiRequest, action: Action): { readonly caller: Caller; readonly document: T } {
    const caller = callerOf(request, tokens)
    const document = resource.get(request.params['id'] ?? '')
    requirePermission(store, caller, action, resource, document)
    if (document === undefined) throw new ApiError(404, `${resource.called} not found`)
    return { caller, document }
  }

  app.on('GET', path, (request, reply) => {
    const caller = allowed(request, 'list')
    const search = searchOf(request)
    const query = parseQuery(search)
    const mandatory = resource.mandatory?.(query.filters) ?? []
    if (mandatory.length > 0 && !query.filters.some((filter) => mandatory.includes(filter.path))) {
      throw new ApiError(400, `one of these filters is required: ${mandatory.join(', ')}`)
    }
    const visible = resource.all(query.filters).filter((document) => isInRealm(store, caller, resource.name, document))
    const { found, more, total } = findDocuments(visible, query)
    // The SDK hands over whatever begins with `x-`; which there are is not known.
    void reply.headers({ 'x-total-count': total, 'x-limit': query.limit, 'x-offset': query.offset })
    if (more) void reply.header('link', `<${nextUrl(`http://${request.host}${path}`, search, query)}>; rel="next"`)
    return found.map((document) => selectFields(populated(store, show(document), query.populate), query.select))
  })

  app.on('GET', `${path}/:id`, (request) => {
    const query = parseQuery(searchOf(request))
    return selectFields(populated(store, show(known(request, 'fetch').document), query.populate), query.select)
  })

  app.on('POST', path, async (request, reply) => {
    const caller = allowed(request, 'create')
    let status = 201
    const document = await resource.create(bodyOf(request), caller, () => {
      status = 200
    })
    return reply.code(status).send(show(document))
  })

  app.on('PATCH', `${path}/:id`, async (request) => {
    const { caller, document } = known(request, 'update')
    return show(await resource.update(document, bodyOf(request), caller))
  })

  const { replace } = resource
  if (replace !== undefined) {
    app.on('PUT', `${path}/:id`, (request) => {
      const { caller, document } = known(request, 'update')
      return show(replace(document, bodyOf(request), caller))
    })
  }

  app.on('DELETE', `${path}/:id`, (request, reply) => {
    const { caller, document } = known(request, 'delete')
    resource.remove(document.id, caller.user)
    return reply.code(204).send()
  })
}

/** The body of a request as an object. Throws 400 when it is not one. */
export function bodyOf(request: ApiRequest): Json {
  const body = asRecord(request.body)
  if (body === null) throw new ApiError(400, 'a JSON object is required')
  return body
}

function searchOf(request: ApiRequest): string {
  const at = request.url.indexOf('?')
  return at < 0 ? '' : request.url.slice(at)
}

/** A new document of the caller's from a body: its own id and times, in their organization unless the body names one. */
export function newDocument({ store, clock }: AppContext, caller: Caller, body: Json): Document {
  const at = clock.stamp()
  const own = { ...placeFor(store, caller, body), id: newId(), createdBy: caller.user, createdAt: at, updatedAt: at }
  return { meta: {}, ...body, ...own }
}

/** A document with a patch merged in at the top; what is nested is replaced whole. */
export const mergePatch = ({ clock }: AppContext, before: Document, patch: Json): Document => ({
  ...before,
  ...patch,
  id: before.id,
  updatedAt: clock.stamp(),
})
