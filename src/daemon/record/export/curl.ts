// A recorded delivery as a command for a POSIX shell that sends the same bytes with curl.
import { isUtf8 } from 'node:buffer'
import { isHarmless } from '../../../core/text/sanitize.ts'
import { type Exported, headersOf, notExpressible } from './exported.ts'

/** What keeps curl from reading a file of options, a proxy or a pattern into the request, and from tidying up its path. */
const AS_IT_IS = "curl -q -sS -i --globoff --path-as-is --noproxy '*'"

/** What curl would add by itself. */
const addedByCurl = (bodyBytes: number): readonly string[] => [
  'Accept',
  'User-Agent',
  ...(bodyBytes > 0 ? ['Content-Type', 'Expect'] : []),
]

/** Writes the command. Throws `usage` where curl would send something else. */
export function asCurl(exported: Exported): string {
  const { delivery, url } = exported
  const { method, search, body } = delivery
  const headers = headersOf(delivery)
  const refuse = (what: string) => notExpressible(exported, 'a curl command', what, 'fixture')
  // curl would wait for the body of the answer, which never comes.
  if (method === 'HEAD' && body.length > 0) throw refuse('the body')
  if (!isOneLine(method + search)) throw refuse('the request line')
  if (!headers.flat().every(isOneLine)) throw refuse('a header')
  const given = new Set(headers.map(([name]) => name.toLowerCase()))
  const flags = [
    `${AS_IT_IS} ${method === 'HEAD' ? '--head' : `-X ${quoted(method)}`} ${target(url, search)}`,
    ...headers.map(([name, value]) => `-H ${quoted(value === '' ? `${name};` : `${name}: ${value}`)}`),
    ...addedByCurl(body.length)
      .filter((name) => !given.has(name.toLowerCase()))
      .map((name) => `-H '${name}:'`),
  ]
  if (body.length === 0) return commandOf(flags)
  if (canBeQuoted(body)) return commandOf([...flags, `--data-binary ${inQuotes(body.toString('utf8'))}`])
  const lines = body.toString('base64').match(/.{1,76}/g) ?? []
  return [`base64 -d <<'END' | ${commandOf([...flags, '--data-binary @-'])}`, ...lines, 'END'].join('\n')
}

const commandOf = (parts: readonly string[]): string => parts.join(' \\\n  ')

/** What every version of curl passes on from a URL as it is. */
const PLAIN_SEARCH = /^[\w.~:/?@!$&'()*+,;=%-]*$/

function target(url: string, search: string): string {
  if (PLAIN_SEARCH.test(search)) return quoted(url + search)
  // A URL ends at `#`, and some characters are encoded in one.
  return `--request-target ${quoted(url.slice(url.indexOf('/', 'http://'.length)) + search)} ${quoted(url)}`
}

/** Whether it can be a part of the head: Node gives each of its bytes as one character. */
const isOneLine = (text: string): boolean => /^[^\0\r\n\u0100-\uffff]*$/.test(text)

/** A part of the head as one word of a shell. */
function quoted(text: string): string {
  if (/^[\w.:/@%+,-]+$/.test(text)) return text
  const bytes = Buffer.from(text, 'latin1')
  if (isUtf8(bytes) && isPlain(bytes.toString('utf8'))) return inQuotes(bytes.toString('utf8'))
  // What no terminal should get, and what is not text, is made of its numbers; `!` would be looked up in the history.
  const format = text.replace(/^-|[^ #-$&(-[\]-~]/gu, (character) =>
    character === '%' ? '%%' : `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
  )
  return `"$(printf '${format}')"`
}

const isPlain = (text: string): boolean => !text.includes('\n') && isHarmless(text)

/** In single quotes a shell leaves everything as it is, but for the quote itself. */
const inQuotes = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

// Linux takes 128 KiB for one argument.
const MAX_QUOTED = 64 * 1024

/** curl takes what begins with @ for the name of a file; a terminal acts on control characters that are pasted. */
const canBeQuoted = (body: Buffer): boolean =>
  body.length <= MAX_QUOTED && isUtf8(body) && body[0] !== AT && isHarmless(body.toString('utf8'))

const AT = 0x40
