// A connection to the broker that comes back by itself, and what it says about its state.

import type { JetStreamManager } from '@nats-io/jetstream'
import { jetstreamManager } from '@nats-io/jetstream'
import {
  type Authenticator,
  connect,
  credsAuthenticator,
  errors,
  type Msg,
  type NatsConnection,
  type NodeConnectionOptions,
  nkeyAuthenticator,
} from '@nats-io/transport-node'
import { raceTimeout } from '../../core/async.ts'
import { DevHookError, messageOf } from '../../core/errors.ts'
import { createListeners, type Off } from '../../core/listeners.ts'
import { MAX_MESSAGE_BYTES } from '../wire/envelope.ts'
import { inboxOf } from '../wire/subjects.ts'
import type { BrokerAddress } from './address.ts'

/** Whether the broker can be reached now. `refused`: never again, the reason says why. */
export type BrokerState =
  | { readonly is: 'online' }
  | { readonly is: 'away'; readonly reason: string }
  | { readonly is: 'refused'; readonly error: DevHookError }

export interface Broker {
  readonly connection: NatsConnection
  readonly address: BrokerAddress
  readonly state: () => BrokerState
  readonly on: (listener: (state: BrokerState) => void) => Off
  /** The largest message that the broker takes, in bytes. */
  readonly maxMessageBytes: () => number
  /** What is asked of JetStream. Rejects when the broker has none. */
  readonly manager: () => Promise<JetStreamManager>
  /** Sends what is under way, where the broker is there to take it, and ends the connection. Idempotent, never rejects. */
  readonly close: () => Promise<void>
}

const CONNECT_MS = 5_000
/** How long what is under way may take at the end, in ms: a broker that hangs is not waited for. */
const DRAIN_MS = 1_000
const AGAIN_MS = 250

/**
 * Connects. Rejects with `brokerUnreachable`, `brokerRefused` or `brokerUnsafe`, each naming what was tried. `name`: whose the inbox
 * is.
 */
export async function openBroker(address: BrokerAddress, name: string): Promise<Broker> {
  const connection = await connect(optionsOf(address, name)).catch((cause: unknown) => {
    throw problemOf(cause, address)
  })
  if (address.tls && !isEncrypted(connection)) {
    await connection.close()
    throw new DevHookError('brokerUnsafe', `${address.url} does not offer TLS`)
  }
  const changes = createListeners<BrokerState>()
  let state: BrokerState = { is: 'online' }
  const enter = (next: BrokerState): void => {
    if (state.is === 'refused' || (state.is === next.is && next.is === 'online')) return
    state = next
    changes.emit(next)
  }
  void watch(connection, address, enter)
  let closing: Promise<void> | undefined
  return {
    connection,
    address,
    state: () => state,
    on: changes.on,
    maxMessageBytes: () => connection.info?.max_payload ?? 0,
    manager: () =>
      jetstreamManager(connection, { timeout: CONNECT_MS }).catch((cause: unknown) => {
        throw withoutJetStream(cause, address)
      }),
    close: () => {
      closing ??= end(connection, state)
      return closing
    },
  }
}

/** The client drains a connection for ever whose broker does not come back, or ends it in the same instant. */
async function end(connection: NatsConnection, state: BrokerState): Promise<void> {
  if (state.is === 'online' && !connection.isClosed()) {
    const drained = connection.drain().catch(() => undefined)
    await raceTimeout(Promise.race([drained, connection.closed()]), DRAIN_MS)
  }
  await connection.close()
}

/** Why streams cannot be used: the credentials may not, or the server has none. */
function withoutJetStream(cause: unknown, address: BrokerAddress): DevHookError {
  if (permissionIn(cause) !== null) return problemOf(cause, address)
  return new DevHookError('brokerUnreachable', `${address.url} has no JetStream: ${messageOf(cause)}`, {
    cause,
    remedy: 'start `nats-server` with `-js`, or with the configuration of `dev-hook relay init`',
  })
}

/** A server that does not require TLS may be anybody, who has removed the requirement on the way. */
export const isEncrypted = ({ info }: NatsConnection): boolean => info?.tls_required === true

