// Reading the answer of a bot that closes before it has read the whole request, which Node discards with the failed write.
import type { Socket } from 'node:net'
import { isBroken } from './failures.ts'

/**
 * Lets this socket read to its end though the other side takes nothing more. A bot that answers 413 to the head closes with most
 * of the body unread, which resets the connection; Node destroys a socket whose write failed, with the answer unread in it.
 * Reading fails or ends as well once there is nothing left to read, so that the connection ends all the same.
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
