// Appends one line of the log to a buffer, from its members to its checksum.
import { lineEnd } from '../format/checksum.ts'
import { type Content, encodeMembers } from '../format/line-codec.ts'
import type { ByteBuffer } from './byte-buffer.ts'

/** Appends the line of a record, given as `writeRecord` writes it; returns where the line ends in the buffer. */
export function addLine(buffer: ByteBuffer, json: string, content: Content | null): number {
  const begin = buffer.length
  for (const part of encodeMembers(json, content)) buffer.add(part)
  buffer.add(lineEnd(buffer.bytes(begin)))
  return buffer.length
}
