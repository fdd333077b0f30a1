// A port that is kept for the bot of one run: no other dev-hook gives it to its own bot, not even while this one is restarting.
import { createSocket } from 'node:dgram'
import { codeOf } from '../core/errors.ts'
import { LOOPBACK } from '../core/http/loopback.ts'
import type { Off } from '../core/listeners.ts'

/**
 * Keeps a port of this machine until the returned function is called, or the process ends, however it does. `null` when somebody else
 * has it: another dev-hook, or whatever takes that port over UDP. Whether some program listens on the port is another question: see
 * `port-readiness.ts`.
 */
export function reservePort(port: number): Promise<Off | null> {
  // A UDP socket with the number of the bot's TCP port. Bots do not use it, and the system closes it with the process, as it would not
  // remove a lock file. It takes no part in the event loop, and nobody reads what is sent to it.
  const socket = createSocket('udp4').unref()
  let isOpen = true
  const close: Off = () => {
    if (isOpen) socket.close()
    isOpen = false
  }
  return new Promise((resolve) => {
    socket.on('error', (error) => {
      close()
      // Anything else than "in use", such as a port that only root may have, the bot will run into by itself.
      resolve(codeOf(error) === 'EADDRINUSE' ? null : close)
    })
    socket.bind({ port, address: LOOPBACK[0], exclusive: true }, () => resolve(close))
  })
}
