// The readiness of a bot that is ready when its port accepts connections.

import { connect, type Socket } from 'node:net'
import { resolveOnAbort } from '../core/async.ts'
import { LOOPBACK, lookupLoopback } from '../core/http/loopback.ts'
import type { Readiness } from './readiness.ts'

/** A host and a port of it. */
export interface Endpoint {
  readonly host: string
  readonly port: number
}

/** `open`: accepts. `closed`: refuses, or cannot be reached. `silent`: somebody has it but does not accept in time. */
export type PortState = 'open' | 'closed' | 'silent'

const CONNECT_MS = 1_000
/** For a port that is to be free: one that does not answer at once is taken. */
const VACANT_CONNECT_MS = 50

/** Creates the readiness of a bot that listens on this port. */
export function portReadiness(endpoint: Endpoint): Readiness {
  const { host, port } = endpoint
  return {
    isReady: async (signal) => (await portStateOf(endpoint, signal)) === 'open',
    isGone: (signal) => areClosed(host === 'localhost' ? LOOPBACK : [host], port, signal, CONNECT_MS),
    isVacant: (signal) => areClosed(rivals(host), port, signal, VACANT_CONNECT_MS),
  }
}

/** Connects to a port once, and hangs up. A check that is aborted gives `silent`. Never rejects. */
export async function portStateOf(
  { host, port }: Endpoint,
  signal: AbortSignal,
  timeoutMs = CONNECT_MS,
): Promise<PortState> {
  const socket = connect({
    host,
    port,
    // A program that is slow to accept is not passed over for the other address.
    ...(host === 'localhost' && {
      lookup: lookupLoopback,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: timeoutMs,
    }),
  })
  let state: PortState = 'silent'
  const checked = new Promise<void>((resolve) => {
    const found = (seen: PortState): void => {
      state = seen
      resolve()
    }
    socket.once('connect', () => found(isItself(socket) ? 'closed' : 'open'))
    socket.once('error', () => found('closed'))
    socket.setTimeout(timeoutMs, resolve)
  })
  await resolveOnAbort(checked, signal)
  socket.destroy()
  return state
}

/** The host to connect to where somebody listens: of `localhost` the first address that accepts. `null` when none does. */
export async function listeningHost({ host, port }: Endpoint, signal: AbortSignal): Promise<string | null> {
  const hosts = host === 'localhost' ? LOOPBACK : [host]
  const states = await Promise.all(hosts.map((each) => portStateOf({ host: each, port }, signal)))
  return hosts[states.indexOf('open')] ?? null
}

/**
 * Whether a socket is its own other end: when nobody listens, Linux may connect one to itself, if the port is one of
 * those that it gives to clients.
 */
export const isItself = (socket: Socket): boolean =>
  socket.localPort === socket.remotePort && socket.localAddress === socket.remoteAddress

async function areClosed(
  hosts: readonly string[],
  port: number,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<boolean> {
  const states = await Promise.all(hosts.map((host) => portStateOf({ host, port }, signal, timeoutMs)))
  return states.every((state) => state === 'closed')
}

// A bot listens on all addresses as a rule, and is refused when one loopback address is taken.
const rivals = (host: string): readonly string[] =>
  host === 'localhost' || LOOPBACK.some((address) => address === host) ? LOOPBACK : [host]
