// The API client of a run, with the tokens of its config.
import type { Config } from '../../config/load.ts'
import { proxyFor } from '../../core/http/proxy.ts'
import { version } from '../../core/instance.ts'
import type { Redactor } from '../../core/text/redact.ts'
import { type Client, createClient } from '../../platform/api/client.ts'
import type { TokenPair } from '../../platform/api/token-source.ts'

export interface ClientRequest {
  readonly config: Pick<Config, 'apiHost' | 'refreshToken' | 'email' | 'proxies'>
  readonly token: string
  readonly redactor: Redactor
  /** Hears of the tokens that replace the ones before. */
  readonly onTokens?: (tokens: TokenPair) => void
}

/** Creates the client of a run; it connects with the first call, and conceals every token that it is given. */
export function createApiClient({ config, token, redactor, onTokens }: ClientRequest): Client {
  const { apiHost, refreshToken, email, proxies } = config
  return createClient({
    apiHost,
    proxy: proxyFor(apiHost, proxies),
    userAgent: `dev-hook/${version}`,
    redactor,
    tokens: { token, refreshToken, email, ...(onTokens !== undefined && { onTokens }) },
  })
}
