// Whether a port accepts connections, and waiting until it does or no longer does.

import { connect, type Socket } from 'node:net'
import { every, poll, resolveOnAbort, slowingDown } from '../core/async.ts'
import { LOOPBACK, lookupLoopback } from '../core/loopback.ts'

/** Where the bot listens. */
export interface Target {
  readonly host: string
  readonly port: number
}

/** `open`: accepts. `closed`: refuses, or cannot be reached. `silent`: somebody has it but does not accept in time. */
export type Look = 'open' | 'closed' | 'silent'

/** Resolves when the port accepts; rejects with the signal's reason when it is aborted. */
export type WaitForPort = (target: Target, signal: AbortSignal) => Promise<void>

/** Resolves to true when nobody has the port any more, to false when the limit is over or the signal is aborted. */
export type WaitForPortFree = (target: Target, limitMs: number, signal: AbortSignal) => Promise<boolean>

/** Resolves when nobody accepts there; rejects with the signal's reason when it is aborted. */
export type WaitUntilRefused = (target: Target, signal: AbortSignal) => Promise<void>

const CONNECT_MS = 1_000
/** The first polls of a port come this often; later ones after a twentieth of the time waited so far, up to the slowest. */
const POLL_MS = 5
const SLOWEST_POLL_MS = 1_000
/** How long one look at a port that is to be free may take, and how soon the next one comes. */
const FREE_POLL_MS = 50

/** Connects once, and hangs up. An aborted look is `silent`. Never rejects. */
export async function lookAtPort(target: Target, signal: AbortSignal, timeoutMs = CONNECT_MS): Promise<Look> {
  const { host, port } = target
  const socket = connect({
    host,
    port,
    ...(host === 'localhost' && { lookup: lookupLoopback, autoSelectFamily: true }),
  })
  let look: Look = 'silent'
  const looked = new Promise<void>((resolve) => {
    const see = (seen: Look): void => {
      look = seen
      resolve()
    }
    socket.once('connect', () => see(isItself(socket) ? 'closed' : 'open'))
    socket.once('error', () => see('closed'))
    socket.setTimeout(timeoutMs, resolve)
  })
  await resolveOnAbort(looked, signal)
  socket.destroy()
  return look
}

/**
 * Whether a socket is its own other end: when nobody listens, Linux may connect one to itself, if the port is one of
 * those that it gives to clients.
 */
export const isItself = (socket: Socket): boolean =>
  socket.localPort === socket.remotePort && socket.localAddress === socket.remoteAddress

/** Polls until the port accepts: at first every 5 ms, at last every second. */
export const waitForPort: WaitForPort = async (target, signal) => {
  const look = (): Promise<Look> => lookAtPort(target, signal)
  await poll(look, (seen) => seen === 'open' && !signal.aborted, {
    pace: slowingDown(POLL_MS, SLOWEST_POLL_MS),
    signal,
  })
}

/** Polls until the port refuses on every address where it would keep a bot on this host from listening. */
export const waitForPortFree: WaitForPortFree = async ({ host, port }, limitMs, signal) => {
  const isFree = async (): Promise<boolean> => areClosed(rivals(host), port, signal, FREE_POLL_MS)
  const free = poll(isFree, (seen) => seen, { pace: every(FREE_POLL_MS), limitMs, signal })
  return free.catch((error: unknown) => {
    if (!signal.aborted) throw error
    return false
  })
}

/** Polls until nobody accepts any more where deliveries would go: at first every 50 ms, at last every second. */
export const waitUntilRefused: WaitUntilRefused = async ({ host, port }, signal) => {
  const addresses = host === 'localhost' ? LOOPBACK : [host]
  const isRefused = async (): Promise<boolean> => areClosed(addresses, port, signal, CONNECT_MS)
  await poll(isRefused, (seen) => seen, { pace: slowingDown(FREE_POLL_MS, SLOWEST_POLL_MS), signal })
}

async function areClosed(
  hosts: readonly string[],
  port: number,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<boolean> {
  const looks = await Promise.all(hosts.map((host) => lookAtPort({ host, port }, signal, timeoutMs)))
  return looks.every((look) => look === 'closed')
}

// A bot listens on all addresses as a rule, and is refused when one loopback address is taken.
const rivals = (host: string): readonly string[] =>
  host === 'localhost' || LOOPBACK.some((address) => address === host) ? LOOPBACK : [host]
