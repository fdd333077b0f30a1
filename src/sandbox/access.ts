// Who may call what.
import type { FastifyRequest } from 'fastify'
import { ApiError } from './api-error.ts'
import type { Tokens } from './tokens.ts'

/** The scopes of the caller; 401 in the platform's words when the access token is not good. */
export function scopesOf(request: FastifyRequest, tokens: Tokens): readonly string[] {
  const [, token] = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '') ?? []
  if (token === undefined) throw new ApiError(401, 'invalid token')
  const checked = tokens.check(token, 'access_token')
  if ('fault' in checked) throw new ApiError(401, checked.fault)
  return checked.scopes
}

/** 403 unless the caller is an admin. */
export function requireAdmin(request: FastifyRequest, tokens: Tokens): void {
  if (!scopesOf(request, tokens).includes('admin')) throw new ApiError(403, 'Permission denied: admin scope required')
}
