// Reading a whole list, page by page.

import { DevHookError } from '../../core/errors.ts'
import { isRecord, type Json, textIn } from '../../core/json.ts'
import { withoutTrailingSlashes } from '../../core/text/trailing-slashes.ts'
import type { Client } from './client.ts'

const LIMIT = 100
const MAX_PAGES = 20

/**
 * The objects of a list, page after page, for as long as the caller wants more. Follows `Link: …; rel="next"`, always on
 * the same host, else counts; throws `apiNotJson` for what is not a list, `apiRefused` for one that
 * does not end.
 */
export async function* listAll(
  client: Client,
  path: string,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): AsyncGenerator<Json, void, undefined> {
  let next = `${path}?${new URLSearchParams({ ...query, limit: String(LIMIT), offset: '0' }).toString()}`
  let lastFirst: string | null = null
  for (let page = 1; page <= MAX_PAGES; page++) {
    const { json, headers } = await client.get(next, { signal })
    if (!Array.isArray(json)) throw new DevHookError('apiNotJson', `GET ${path} did not answer with a list`)
    const items = json.filter(isRecord)
    const first = textIn(items[0], 'id')
    // A platform that ignores `offset` gives the same page again and again.
    if (first !== null && first === lastFirst) return
    lastFirst = first
    yield* items
    const linked = nextLink(client.apiHost, textIn(headers, 'link'))
    if (linked === null && json.length < LIMIT) return
    next = linked ?? withOffset(path, query, page * LIMIT)
  }
  throw new DevHookError('apiRefused', `GET ${path} has more than ${MAX_PAGES} pages`)
}

const withOffset = (path: string, query: Readonly<Record<string, string>>, offset: number): string =>
  `${path}?${new URLSearchParams({ ...query, limit: String(LIMIT), offset: String(offset) }).toString()}`

/** A target, and the parameters up to the next one. */
const LINK = /<([^<>]+)>([^<]*)/g
const NEXT = /;\s*rel="?next\b/i

// Path and query only: the platform goes by several names, and the token stays with the host that it was given for.
function nextLink(apiHost: string, link: string | null): string | null {
  const [, target] = [...(link ?? '').matchAll(LINK)].find(([, , parameters = '']) => NEXT.test(parameters)) ?? []
  if (target === undefined || !URL.canParse(target, apiHost)) return null
  const { pathname, search } = new URL(target, apiHost)
  const prefix = withoutTrailingSlashes(new URL(apiHost).pathname)
  return pathname.startsWith(`${prefix}/`) ? pathname.slice(prefix.length) + search : null
}
