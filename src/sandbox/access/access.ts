// Access control of the emulated API: who calls, and whether they may.

import type { Document } from '../../protocol/resources.ts'
import { ApiError } from '../api-error.ts'
import type { ApiRequest } from '../http/app.ts'
import type { ResourceName, Store } from '../store.ts'
import { type Action, missingScope } from './permissions.ts'
import { isInRealm, isOwn } from './realm.ts'
import type { Caller, TokenIssuer } from './tokens.ts'

/** Who calls. Throws 401, in the platform's words, when the access token is not good. */
export function callerOf(request: ApiRequest, tokens: TokenIssuer): Caller {
  const [, token] = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '') ?? []
  if (token === undefined) throw new ApiError(401, 'invalid token')
  const checked = tokens.check(token, 'access_token')
  if ('fault' in checked) throw new ApiError(401, checked.fault)
  return checked.caller
}

/**
 * Throws 403 unless the caller may do this with the resource, or with the document if there is one, and 404 when it lies outside
 * their realm. `called`: the resource in the singular.
 */
export function requirePermission(
  store: Store,
  caller: Caller,
  action: Action,
  { name, called }: { readonly name: ResourceName; readonly called: string },
  document?: Document,
): void {
  const own = document !== undefined && isOwn(store, caller, name, document)
  const missing = missingScope(caller, name, action, own)
  if (missing !== null) throw new ApiError(403, `Permission denied: ${missing} scope required`)
  if (document !== undefined && !own && !isInRealm(store, caller, name, document)) {
    throw new ApiError(404, `${called} not found`)
  }
}
