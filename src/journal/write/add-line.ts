// One line of the log, from its members to its checksum, at the end of a buffer.
import { lineEnd } from '../format/checksum.ts'
import { type Content, encodeMembers } from '../format/line-codec.ts'
import type { ByteBuffer } from './byte-buffer.ts'

/** Adds the line of a record, which is given as `writeRecord` writes it; returns where the line ends in the buffer. */
export function addLine(buffer: ByteBuffer, json: string, content: Content | null): number {
  const begin = buffer.length
  for (const part of encodeMembers(json, content)) buffer.add(part)
  buffer.add(lineEnd(buffer.bytes(begin)))
  return buffer.length
}
