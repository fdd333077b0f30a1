// The text of a body as the run hands it over, and its bytes.

/** A body: as text, or as base64 where it is not UTF-8. */
export interface EncodedBody {
  readonly encoding: 'utf8' | 'base64'
  readonly body: string
}

export function bytesOf({ encoding, body }: EncodedBody): Uint8Array {
  if (encoding === 'utf8') return new TextEncoder().encode(body)
  return Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0))
}

/** Sixteen bytes a line: where, the bytes, and those of them that are letters. */
export function hexLines(bytes: Uint8Array): readonly string[] {
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += 16) {
    const some = [...bytes.subarray(at, at + 16)]
    const hex = some.map((byte) => byte.toString(16).padStart(2, '0'))
    const letters = some.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('')
    const [left, right] = [hex.slice(0, 8).join(' ').padEnd(23), hex.slice(8).join(' ').padEnd(23)]
    lines.push(`${at.toString(16).padStart(8, '0')}  ${left}  ${right}  ${letters}`)
  }
  return lines
}

/** Of a line without its letters, and of one with all of them and the break after it. */
const BEFORE_LETTERS = 60
const LINE = BEFORE_LETTERS + 16 + 1

/** How many characters the lines of so many bytes are, with the breaks between them. */
export const hexLength = ({ length }: Uint8Array): number =>
  length === 0 ? 0 : Math.ceil(length / 16) * (BEFORE_LETTERS + 1) + length - 1

/** The beginning of the lines: all of a long body would take seconds, and nobody reads it. */
export const hexStart = (bytes: Uint8Array, length: number): string =>
  hexLines(bytes.subarray(0, Math.ceil(length / LINE) * 16))
    .join('\n')
    .slice(0, length)
