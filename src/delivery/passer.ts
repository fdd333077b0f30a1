// Passes deliveries on, as they came, to where a webhook pointed before.
import { Agent, type Dispatcher, ProxyAgent } from 'undici'
import { monotonic } from '../core/async.ts'
import type { Delivery, RawHeaders } from '../core/delivery.ts'
import { messageOf } from '../core/errors.ts'
import { type Proxies, proxyFor } from '../core/http/proxy.ts'
import { filterHeaders } from '../core/http/raw-headers.ts'
import { MAX_ANSWER_BYTES } from '../core/limits.ts'
import { startAttempt, type UnderWay } from './attempt.ts'
import { createConnector, POOL_OPTIONS } from './connector.ts'
import { searchWith } from './forwarder.ts'
import { travellingHeaders } from './headers.ts'

/** A receiver of deliveries, as its URL names it. */
export interface Receiver {
  /** `https://bots.example.com` */
  readonly origin: string
  readonly path: string
  /** The query of the URL itself, without its `?`; empty for none. */
  readonly query: string
  /** The value of an `authorization` header; `null` for none. */
  readonly authorization: string | null
}

export interface Passer {
  /** Starts to pass a delivery on, with `headers` and `more` headers. The attempt has no time limit, and follows no redirects. */
  pass(delivery: Delivery, to: Receiver, headers: RawHeaders, more?: RawHeaders): UnderWay
  /** Cancels what is under way and closes every connection. Idempotent. */
  close(): Promise<void>
}

/** How long connecting may take. */
const CONNECT_MS = 10_000
/** How many connections to one receiver may be open. */
const CONNECTIONS = 128

/** Headers that a tunnel or proxy on the way here has added, and that are about this way alone. */
const ADDED_BY_PROXIES = /^(?:x-forwarded-(?:for|host|proto|port|server|prefix)|forwarded|x-real-ip)$/

/** Creates a passer; nothing is connected before the first delivery. */
export function createPasser(proxies: Proxies): Passer {
  const agents = new Map<string | null, Dispatcher>()
  let closed = false

  function agentTo(origin: string): Dispatcher {
    const proxy = proxyFor(origin, proxies)
    const known = agents.get(proxy)
    if (known !== undefined) return known
    const opened = openAgent(proxy)
    agents.set(proxy, opened)
    return opened
  }

  return {
    pass: (delivery, to, headers, more = []) => {
      let pool: Dispatcher
      try {
        pool = agentTo(to.origin)
      } catch (error) {
        // undici throws for a proxy whose credentials it cannot decode, as in `http://me:50%@proxy`.
        return unsendable(`the proxy cannot be used: ${messageOf(error)}`)
      }
      const connections = {
        pool: () => pool,
        // undici itself drops its dead connections.
        retire: () => undefined,
        closed: () => closed,
        now: Date.now,
        clock: monotonic,
      }
      const request = {
        origin: to.origin,
        path: to.path + searchWith(delivery.search, to.query),
        method: delivery.method,
        headers: [...passedHeaders(headers), ...more, ...authorizationOf(to)],
        body: delivery.body,
        idempotent: false,
      }
      return startAttempt(connections, request, () => undefined)
    },
    close: async () => {
      closed = true
      await Promise.all([...agents.values()].map((agent) => agent.destroy()))
    },
  }
}

const unsendable = (reason: string): UnderWay => ({
  done: Promise.resolve({ startedAt: Date.now(), ms: 0, outcome: 'interrupted', reason, unsendable: true }),
  cancel: () => undefined,
})

const passedHeaders = (received: RawHeaders): string[] =>
  filterHeaders(travellingHeaders(received), (name) => !ADDED_BY_PROXIES.test(name))

const authorizationOf = ({ authorization }: Receiver): string[] =>
  authorization === null ? [] : ['authorization', authorization]

function openAgent(proxy: string | null): Dispatcher {
  const shared = { ...POOL_OPTIONS, connections: CONNECTIONS, maxResponseSize: MAX_ANSWER_BYTES }
  const timeout = { timeout: CONNECT_MS }
  if (proxy !== null) return new ProxyAgent({ ...shared, uri: proxy, requestTls: timeout, proxyTls: timeout })
  return new Agent({ ...shared, connect: createConnector(timeout) })
}
