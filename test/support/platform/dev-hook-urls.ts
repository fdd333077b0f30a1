// Public URLs of dev-hooks that a test turns on and off, without the runs behind them.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { challengeOf, challengeReply } from '../../../src/protocol/challenge.ts'

export interface DevHookUrls {
  /** What the URLs begin with. */
  readonly base: string
  /** Whether a challenge to this path is answered from now on; any other path is answered with 502, as by a tunnel without its agent. */
  answer(path: string, answers: boolean): void
}

/** Opens a server for them that is closed when the test ends. */
export async function devHookUrlsForTest(who = 'jo@desk pid 7'): Promise<DevHookUrls> {
  const answering = new Set<string>()
  const server = createServer(({ method = '', url = '' }, response) => {
    const { pathname, search } = new URL(url, 'http://localhost')
    const challenge = challengeOf(method, search)
    if (challenge === null || !answering.has(pathname)) return void response.writeHead(502).end()
    const { status, headers, body } = challengeReply(challenge, who)
    response.writeHead(status, [...headers]).end(body)
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer: (path, answers) => void (answers ? answering.add(path) : answering.delete(path)),
  }
}