async function watch(
  connection: NatsConnection,
  address: BrokerAddress,
  enter: (state: BrokerState) => void,
): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === 'disconnect') enter({ is: 'away', reason: `the connection to ${address.url} broke` })
    if (status.type === 'reconnect') {
      if (!address.tls || isEncrypted(connection)) enter({ is: 'online' })
      else {
        enter({ is: 'refused', error: new DevHookError('brokerUnsafe', `${address.url} no longer offers TLS`) })
        await connection.close()
      }
    }
    if (status.type === 'error' && isRefusal(status.error))
      enter({ is: 'refused', error: problemOf(status.error, address) })
  }
}

function optionsOf(address: BrokerAddress, name: string): NodeConnectionOptions {
  const { server, tls, password, credentials } = address
  const authenticator = authenticatorOf(address)
  return {
    servers: server,
    name: `dev-hook ${name}`,
    inboxPrefix: inboxOf(name),
    timeout: CONNECT_MS,
    maxReconnectAttempts: -1,
    reconnectTimeWait: AGAIN_MS,
    // Half-open connections are noticed after twice this.
    pingInterval: 5_000,
    maxPingOut: 2,
    noAsyncTraces: true,
    // What a broker says of further servers is followed only where the certificate binds them.
    ignoreClusterUpdates: !tls,
    ...(tls && { tls: credentials?.ca == null ? {} : { ca: credentials.ca } }),
    ...(password !== null && password),
    ...(authenticator !== null && { authenticator }),
  }
}

function authenticatorOf({ credentials }: BrokerAddress): Authenticator | null {
  if (credentials === null) return null
  const { seed, jwtFile } = credentials
  if (jwtFile !== null) return credsAuthenticator(jwtFile)
  return seed === null ? null : nkeyAuthenticator(seed)
}

const isExpiry = (error: unknown): boolean => error instanceof errors.UserAuthenticationExpiredError

const isRefusal = (error: unknown): boolean => isExpiry(error) || error instanceof errors.AuthorizationError

/** An error of the client as one of ours, with what was tried. */
export function problemOf(cause: unknown, { url, tls }: Pick<BrokerAddress, 'url' | 'tls'>): DevHookError {
  if (cause instanceof DevHookError) return cause
  const permission = permissionIn(cause)
  if (permission !== null) {
    const { operation, subject } = permission
    const verb = operation === 'publish' ? 'send to' : 'listen to'
    return new DevHookError('brokerRefused', `${url} does not let you ${verb} ${subject}`, { cause })
  }
  // The client tells it apart by its words alone.
  if (tls && /does not support 'tls'/.test(messageOf(cause)))
    return new DevHookError('brokerUnsafe', `${url} does not offer TLS`, { cause })
  if (isExpiry(cause)) return new DevHookError('brokerRefused', `the credentials for ${url} have expired`, { cause })
  if (isRefusal(cause)) return new DevHookError('brokerRefused', `${url} refused the credentials`, { cause })
  return new DevHookError('brokerUnreachable', `${url} cannot be reached: ${messageOf(cause)}`, { cause })
}

function permissionIn(thrown: unknown): InstanceType<typeof errors.PermissionViolationError> | null {
  for (let cause = thrown; cause instanceof Error; cause = cause.cause)
    if (cause instanceof errors.PermissionViolationError) return cause
  return null
}

/** How many bytes a message may have, where that is too few for the largest delivery; else `null`. */
export function tooSmallIn({ maxMessageBytes }: Pick<Broker, 'maxMessageBytes'>): number | null {
  const max = maxMessageBytes()
  return max < MAX_MESSAGE_BYTES ? max : null
}

/** Answers a request; in vain once the connection is closed, which whoever asked finds out by waiting. Never throws. */
export function respond(message: Msg, answer: Uint8Array | string): void {
  try {
    message.respond(answer)
  } catch {
    // Closed, or about to be.
  }
}

/** Whether nobody listens on the subject of a request, as the broker says at once. */
export function isNobodyThere(thrown: unknown): boolean {
  for (let cause = thrown; cause instanceof Error; cause = cause.cause)
    if (cause instanceof errors.NoRespondersError) return true
  return false
}
