// Reads the answer of a bot that closes before it has read the whole request: Node would discard it when the write fails.
import type { Socket } from 'node:net'
import { isBroken } from './failures.ts'

/**
 * Lets a socket read to its end although the other side takes nothing more. A bot that answers 413 to the head closes with most of the
 * body unread, which resets the connection; Node destroys a socket whose write failed, with the answer unread in it. Once there is
 * nothing left, reading ends or fails as well, so that the connection still closes.
 */
export function keepReading(socket: Socket): void {
  const write = socket._write.bind(socket)
  const writev = socket._writev?.bind(socket)
  type Written = Parameters<Socket['_write']>[2]
  const tolerant =
    (written: Written): Written =>
    (error) =>
      written(error && isBroken(error) ? null : error)

  socket._write = (chunk, encoding, written) => write(chunk, encoding, tolerant(written))
  if (writev !== undefined) socket._writev = (chunks, written) => writev(chunks, tolerant(written))
}
