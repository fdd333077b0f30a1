// The public address of the gateway: an unguessable path that carries the run's id, with credentials of this run.
import { randomBytes } from 'node:crypto'
import type { RawHeaders } from './delivery.ts'
import { headerOf } from './http/raw-headers.ts'

/** Where the gateway may be reached, and by whom. New for every run. */
export interface HookAddress {
  readonly runId: string
  /** Starts with a slash, carries the run's id. */
  readonly path: string
  readonly user: string
  readonly password: string
}

/** Names the runs that something has come through, one after the other, from one dev-hook to the next; it goes no further. */
export const VIA_HEADER = 'x-dev-hook-via'

/** The runs that something has come through, by its headers. */
export const viaOf = (headers: RawHeaders): readonly string[] =>
  (headerOf(headers, VIA_HEADER) ?? '').split(' ').filter((run) => run !== '')

const PATH = /^\/dev-hook\/([0-9a-f]{32})$/

/** Makes the address of a new run. 128 random bits in the path, 192 in the password. */
export function createHookAddress(): HookAddress {
  const runId = randomBytes(16).toString('hex')
  return { runId, path: `/dev-hook/${runId}`, user: 'dev-hook', password: randomBytes(24).toString('base64url') }
}

/** The URL that the platform is given: public base, path and credentials. */
export function hookUrl(base: string, address: HookAddress): string {
  const url = new URL(address.path, base)
  url.username = address.user
  url.password = address.password
  return url.href
}

/** The id of the run that made a URL, or `null` when no dev-hook made it. */
export function runIdOf(url: string): string | null {
  if (!URL.canParse(url)) return null
  return PATH.exec(new URL(url).pathname)?.[1] ?? null
}

/** The same URL without user and password, for people and logs; also of a text that is not a URL, but may be meant as one. */
export function withoutCredentials(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null
  // Up to the last `@`: a password that makes the URL invalid may hold any character.
  if (parsed === null || parsed.host === '') return url.replace(/^(\s*[a-z][a-z0-9+.-]*:(?:\/\/)?)?.*@/is, '$1')
  parsed.username = ''
  parsed.password = ''
  return parsed.href
}

/** The same URL without the values of its query, which may be secret: for where nothing else hides them. */
export function withoutValues(url: string): string {
  const at = url.indexOf('?')
  return at === -1 ? url : url.slice(0, at) + url.slice(at).replace(/=[^&#]+/g, '=…')
}
