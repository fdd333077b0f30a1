// A recorded delivery as an `.http` file for the HTTP clients of editors.
import { isUtf8 } from 'node:buffer'
import { isHarmless, sanitize } from '../../../core/text/sanitize.ts'
import { type Exported, headersOf, notExpressible } from './exported.ts'

// Clients fill in what stands in double braces, also from the environment; end a request at `###`; run, read or write a file at
// `<` and `>`; take other beginnings for comments, variables and parts of the query; and trim the body.
const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'])
const FILLED_IN = /\{\{/
const BODY_LINE = /^[^\S\n\r\u2028\u2029]*(?:###|[<>@#]|\/\/)/m
const NAME = /^[a-z0-9_-][\w.-]*$/i
const VALUE = /^[ -~]*$/
// Others are encoded in a URL.
const SEARCH = /^[\w.~:/?@!$&()*+,;=%-]*$/

/** Writes the request. Throws `usage` where the client would send something else. */
export function asHttp(exported: Exported): string {
  const { delivery, label, url } = exported
  const { id, method, search, body, receivedAt } = delivery
  const headers = headersOf(delivery)
  const refuse = (what: string) => notExpressible(exported, 'an .http file', what, 'curl or fixture')
  if (!METHODS.has(method)) throw refuse('the method')
  if (!SEARCH.test(search) || FILLED_IN.test(search)) throw refuse('the query')
  // Two headers of one name become one.
  const isUnique = new Set(headers.map(([name]) => name.toLowerCase())).size === headers.length
  if (!isUnique || !headers.every(isExpressible)) throw refuse('a header')
  const text = body.toString('utf8')
  if (body.length > 0 && (method === 'GET' || method === 'HEAD')) throw refuse('the body')
  if (!isUtf8(body) || !isHarmless(text) || text !== text.trim() || BODY_LINE.test(text) || FILLED_IN.test(text))
    throw refuse('the body')
  const event = sanitize(label.event ?? 'delivery').replaceAll('{', '(')
  return [
    `### ${event} (${id}, ${new Date(receivedAt).toISOString()})`,
    `${method} ${url}${search}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(body.length === 0 ? [] : ['', text]),
  ].join('\n')
}

const isExpressible = ([name, value]: readonly [string, string]): boolean =>
  NAME.test(name) && VALUE.test(value) && !FILLED_IN.test(value)
