// Which HTTP proxy, if any, leads to a URL.
import { isLoopback } from './loopback.ts'

/** The proxies that calls to the outside go through, as URLs; they may hold credentials. */
export interface Proxies {
  readonly http: string | null
  readonly https: string | null
  /** Hosts that are reached without one: `host`, `.domain`, `*.domain`, each with `:port` if need be; `*` is all. */
  readonly except: readonly string[]
}

export const NO_PROXIES: Proxies = { http: null, https: null, except: [] }

/** The proxy for a call to `url`; `null` when it goes straight there, as every call on this machine does. */
export function proxyFor(url: string, proxies: Proxies): string | null {
  if (!URL.canParse(url)) return null
  const { protocol, hostname, port } = new URL(url)
  const proxy = protocol === 'https:' ? proxies.https : proxies.http
  if (proxy === null || isLoopback(hostname)) return null
  const at = port === '' ? (protocol === 'https:' ? '443' : '80') : port
  return proxies.except.some((entry) => isExcepted(entry, hostname, at)) ? null : proxy
}

const ENTRY = /^(?:\*?\.)?(?<host>.*?)(?::(?<port>\d+))?$/

function isExcepted(entry: string, hostname: string, port: string): boolean {
  if (entry === '*') return true
  // The brackets of an IPv6 address keep its last part from being read as a port.
  const bare = /^[0-9a-f]*:[0-9a-f:]+$/i.test(entry) ? `[${entry}]` : entry
  const groups = ENTRY.exec(bare.toLowerCase())?.groups
  const host = groups?.['host']
  if (!host || (groups['port'] ?? port) !== port) return false
  return hostname === host || hostname.endsWith(`.${host}`)
}
