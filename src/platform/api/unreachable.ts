// The error of an API that cannot be reached: which route was tried, what happened, and what to do.
import { codeOf, DevHookError, messageOf } from '../../core/errors.ts'

import { withoutCredentials } from '../../core/hook-url.ts'
import type { TransportOptions } from './transport.ts'

/** The codes for a certificate that is not trusted: in most networks that of a proxy that opens TLS and has a CA of its own. */
const UNTRUSTED = /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_(GET_ISSUER_CERT|VERIFY_LEAF)\w*)$/

/** The error of a call that had no complete answer. `call` names what was tried: `GET /v2/bots/5b43…`. */
export function unreachable(
  call: string,
  origin: string,
  { proxy }: Pick<TransportOptions, 'proxy'>,
  cause: unknown,
): DevHookError {
  if (cause instanceof DevHookError) return cause
  const code = codeOf(cause) ?? ''
  const route = proxy === null ? origin : `${origin} through the proxy ${withoutCredentials(proxy)}`
  const remedy = remedyFor(code, proxy)
  return new DevHookError('apiUnreachable', `${call} did not reach ${route}: ${reasonOf(cause, code)}`, {
    cause,
    ...(remedy !== null && { remedy }),
  })
}

// The system's codes are words that people know; undici's own are not.
const reasonOf = (cause: unknown, code: string): string =>
  code === '' || code.startsWith('UND_ERR') ? messageOf(cause) : code

function remedyFor(code: string, proxy: string | null): string | null {
  if (UNTRUSTED.test(code)) return 'point NODE_EXTRA_CA_CERTS to the CA of your network'
  if (proxy === null) return null
  return 'check HTTPS_PROXY, with user and password if the proxy asks for them, or name the host in NO_PROXY'
}
