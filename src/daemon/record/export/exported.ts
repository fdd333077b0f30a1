// What is exported of a recorded delivery: the request as the bot gets it, fit to be passed on.
import { isUtf8 } from 'node:buffer'
import type { Delivery, Label } from '../../../core/delivery.ts'
import { DevHookError } from '../../../core/errors.ts'
import { headerPairs } from '../../../core/http/raw-headers.ts'
import type { Redact } from '../../../core/text/redact.ts'
import { travellingHeaders } from '../../../delivery/headers.ts'
import { checkSignature, resign } from '../../../protocol/signature.ts'
import { hideSecrets, isSecretName } from '../hide-secrets.ts'

/** A request as the bot gets it, at this URL, with the label of its delivery. */
export interface Exported {
  readonly delivery: Delivery
  readonly label: Label
  /** The bot's, without a query. */
  readonly url: string
}

/** The headers of a request, without those that belong to the connection on which it came. */
export const headersOf = ({ headers }: Delivery): [name: string, value: string][] =>
  headerPairs(travellingHeaders(headers))

/** A request without its secrets. */
export interface Redacted {
  readonly delivery: Delivery
  /** Whether there were any. */
  readonly hidden: boolean
  /** Whether it is signed for the body that had them: the secret for another signature is not known. */
  readonly stale: boolean
}

/** Takes out the secrets that `events show` hides too. A body that changes with that is signed again, if it can be. */
export function withoutSecrets(delivery: Delivery, redact: Redact, secret: string | null): Redacted {
  const search = hideSecrets(delivery.search, redact)
  const body = withoutSecretsIn(delivery.body, redact)
  const wasSigned = body !== delivery.body && checkSignature(delivery.headers, body, secret ?? '') !== 'missing'
  const given = headersOf(delivery)
  const shown = given.filter(([name]) => !isSecretName(name)).map(([name, value]) => [name, redact(value)])
  const headers = wasSigned && secret !== null ? resign(shown.flat(), body, secret) : shown.flat()
  const hidden =
    search !== delivery.search || body !== delivery.body || shown.flat().join('\n') !== given.flat().join('\n')
  return { delivery: { ...delivery, search, headers, body }, hidden, stale: wasSigned && secret === null }
}

function withoutSecretsIn(body: Buffer, redact: Redact): Buffer {
  if (!isUtf8(body)) return body
  const text = body.toString('utf8')
  const hidden = hideSecrets(text, redact)
  return hidden === text ? body : Buffer.from(hidden)
}

/** What a form throws that cannot say what is in a request. */
export const notExpressible = ({ delivery }: Exported, form: string, what: string, others: string): DevHookError =>
  new DevHookError('usage', `${what} of ${delivery.id} cannot be written as ${form} so that it arrives as it is`, {
    remedy: `export it as ${others}`,
  })
