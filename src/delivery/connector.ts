// Connections for undici that read an answer sent before the whole request, and skip interim answers.
import { buildConnector } from 'undici'
import { keepReading } from './early-answers.ts'
import { skipContinue } from './interim-answers.ts'

/** Creates the connector of an undici dispatcher. */
export function createConnector(options: buildConnector.BuildOptions): buildConnector.connector {
  const connectSocket = buildConnector(options)
  return (to, connected) =>
    connectSocket(to, (...result) => {
      const [, socket] = result
      if (socket) {
        skipContinue(socket)
        keepReading(socket)
      }
      connected(...result)
    })
}
