// A large JSON body without its long strings: what is left of it is parsed in no time, and is JSON only if the whole is.

// Shorter ones cost no more to parse than to leave out.
const LONG = 1024
const QUOTE = 0x22
const BACKSLASH = 0x5c

/** As many strings as are looked at in a text of so many bytes: to look at more takes longer than it saves. */
const mostStrings = (bytes: number): number => 256 + bytes / 1024

/**
 * A JSON text from a byte on, its long strings emptied, but for the values of fields with these names. Parsed, it is the same as the
 * whole otherwise; and it is not JSON where the whole is not: only what has no escape and no control character is left out.
 * `null` when that is not worth while.
 */
export function abridge(bytes: Buffer, start: number, kept: ReadonlySet<string>): Buffer | null {
  const parts: Buffer[] = []
  const most = mostStrings(bytes.length)
  let from = start
  let before: Span = { open: start, close: start }
  let strings = 0
  for (let open = bytes.indexOf(QUOTE, start); open !== -1; open = bytes.indexOf(QUOTE, before.close + 1)) {
    const close = closingQuote(bytes, open)
    strings += 1
    if (close === -1 || strings > most) return null
    if (close - open > LONG && !isKept(bytes, before, kept) && isPlain(bytes, open + 1, close)) {
      parts.push(bytes.subarray(from, open + 1))
      from = close
    }
    before = { open, close }
  }
  return from === start ? null : Buffer.concat([...parts, bytes.subarray(from)])
}

/** A string, by the places of its quotes. */
interface Span {
  readonly open: number
  readonly close: number
}

/** Whether the string after this one is kept, which is its name if it is the value of a field: one with an escape may be any. */
function isKept(bytes: Buffer, { open, close }: Span, kept: ReadonlySet<string>): boolean {
  if (close - open > LONG) return false
  const name = bytes.toString('latin1', open + 1, close)
  return kept.has(name) || name.includes('\\')
}

function closingQuote(bytes: Buffer, open: number): number {
  let at = bytes.indexOf(QUOTE, open + 1)
  while (at !== -1 && isEscaped(bytes, at, open)) at = bytes.indexOf(QUOTE, at + 1)
  return at
}

function isEscaped(bytes: Buffer, at: number, open: number): boolean {
  let first = at
  while (first - 1 > open && bytes[first - 1] === BACKSLASH) first -= 1
  return (at - first) % 2 === 1
}

/** Whether bytes have no backslash and no control character, as JSON wants it in a string. */
function isPlain(bytes: Buffer, from: number, to: number): boolean {
  // Searched by the system, in no time; control characters are too many for that.
  if (bytes.subarray(from, to).includes(BACKSLASH)) return false
  let at = from
  let found = 0
  for (; at < to && (bytes.byteOffset + at) % 4 !== 0; at += 1) found |= control(REST | (bytes[at] ?? 0))
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, Math.max(0, to - at) >> 2)
  // Four bytes at a time, by their index, and without a look at each result: one by one takes five times as long.
  for (let i = 0; i < words.length; i += 1) found |= control(words[i] ?? 0)
  for (at += 4 * words.length; at < to; at += 1) found |= control(REST | (bytes[at] ?? 0))
  return (found & 0x80808080) === 0
}

/** What makes a word of one byte: spaces, which are none of those that are looked for. */
const REST = 0x20202000

/** Has the highest bit of a byte set if that byte of the word is below 0x20; others of its bits mean nothing. */
const control = (word: number): number => (word - 0x20202020) & ~word
