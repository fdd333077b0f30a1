// Trying a token at the platform: whose it is, and what it may read.
import type { Config } from '../config/load.ts'
import { withDeadline } from '../core/async.ts'
import { DevHookError, messageOf } from '../core/errors.ts'
import { textIn } from '../core/json.ts'

import { createRedactor } from '../core/text/redact.ts'
import { createApiClient } from '../daemon/account/api-client.ts'
import { identityOf } from '../daemon/account/bot-identity.ts'
import type { Client } from '../platform/api/client.ts'

import { readRefreshToken } from '../platform/api/token.ts'
import { readBot } from '../platform/webhook/bot-record.ts'
import { findBotWebhook } from '../platform/webhook/locate.ts'

/** What trying a good token has shown. */
export interface TriedToken {
  readonly botId: string
  readonly name: string | null
  /** Whether it expires, so that a refresh token is of use. */
  readonly expires: boolean
  /** The secret of the bot's webhook, where the platform shows it. */
  readonly secret: string | null
}

const LIMIT_MS = 10_000

/** Reads the bot with a token. Throws what is wrong with the token; `apiUnreachable` and `apiFailed` are not verdicts on it. */
export async function tryToken(
  token: string,
  refreshToken: string | null,
  config: Config,
  signal: AbortSignal,
): Promise<TriedToken> {
  const { botId, claims } = identityOf({ ...config, token })
  const client = createApiClient({ config: { ...config, refreshToken }, token, redactor: createRedactor() })
  const reason = `${config.apiHost} does not answer in time`
  try {
    return await withDeadline([signal], { ms: LIMIT_MS, reason }, async (limited) => {
      const bot = await readBot(client, botId, limited)
      const secret = await secretOf(client, botId, config.webhookPlace, limited)
      return { botId, name: textIn(bot, 'name'), expires: claims.expiresAt !== null, secret }
    })
  } catch (error) {
    if (error instanceof DevHookError || signal.aborted || messageOf(error) !== reason) throw error
    throw new DevHookError('apiUnreachable', reason, { cause: error })
  } finally {
    await client.close()
  }
}

/** The webhook's secret, for convenience only: what keeps it from being found is met again, and reported, by a run. */
async function secretOf(
  client: Client,
  botId: string,
  place: string | null,
  signal: AbortSignal,
): Promise<string | null> {
  const found = await findBotWebhook(client, botId, place, signal).catch((error: unknown) => {
    if (error instanceof DevHookError) return null
    throw error
  })
  return found !== null && 'reading' in found ? found.reading.registered.secret : null
}

/** Checks that a refresh token belongs to a token. Throws `tokenMalformed` or `tokenKind`. */
export function assertRefreshToken(refreshToken: string, botId: string): void {
  const { id, expiresAt } = readRefreshToken(refreshToken)
  if (id !== null && id !== botId) throw new DevHookError('tokenKind', 'it is the refresh token of another bot')
  if (expiresAt !== null && expiresAt <= Date.now()) throw new DevHookError('credentialsRefused', 'it has expired')
}

/** Whether an error of `tryToken` leaves open if the token is good. */
export const isInconclusive = (error: unknown): boolean =>
  error instanceof DevHookError && error.is('apiUnreachable', 'apiFailed', 'apiNotJson')
