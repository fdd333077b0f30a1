// `POST /v2/auth/token`: a refresh token for a new access token.

import type { FastifyInstance } from 'fastify'
import { asRecord, asText } from '../core/json.ts'
import { ApiError } from './api-error.ts'
import type { World } from './app-context.ts'

/** Its path; the only one that needs no access token, and looks at none. */
export const TOKEN_PATH = '/v2/auth/token'

export function serveAuth(app: FastifyInstance, { tokens, residents }: World): void {
  app.post(TOKEN_PATH, (request, reply) => {
    const body = asRecord(request.body)
    const refreshToken = asText(body?.['refreshToken'])
    const clientId = asText(body?.['clientId'])
    // Never 401 here, nor the words of an expired token: SDKs would refresh in order to refresh, for ever.
    if (refreshToken === null || clientId === null) throw new ApiError(400, 'clientId and refreshToken are required')
    if (clientId !== residents.bot.email || 'fault' in tokens.check(refreshToken, 'refresh_token')) {
      throw new ApiError(403, 'The refresh token was refused')
    }
    const { token, expiresAt } = tokens.issue('access_token')
    return reply.code(201).send({
      tokenType: 'Bearer',
      token,
      refreshToken,
      user: residents.bot.id,
      organization: residents.organization,
      ...(expiresAt === null ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
    })
  })
}
