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
