// What a body may have been before an editor, a shell or a JSON library rewrote it.
import type { Guess } from './accident.ts'

const RAW = "take the body's raw bytes, before anything parses or saves it again"
const BOM = Buffer.from([0xef, 0xbb, 0xbf])

interface Reading {
  readonly text: string
  readonly accident: string | null
}

/** For a larger body, in bytes, the ways in which its JSON may have been written are not tried: each takes much time and memory. */
const MAX_REWRITTEN = 1024 * 1024

/** The body itself first, then its likely originals, simplest first. */
export function* bodiesLike(body: Buffer): Generator<Guess, void, undefined> {
  yield { bytes: body, accident: null }
  for (const { text, accident } of readings(body)) {
    if (accident !== null) yield guess(text, accident)
    const also = accident === null ? '' : `${accident}, and `
    for (const [other, what] of newlines(text)) yield guess(other, also + what)
    if (body.length > MAX_REWRITTEN) continue
    for (const [other, what] of serialisations(text)) yield guess(other, also + what)
  }
  yield guess(`\ufeff${body.toString('utf8')}`, 'the body lost the byte order mark at its beginning')
}

const guess = (text: string, message: string): Guess => ({
  bytes: Buffer.from(text),
  accident: { message, remedy: RAW },
})

function readings(body: Buffer): readonly Reading[] {
  // Windows PowerShell writes what it redirects into a file as UTF-16.
  const isUtf16 = body.length >= 2 && body[0] === 0xff && body[1] === 0xfe
  if (isUtf16) return [{ text: body.subarray(2).toString('utf16le'), accident: 'the body was saved as UTF-16' }]
  const hasBom = body.subarray(0, 3).equals(BOM)
  if (hasBom)
    return [{ text: body.subarray(3).toString('utf8'), accident: 'the body was saved with a byte order mark' }]
  return [{ text: body.toString('utf8'), accident: null }]
}

type Variant = readonly [text: string, what: string]

function* newlines(text: string): Generator<Variant, void, undefined> {
  yield [text.replace(/\r?\n$/, ''), 'a line break was added at the end of the body']
  yield [text.trim(), 'white space was added around the body']
  yield [`${text}\n`, 'the line break at the end of the body was lost']
  yield [`${text}\r\n`, 'the line break at the end of the body was lost']
  const unix = text.replaceAll('\r\n', '\n')
  yield [unix, 'the line breaks of the body were turned into CRLF']
  yield [unix.replace(/\n$/, ''), 'the line breaks of the body were turned into CRLF, and one was added at the end']
  yield [unix.replaceAll('\n', '\r\n'), 'the CRLF line breaks of the body were turned into LF']
}

/** The ways in which common senders write JSON, each made only when it is asked for. */
function* serialisations(text: string): Generator<Variant, void, undefined> {
  try {
    yield* stylesOf(JSON.parse(text))
  } catch {
    // Not JSON, or nested too deeply to be written: nothing has parsed it on the way.
  }
}

const REWRITTEN = 'the body was parsed and written again; the sender'

const STYLES: readonly (readonly [write: (value: unknown) => string, what: string])[] = [
  [(value) => JSON.stringify(value), 'wrote compact JSON'],
  [(value) => JSON.stringify(value, null, 2), 'indented it by 2 spaces'],
  [(value) => JSON.stringify(value, null, 4), 'indented it by 4 spaces'],
  [(value) => JSON.stringify(value, null, '\t'), 'indented it by tabs'],
  [(value) => spaced(value), 'wrote a space after each colon and comma'],
  [(value) => JSON.stringify(value).replaceAll('/', '\\/'), 'wrote \\/ for each slash'],
  [(value) => JSON.stringify(sorted(value)), 'sorted the keys'],
]

function* stylesOf(value: unknown): Generator<Variant, void, undefined> {
  const written: Variant[] = []
  for (const [write, what] of STYLES) {
    const variant: Variant = [write(value), `${REWRITTEN} ${what}`]
    written.push(variant)
    yield variant
  }
  for (const [style, what] of written.slice()) {
    const escaped = escapeNonAscii(style)
    if (escaped === style) continue
    const variant: Variant = [escaped, `${what} and escaped what is not ASCII`]
    written.push(variant)
    yield variant
  }
  for (const [style, what] of written) yield [`${style}\n`, `${what} and ended it with a line break`]
}

/** As Python's `json.dumps` writes it. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${spaced(item)}`)
  return `{${members.join(', ')}}`
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]))
}

const escapeNonAscii = (json: string): string =>
  json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
