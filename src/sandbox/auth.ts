// `POST /v2/auth/token`: a refresh token for a new access token.

import type { FastifyInstance } from 'fastify'
import { asRecord, asText } from '../core/json.ts'
import { ApiError } from './api-error.ts'
import type { AppContext } from './app-context.ts'

/** The path of the refresh grant; the only one that needs no access token, and ignores one that is sent. */
export const TOKEN_PATH = '/v2/auth/token'

/** Serves the refresh grant. */
export function serveAuth(app: FastifyInstance, { tokens, seeded }: AppContext): void {
  app.post(TOKEN_PATH, (request, reply) => {
    const body = asRecord(request.body)
    const refreshToken = asText(body?.['refreshToken'])
    const clientId = asText(body?.['clientId'])
    // Never 401 here, nor the words of an expired token: SDKs would refresh in order to refresh, without end.
    if (refreshToken === null || clientId === null) throw new ApiError(400, 'clientId and refreshToken are required')
    if (clientId !== seeded.bot.email || 'fault' in tokens.check(refreshToken, 'refresh_token')) {
      throw new ApiError(403, 'The refresh token was refused')
    }
    const { token, expiresAt } = tokens.issue('access_token')
    return reply.code(201).send({
      tokenType: 'Bearer',
      token,
      refreshToken,
      user: seeded.bot.id,
      organization: seeded.organization,
      ...(expiresAt === null ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
    })
  })
}
