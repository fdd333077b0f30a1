// Access control of the emulated API: what the access token of a request allows.
import type { FastifyRequest } from 'fastify'
import { ApiError } from './api-error.ts'
import type { TokenIssuer } from './tokens.ts'

/** The scopes of the caller. Throws 401, in the platform's words, when the access token is not good. */
export function scopesOf(request: FastifyRequest, tokens: TokenIssuer): readonly string[] {
  const [, token] = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '') ?? []
  if (token === undefined) throw new ApiError(401, 'invalid token')
  const checked = tokens.check(token, 'access_token')
  if ('fault' in checked) throw new ApiError(401, checked.fault)
  return checked.scopes
}

/** Throws 403 unless the caller has the scope `admin`. */
export function requireAdmin(request: FastifyRequest, tokens: TokenIssuer): void {
  if (!scopesOf(request, tokens).includes('admin')) throw new ApiError(403, 'Permission denied: admin scope required')
}
