// The checksum at the end of each line of the log, so that damage is never taken for what was received.
import { crc32 } from 'node:zlib'

const OPENING = ',"crc":"'
const CLOSING = '"}'
const DIGITS = 8
/** How many bytes the end of a line takes, without its line feed. */
const END_BYTES = OPENING.length + DIGITS + CLOSING.length

/** The end of a line, with its line feed: the CRC-32 of the `members` before it, as the last member of the object. */
export const lineEnd = (members: readonly Buffer[]): string => `${OPENING}${hexOf(crcOf(members))}${CLOSING}\n`

function crcOf(pieces: readonly Buffer[]): number {
  let crc = 0
  for (const piece of pieces) crc = crc32(piece, crc)
  return crc
}

/** Where the members of the line from `start` to `end` end and its checksum begins; `null` when the checksum is wrong. */
export function membersEnd(bytes: Buffer, start: number, end: number): number | null {
  const at = end - END_BYTES
  if (at <= start || !standsAt(bytes, at, OPENING) || !standsAt(bytes, end - CLOSING.length, CLOSING)) return null
  return readHex(bytes, at + OPENING.length) === crc32(bytes.subarray(start, at)) ? at : null
}

const hexOf = (value: number): string => value.toString(16).padStart(DIGITS, '0')

// Byte by byte, because every line is read like this: making strings would take as long as the checksum itself.

function standsAt(bytes: Buffer, at: number, expected: string): boolean {
  for (let i = 0; i < expected.length; i += 1) if (bytes[at + i] !== expected.charCodeAt(i)) return false
  return true
}

/** The value of lower-case hexadecimal digits; `NaN` when there are others. */
function readHex(bytes: Buffer, at: number): number {
  let value = 0
  for (let i = at; i < at + DIGITS; i += 1) value = value * 16 + (DIGIT_VALUES[bytes[i] ?? 0] ?? Number.NaN)
  return value
}

const DIGIT_VALUES: readonly (number | undefined)[] = Array.from({ length: 256 }, (_, byte) => {
  const value = '0123456789abcdef'.indexOf(String.fromCharCode(byte))
  return value === -1 ? undefined : value
})
