// What a body may have been before an editor, a shell or a JSON library wrote it anew.
import type { Guess } from './accident.ts'

const RAW = "take the body's raw bytes, before anything parses or saves it anew"
const BOM = Buffer.from([0xef, 0xbb, 0xbf])

interface Reading {
  readonly text: string
  readonly accident: string | null
}

/** The body itself first, then its likely originals, simplest first. */
export function* bodiesLike(body: Buffer): Generator<Guess, void, undefined> {
  yield { bytes: body, accident: null }
  for (const { text, accident } of readings(body)) {
    if (accident !== null) yield guess(text, accident)
    const also = accident === null ? '' : `${accident}, and `
    for (const [other, what] of newlines(text)) yield guess(other, also + what)
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

function newlines(text: string): readonly Variant[] {
  const unix = text.replaceAll('\r\n', '\n')
  return [
    [text.replace(/\r?\n$/, ''), 'a line break was added at the end of the body'],
    [text.trim(), 'white space was added around the body'],
    [`${text}\n`, 'the line break at the end of the body was lost'],
    [`${text}\r\n`, 'the line break at the end of the body was lost'],
    [unix, 'the line breaks of the body were turned into CRLF'],
    [unix.replace(/\n$/, ''), 'the line breaks of the body were turned into CRLF, and one was added at the end'],
    [unix.replaceAll('\n', '\r\n'), 'the CRLF line breaks of the body were turned into LF'],
  ]
}

/** The ways in which common senders write JSON. */
function serialisations(text: string): readonly Variant[] {
  try {
    return stylesOf(JSON.parse(text))
  } catch {
    // No JSON, or nested too deeply to be written: nothing has parsed it on the way.
    return []
  }
}

function stylesOf(value: unknown): readonly Variant[] {
  const compact = JSON.stringify(value)
  const rewritten = 'the body was parsed and written anew'
  const styles: readonly Variant[] = [
    [compact, `${rewritten}; the sender wrote compact JSON`],
    [JSON.stringify(value, null, 2), `${rewritten}; the sender indented it by 2 spaces`],
    [JSON.stringify(value, null, 4), `${rewritten}; the sender indented it by 4 spaces`],
    [JSON.stringify(value, null, '\t'), `${rewritten}; the sender indented it by tabs`],
    [spaced(value), `${rewritten}; the sender wrote a space after each colon and comma`],
    [compact.replaceAll('/', '\\/'), `${rewritten}; the sender wrote \\/ for each slash`],
    [JSON.stringify(sorted(value)), `${rewritten}; the sender sorted the keys`],
  ]
  const escaped = styles.map(
    ([style, what]): Variant => [escapeNonAscii(style), `${what} and escaped what is not ASCII`],
  )
  const all = [...styles, ...escaped]
  return [...all, ...all.map(([style, what]): Variant => [`${style}\n`, `${what} and ended it with a line break`])]
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
