// Reads the body of a delivery as a JSON object, through content encodings, byte order marks and white space.
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'
import type { RawHeaders } from '../core/delivery.ts'
import { headerValues } from '../core/http/raw-headers.ts'
import { asRecord, type Json } from '../core/json.ts'
import { MAX_DECOMPRESSED_BYTES } from '../core/limits.ts'
import { abridge } from './abridge.ts'

/**
 * The JSON object in a body; `null` for any other body. Bounded in size, and so in time; never throws. If `read` names the only fields
 * whose text is needed, other texts may be empty, which saves most of the time that a large body takes.
 */
export function jsonInBody(headers: RawHeaders, body: Buffer, read?: ReadonlySet<string>): Json | null {
  try {
    const text = textOf(decoded(headers, body), read)
    return text === null ? null : asRecord(JSON.parse(text))
  } catch {
    // Not JSON: it is forwarded all the same, without a label.
    return null
  }
}

/** The text of a body, for searching: without its content encodings and, if it has JSON escapes, once more with those decoded. */
export function searchableText(headers: RawHeaders, body: Buffer): string {
  const bytes = decoded(headers, body)
  const text = wideText(bytes) ?? bytes.toString('utf8')
  return text.includes('\\') ? `${text}\n${text.replace(JSON_ESCAPE, unescaped)}` : text
}

const JSON_ESCAPE = /\\(?:u([\da-f]{4})|(.))/gis
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }

const unescaped = (_: string, unit: string | undefined, letter = ''): string =>
  unit === undefined ? (CONTROLS[letter] ?? letter) : String.fromCharCode(Number.parseInt(unit, 16))

const LIMIT = { maxOutputLength: MAX_DECOMPRESSED_BYTES }
const MAX_ENCODINGS = 3

const DECODERS: ReadonlyMap<string, (bytes: Buffer) => Buffer> = new Map([
  ['gzip', (bytes) => gunzipSync(bytes, LIMIT)],
  ['x-gzip', (bytes) => gunzipSync(bytes, LIMIT)],
  // Should have a zlib header, which some senders leave out. The first byte of that tells: its low half is the method, 8.
  ['deflate', (bytes) => ((bytes[0] ?? 0) % 16 === 8 ? inflateSync(bytes, LIMIT) : inflateRawSync(bytes, LIMIT))],
  ['br', (bytes) => brotliDecompressSync(bytes, LIMIT)],
])

/** Decodes a body, whose last content encoding was applied last; returns the body itself if it is not encoded as it says. */
function decoded(headers: RawHeaders, body: Buffer): Buffer {
  const values = headerValues(headers, 'content-encoding')
  if (values.length === 0) return body
  const names = values.join(',').toLowerCase().split(',')
  const decoders = names.flatMap((name) => DECODERS.get(name.trim()) ?? [])
  if (decoders.length > MAX_ENCODINGS) return body
  try {
    return decoders.reduceRight((bytes, decode) => decode(bytes), body)
  } catch {
    // Not encoded as it says, or too large.
    return body
  }
}

const isWhiteSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d

// Smaller bodies are parsed as fast as they are abridged.
const LARGE = 16 * 1024

/** The text of a JSON object, without a byte order mark; `null` if its first byte shows that it is not one, which saves parsing. */
function textOf(bytes: Buffer, read: ReadonlySet<string> | undefined): string | null {
  const wide = wideText(bytes)
  if (wide !== null) return wide
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  let start = hasMark ? 3 : 0
  while (isWhiteSpace(bytes[start])) start += 1
  if (bytes[start] !== 0x7b) return null
  const abridged = read === undefined || bytes.length < LARGE ? null : abridge(bytes, start, read)
  return abridged?.toString('utf8') ?? bytes.toString('utf8', start)
}

/** The text of bytes that begin with a byte order mark of UTF-16; `null` for others. */
function wideText(bytes: Buffer): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  return null
}
