// A recorded delivery in the languages of other tools: a curl command, an `.http` file, a fixture for a test.
import { isUtf8 } from 'node:buffer'
import type { Delivery, Label } from '../../core/delivery.ts'
import { DevHookError } from '../../core/errors.ts'
import { headerPairs } from '../../core/http/raw-headers.ts'
import { isHarmless, sanitize } from '../../core/text/sanitize.ts'
import { toJson } from '../output/to-json.ts'
import { isSecretName } from './hide-secrets.ts'

/** A request as the bot gets it, at this URL, with the label of its delivery. */
export interface Exported {
  readonly delivery: Delivery
  readonly label: Label
  /** The bot's, without a query. */
  readonly url: string
}

export const EXPORTS: Readonly<Record<'curl' | 'http' | 'fixture', (exported: Exported) => string>> = {
  curl: asCurl,
  http: asHttp,
  fixture: asFixture,
}

export const isExport = (name: string): name is keyof typeof EXPORTS => Object.hasOwn(EXPORTS, name)

// They belong to the one connection on which the delivery came, or are written by whoever sends it again.
const OF_THE_CONNECTION = new Set([
  'host',
  'content-length',
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
])

/** The headers that travel. An export is made to be passed on, so secrets are left out. */
const headersOf = ({ headers }: Delivery): (readonly [name: string, value: string])[] =>
  headerPairs(headers).filter(([name]) => !OF_THE_CONNECTION.has(name.toLowerCase()) && !isSecretName(name))

/** What curl would add by itself. */
const addedByCurl = (bodyBytes: number): readonly string[] => [
  'Accept',
  'User-Agent',
  ...(bodyBytes > 0 ? ['Content-Type'] : []),
  ...(bodyBytes > 1024 ? ['Expect'] : []),
]

/** A command for a POSIX shell that sends the same bytes. */
function asCurl({ delivery, url }: Exported): string {
  const { method, search, body } = delivery
  const headers = headersOf(delivery)
  const given = new Set(headers.map(([name]) => name.toLowerCase()))
  const flags = [
    `curl -sS -i ${method === 'HEAD' ? '--head' : `-X ${quoted(method)}`} ${quoted(url + search)}`,
    ...headers.map(([name, value]) => `-H ${quoted(value === '' ? `${name};` : `${name}: ${utf8(value)}`)}`),
    ...addedByCurl(body.length)
      .filter((name) => !given.has(name.toLowerCase()))
      .map((name) => `-H '${name}:'`),
  ]
  if (body.length === 0) return commandOf(flags)
  if (canBeQuoted(body)) return commandOf([...flags, `--data-binary ${quoted(body.toString('utf8'))}`])
  const lines = body.toString('base64').match(/.{1,76}/g) ?? []
  return [`base64 -d <<'END' | ${commandOf([...flags, '--data-binary @-'])}`, ...lines, 'END'].join('\n')
}

const commandOf = (parts: readonly string[]): string => parts.join(' \\\n  ')

/** In single quotes a shell leaves everything as it is, but for the quote itself. */
const quoted = (text: string): string => (/^[\w.:/@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)

// Linux takes 128 KiB for one argument.
const MAX_QUOTED = 64 * 1024

/** curl takes what begins with @ for the name of a file; a terminal acts on control characters that are pasted. */
const canBeQuoted = (body: Buffer): boolean =>
  body.length <= MAX_QUOTED && isUtf8(body) && body[0] !== AT && isHarmless(body.toString('utf8'))

const AT = 0x40

/** Node gives each byte of a header as one character; the shell makes bytes of characters again. */
function utf8(value: string): string {
  const bytes = Buffer.from(value, 'latin1')
  return isUtf8(bytes) ? bytes.toString('utf8') : value
}

/** A request for the HTTP clients of editors. Throws `usage` for a body that would not arrive as it is. */
function asHttp({ delivery, label, url }: Exported): string {
  const { id, method, search, body, receivedAt } = delivery
  const text = body.toString('utf8')
  // Clients end the request at `###`, read a file at `<`, and fill in what stands in double braces.
  if (!isUtf8(body) || !isHarmless(text) || /^(?:###|<)|\{\{/m.test(text))
    throw new DevHookError('usage', `the body of ${id} cannot be written in an .http file as it is`, {
      remedy: 'export it as curl or fixture',
    })
  return [
    `### ${sanitize(label.event ?? 'delivery')} (${id}, ${new Date(receivedAt).toISOString()})`,
    `${method} ${url}${search}`,
    ...headersOf(delivery).map(([name, value]) => `${name}: ${utf8(value)}`),
    ...(body.length === 0 ? [] : ['', text]),
  ].join('\n')
}

/** One JSON object; `Buffer.from(body, encoding)` gives the bytes. */
function asFixture({ delivery, label }: Exported): string {
  const { id, method, search, body, receivedAt } = delivery
  const { event, conversation } = label
  const encoding = isUtf8(body) ? 'utf8' : 'base64'
  const fixture = {
    id,
    receivedAt: new Date(receivedAt).toISOString(),
    event,
    conversation,
    method,
    search,
    headers: headersOf(delivery),
    encoding,
    body: body.toString(encoding),
  }
  return toJson(fixture, 2)
}
