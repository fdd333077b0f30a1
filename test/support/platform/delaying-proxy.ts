// A proxy before the API of the platform: calls that have set out arrive, late if asked, even if the caller has died.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import { onTestFinished } from 'vitest'

export interface DelayingProxy {
  /** For APIHOST. */
  readonly api: string
  /** Calls that match `METHOD /path` take this long from now on; `null` for none. */
  slow(match: RegExp | null, ms?: number): void
  /** Resolves when such a call sets out; it need not have arrived. */
  setOut(match: RegExp): Promise<void>
  /** Resolves when everything that has set out has arrived. */
  empty(): Promise<void>
}

const HOP_BY_HOP = new Set(['connection', 'host', 'content-length', 'transfer-encoding', 'keep-alive'])

/** Opens a proxy before an API that is closed when the test ends. */
export async function delayingProxyForTest(api: string): Promise<DelayingProxy> {
  const underWay = new Set<Promise<void>>()
  const watchers = new Set<(call: string) => void>()
  let slow: { readonly match: RegExp; readonly ms: number } | null = null

  async function pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = incoming
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const call = `${method} ${url}`
    const delay = slow?.match.test(call) ? slow.ms : 0
    for (const watcher of watchers) watcher(call)
    await sleep(delay)
    const headers = Object.entries(incoming.headers).filter(([name]) => !HOP_BY_HOP.has(name))
    const answer = await request(api + url, {
      method: method as 'GET',
      headers: Object.fromEntries(headers),
      body: Buffer.concat(chunks),
    })
    const body = Buffer.from(await answer.body.arrayBuffer())
    response.writeHead(answer.statusCode, { 'content-type': String(answer.headers['content-type'] ?? '') }).end(body)
  }

  const server = createServer((incoming, response) => {
    // A caller that dies in the middle of its own words, or a platform that is closed: nobody is left to be told.
    const passing = pass(incoming, response).catch(() => void response.destroy())
    underWay.add(passing)
    void passing.then(() => underWay.delete(passing))
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  return {
    api: `http://127.0.0.1:${port}`,
    slow: (match, ms = 0) => {
      slow = match === null ? null : { match, ms }
    },
    setOut: (match) =>
      new Promise((resolve) => {
        const watcher = (call: string): void => {
          if (!match.test(call)) return
          watchers.delete(watcher)
          resolve()
        }
        watchers.add(watcher)
      }),
    empty: async () => {
      while (underWay.size > 0) await Promise.all(underWay)
    },
  }
}
