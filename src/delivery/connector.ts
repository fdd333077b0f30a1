// How undici connects to receivers: it reads an answer that comes before the whole request is sent, and skips interim ones.
import { buildConnector } from 'undici'
import { keepReading } from './early-answers.ts'
import { skipContinue } from './interim-answers.ts'

/** Options of every undici pool: one request at a time on each connection, and no limit on how long an answer may take. */
export const POOL_OPTIONS = {
  pipelining: 1,
  // Most servers announce how long they keep an idle connection, and undici closes it 2 s earlier. The others keep it longer than this.
  keepAliveTimeout: 1_000,
  headersTimeout: 0,
  bodyTimeout: 0,
} as const

/** Creates the connector of an undici pool. */
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
