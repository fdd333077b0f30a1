// The bot's address, from port and path or from one `forward-to`.
import { encodePath, isIllFormed } from '../core/http/encode-path.ts'
import type { Parsed } from './kinds.ts'

/** Where forwards go. `path` starts with a slash. */
export interface ForwardTarget {
  readonly host: string
  readonly port: number
  readonly path: string
}

const SHORT = /^(?:(?<host>[a-z0-9.-]+|\[[0-9a-f:]+\]):|:)?(?<port>\d{1,5})(?<path>\/[^?#\s]*)?$/i

/** `3000`, `:3000/hook`, `host:port` or `http://host:port/hook` → target. */
export function parseTarget(given: string, fallbackPath: string): Parsed<ForwardTarget> {
  const groups = SHORT.exec(given)?.groups
  if (groups) return target(groups['host'] ?? 'localhost', Number(groups['port']), groups['path'] ?? fallbackPath)
  if (!/^https?:\/\//i.test(given) || !URL.canParse(given)) return { problem: 'is not a port, host:port or URL' }
  const url = new URL(given)
  if (url.protocol !== 'http:') return { problem: 'is not http: a bot under development speaks plain http' }
  if (url.search || url.hash || url.username) return { problem: 'may hold a host, a port and a path only' }
  return target(
    url.hostname,
    url.port === '' ? 80 : Number(url.port),
    url.pathname === '/' ? fallbackPath : url.pathname,
  )
}

function target(host: string, port: number, path: string): Parsed<ForwardTarget> {
  if (port < 1 || port > 65_535) return { problem: 'has no valid port' }
  if (isIllFormed(path)) return { problem: 'has a path with half a character in it' }
  return { value: { host: host.replace(/^\[|\]$/g, ''), port, path: encodePath(path) } }
}

/** The target as a URL. */
export const targetUrl = ({ host, port, path }: ForwardTarget): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}${path}`
