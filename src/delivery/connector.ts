// How connections are made on which answers are awaited: an answer is read that comes before the request is whole, and an interim one is not taken for it.
import { buildConnector } from 'undici'
import { keepReading } from './early-answers.ts'
import { skipContinue } from './interim-answers.ts'

/** Creates the connector of a dispatcher. */
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
