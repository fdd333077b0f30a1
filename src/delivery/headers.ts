// Which headers are forwarded: those of a delivery to the bot, and those of the bot's reply to the platform.
import type { RawHeaders } from '../core/delivery.ts'
import { VIA_HEADER } from '../core/hook-url.ts'
import { filterHeaders, headerValues } from '../core/http/raw-headers.ts'

/** Carries dev-hook's own id of the delivery to the bot. */
const DELIVERY_HEADER = 'x-dev-hook-delivery'

// RFC 9110 7.6.1, and those that older proxies still send: they are about one connection, and ours is another one.
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
] as const

// undici itself writes `host` and `content-length`, and refuses `expect`.
const NOT_FORWARDED: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  'host',
  'content-length',
  'expect',
  DELIVERY_HEADER,
  VIA_HEADER,
])

// The gateway writes the length of the body that it sends: that of a reply to HEAD, or of one in chunks, differs.
const NOT_RETURNED: ReadonlySet<string> = new Set([...HOP_BY_HOP, 'content-length'])

/**
 * The headers of a request to the bot: as received, in their order and case, without those that are not forwarded, plus the id and the
 * `authorization` that the bot expects, if any.
 */
export function forwardHeaders(received: RawHeaders, id: string, authorization: string | null = null): string[] {
  const headers = travellingHeaders(received)
  if (authorization !== null) headers.push('authorization', authorization)
  headers.push(DELIVERY_HEADER, id)
  return headers
}

/** The headers of a request without those about the connection on which it arrived, in their order and case. */
export const travellingHeaders = (received: RawHeaders): string[] => without(received, NOT_FORWARDED)

/** The headers of a reply, from undici's flat list of names and values: as the bot sent them, without those that are not forwarded. */
export function replyHeaders(raw: readonly Buffer[]): RawHeaders {
  return without(
    raw.map((bytes) => bytes.toString('latin1')),
    NOT_RETURNED,
  )
}

function without(headers: RawHeaders, dropped: ReadonlySet<string>): string[] {
  const named = namedByConnection(headers)
  if (named === null) return filterHeaders(headers, (name) => !dropped.has(name))
  return filterHeaders(headers, (name) => !dropped.has(name) && !named.has(name))
}

/** The headers that `connection` headers name; `null` when there are none, which is nearly always. */
function namedByConnection(headers: RawHeaders): ReadonlySet<string> | null {
  const values = headerValues(headers, 'connection')
  // Nearly every client and server sends only these, which name no header.
  if (values.every((value) => value === 'keep-alive' || value === 'close')) return null
  const names = values.flatMap((value) => value.toLowerCase().split(',')).map((name) => name.trim())
  return new Set(names.filter((name) => name !== 'keep-alive' && name !== 'close'))
}
