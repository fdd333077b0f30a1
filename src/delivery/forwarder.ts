// The forwarder: one target, its kept-alive connections, and the attempts that use them.

import { type Dispatcher, Pool } from 'undici'
import { monotonic } from '../core/async.ts'
import type { Delivery, RawHeaders } from '../core/delivery.ts'
import { isLoopback, lookupLoopback } from '../core/http/loopback.ts'
import { MAX_ANSWER_BYTES } from '../core/limits.ts'
import { startAttempt, type UnderWay } from './attempt.ts'
import { createConnector, POOL_OPTIONS } from './connector.ts'
import { forwardHeaders } from './headers.ts'

/** Where the bot listens. `localhost` tries both IPv4 and IPv6; `path` starts with a slash. */
interface Target {
  readonly host: string
  readonly port: number
  readonly path: string
}

export interface ForwarderOptions {
  readonly target: Target
  /** What is added to each delivery: the value of an `authorization` header, and a query without its `?`. */
  readonly access?: () => { readonly authorization: string | null; readonly query: string }
  /** How many connections may be open. Default 1,088: the queue uses 64, and up to 1,024 for attempts that are overdue. */
  readonly connections?: number
  /** A longer answer ends the attempt as `interrupted`. Default `MAX_ANSWER_BYTES`. */
  readonly maxReplyBytes?: number
  /** How long the bot's port may take to accept a connection. Default 5 s. */
  readonly connectTimeoutMs?: number
  /** Milliseconds since the epoch, for when an attempt began. */
  readonly now?: () => number
  /** Milliseconds of a clock that only goes forward, for how long it took. */
  readonly clock?: () => number
}

/**
 * Starts an attempt; `headers` replace those received, if it was signed anew. `written` is called right before its first byte is
 * written. The attempt has no time limit, since a breakpoint in the bot may take minutes, and follows no redirects.
 */
type Forward = (delivery: Delivery, headers?: RawHeaders, written?: () => void) => UnderWay

export interface Forwarder {
  readonly forward: Forward
  /** Closes idle connections, because the bot is gone; attempts under way go on. */
  reset(): void
  /** Cancels what is under way and closes every connection. Idempotent. */
  close(): Promise<void>
}

/** Creates the forwarder of a target; nothing is connected before the first attempt. */
export function createForwarder(options: ForwarderOptions): Forwarder {
  const {
    target,
    access = () => NO_ACCESS,
    connections = 1_088,
    maxReplyBytes = MAX_ANSWER_BYTES,
    connectTimeoutMs = 5_000,
    now = Date.now,
    clock = monotonic,
  } = options
  const pools = new Set<Pool>()
  const connect = createConnector({
    timeout: connectTimeoutMs,
    autoSelectFamily: true,
    // A bot that is slow to accept must not be skipped for the other address.
    ...(target.host === 'localhost' && { lookup: lookupLoopback, autoSelectFamilyAttemptTimeout: connectTimeoutMs }),
  })
  let pool = openPool()
  let closed = false

  function openPool(): Pool {
    const opened = new Pool(originOf(target), {
      ...POOL_OPTIONS,
      connections,
      connect,
      maxResponseSize: maxReplyBytes,
    })
    pools.add(opened)
    return opened
  }

  function retire(gone: Dispatcher): void {
    if (closed || gone !== pool) return
    const retired = pool
    pool = openPool()
    // Closes idle connections now, and the others after their answers.
    void retired.close().then(() => pools.delete(retired))
  }

  const isLocal = isLoopback(target.host.includes(':') ? `[${target.host}]` : target.host)
  // Windows resets the connections of a process that is ended, whatever it has read.
  const isResetUnread = isLocal && process.platform !== 'win32'
  const shared = { pool: () => pool, retire, isResetUnread, closed: () => closed, now, clock }

  return {
    forward: (delivery, headers = delivery.headers, written = () => undefined) => {
      const { authorization, query } = access()
      const request = {
        path: target.path + searchWith(delivery.search, query),
        method: delivery.method,
        headers: forwardHeaders(headers, delivery.id, authorization),
        body: delivery.body,
        // undici repeats idempotent requests by itself; that decision is not for it to make.
        idempotent: false,
      }
      return startAttempt(shared, request, written)
    },
    reset: () => retire(pool),
    close: async () => {
      closed = true
      await Promise.all([...pools].map((each) => each.destroy()))
    },
  }
}

const NO_ACCESS = { authorization: null, query: '' }

/** The query of a request, with its `?`: that of the receiver's own URL (`query`, without a `?`), then the one received. */
export function searchWith(received: string, query: string): string {
  if (query === '') return received
  return received.length > 1 ? `?${query}&${received.slice(1)}` : `?${query}`
}

function originOf({ host, port }: Target): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
