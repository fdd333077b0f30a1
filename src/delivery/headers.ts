// Which headers travel: those of a delivery on its way to the bot, and those of the bot's reply on its way back.
import type { RawHeaders } from '../core/delivery.ts'
import { VIA_HEADER } from '../core/hook-url.ts'
import { filterHeaders, headerValues } from '../core/http/raw-headers.ts'

/** Carries dev-hook's own id of the delivery to the bot. */
const DELIVERY_HEADER = 'x-dev-hook-delivery'

// RFC 9110 7.6.1, and those that older proxies still send: they speak of one connection, and ours is another one.
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

// undici writes `host` and `content-length` from the target and the body, and refuses `expect`.
const NOT_FORWARDED: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  'host',
  'content-length',
  'expect',
  DELIVERY_HEADER,
  VIA_HEADER,
])

// The gateway writes the length of the body it sends: a reply to HEAD, or one that came in chunks, has another one.
const NOT_RETURNED: ReadonlySet<string> = new Set([...HOP_BY_HOP, 'content-length'])

/**
 * The headers of a forward: as received, in their order and case, without those that end here, plus the `authorization` that the bot
 * expects, if any, and the id. `host` comes from undici.
 */
export function forwardHeaders(received: RawHeaders, id: string, authorization: string | null = null): string[] {
  const headers = travellingHeaders(received)
  if (authorization !== null) headers.push('authorization', authorization)
  headers.push(DELIVERY_HEADER, id)
  return headers
}

/** The headers of a request that are not of the one connection on which it came, in their order and case. */
export const travellingHeaders = (received: RawHeaders): string[] => without(received, NOT_FORWARDED)

/** The headers of a reply, out of undici's flat list of bytes: as the bot sent them, without those that end here. */
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

/** What `connection` headers name beside themselves; `null`, as nearly always, when that is nothing. */
function namedByConnection(headers: RawHeaders): ReadonlySet<string> | null {
  const values = headerValues(headers, 'connection')
  // What nearly every server sends, and what names nothing.
  if (values.every((value) => value === 'keep-alive' || value === 'close')) return null
  const names = values.flatMap((value) => value.toLowerCase().split(',')).map((name) => name.trim())
  return new Set(names.filter((name) => name !== 'keep-alive' && name !== 'close'))
}
