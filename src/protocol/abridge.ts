// Empties the long strings of a large JSON text, so that it is parsed much faster, and is valid only if the whole is.

// Shorter strings take no longer to parse than to skip.
const LONG = 1024
const QUOTE = 0x22
const BACKSLASH = 0x5c

/** How many strings to look at in a text of so many bytes: more would take longer than it saves. */
const maxStrings = (bytes: number): number => 256 + bytes / 1024

/**
 * The JSON text from byte `start` on, with long strings emptied, except for the values of the fields `kept`. Otherwise it parses to the
 * same value as the whole, and is invalid if the whole is: only strings without escapes and control characters are emptied. `null` when
 * that would save no time.
 */
export function abridge(bytes: Buffer, start: number, kept: ReadonlySet<string>): Buffer | null {
  const parts: Buffer[] = []
  const max = maxStrings(bytes.length)
  let from = start
  let before: Span = { open: start, close: start }
  let strings = 0
  for (let open = bytes.indexOf(QUOTE, start); open !== -1; open = bytes.indexOf(QUOTE, before.close + 1)) {
    const close = closingQuote(bytes, open)
    strings += 1
    if (close === -1 || strings > max) return null
    if (close - open > LONG && !isKept(bytes, before, kept) && isPlain(bytes, open + 1, close)) {
      parts.push(bytes.subarray(from, open + 1))
      from = close
    }
    before = { open, close }
  }
  return from === start ? null : Buffer.concat([...parts, bytes.subarray(from)])
}

/** A string in the text, by the positions of its quotes. */
interface Span {
  readonly open: number
  readonly close: number
}

/** Whether the string after this one is kept. This one is its name, if it is the value of a field; one with an escape may be any name. */
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

/** Whether bytes have no backslash and no control character. JSON forbids the latter in a string. */
function isPlain(bytes: Buffer, from: number, to: number): boolean {
  // `includes` is native and fast, but there are too many control characters to search for each.
  if (bytes.subarray(from, to).includes(BACKSLASH)) return false
  let at = from
  let found = 0
  for (; at < to && (bytes.byteOffset + at) % 4 !== 0; at += 1) found |= control(REST | (bytes[at] ?? 0))
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, Math.max(0, to - at) >> 2)
  // Four bytes at a time, indexed, without testing each result: byte by byte takes five times as long.
  for (let i = 0; i < words.length; i += 1) found |= control(words[i] ?? 0)
  for (at += 4 * words.length; at < to; at += 1) found |= control(REST | (bytes[at] ?? 0))
  return (found & 0x80808080) === 0
}

/** Fills a word up around one byte: with spaces, which are not control characters. */
const REST = 0x20202000

/** Sets the highest bit of each byte that is below 0x20 in the word; the other bits mean nothing. */
const control = (word: number): number => (word - 0x20202020) & ~word
