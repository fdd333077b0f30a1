// Where the broker is, and as whom to go there: the URL and the credentials file, checked before anything is sent.
import { DevHookError } from '../../core/errors.ts'
import { withoutCredentials } from '../../core/hook-url.ts'
import { decodedPart } from '../../core/http/basic-auth.ts'
import { isLoopback } from '../../core/http/loopback.ts'
import { developerName, isDeveloperName } from '../wire/subjects.ts'
import { type Credentials, readCredentials } from './credentials.ts'

const NATS_PORT = 4222

/** A broker, and as whom to go there. */
export interface BrokerAddress {
  /** `host:port` */
  readonly server: string
  /** For people. */
  readonly url: string
  /** Whether the connection has to be encrypted. */
  readonly tls: boolean
  /** The name that the file, or the URL, gives; `null` where neither does. */
  readonly name: string | null
  readonly password: { readonly user: string; readonly pass: string } | null
  readonly credentials: Credentials | null
}

/**
 * Reads where the broker is. Throws `usage` for what is not the address of one, and `brokerUnsafe` for one on another machine that is
 * to be reached without credentials.
 */
export async function readAddress(url: string | null, file: string | null): Promise<BrokerAddress> {
  const credentials = file === null ? null : await readCredentials(file)
  const given = url ?? credentials?.url ?? `nats://127.0.0.1:${NATS_PORT}`
  const shown = withoutCredentials(given)
  const parsed = URL.canParse(given) ? new URL(given) : null
  if (parsed === null || !/^(?:nats|tls):$/.test(parsed.protocol) || parsed.hostname === '') {
    throw new DevHookError('usage', `${shown} is not the address of a broker`, {
      remedy: 'write it as `nats://host:4222` or `tls://host:4222`',
    })
  }
  const { hostname, port, username, password } = parsed
  const near = isLoopback(hostname)
  if (!near && credentials === null && password === '') {
    throw new DevHookError('brokerUnsafe', `${shown} is on another machine, and there are no credentials for it`)
  }
  const user = decodedPart(username)
  return {
    server: `${hostname}:${port === '' ? NATS_PORT : port}`,
    url: shown,
    tls: !near || parsed.protocol === 'tls:',
    name: credentials?.name ?? (user === '' ? null : user),
    password: password === '' ? null : { user, pass: decodedPart(password) },
    credentials,
  }
}

/** The name of the developer: what the credentials or the URL say, else who is logged in on this machine. */
export function nameAt({ name }: Pick<BrokerAddress, 'name'>, who: string): string {
  if (name !== null) return developerName(name)
  const user = (who.split('@')[0] ?? '').toLowerCase().replace(/[^a-z0-9-]+/g, '-')
  return isDeveloperName(user) ? user : 'me'
}
