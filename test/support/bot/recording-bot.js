// A bot that records every request byte for byte and answers as it is told.
import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:http'

/** @type {import('./recording-bot.d.ts').startRecordingBot} */
export async function startRecordingBot({ port = 0, answer = {}, challenge = true, onRequest } = {}) {
  const requests = []
  const arrivals = new EventEmitter().setMaxListeners(0)
  let script = answer

  const server = createServer(async (request, response) => {
    const chunks = []
    try {
      for await (const chunk of request) chunks.push(chunk)
    } catch {
      // The sender hung up in the middle: there is no whole request to record.
      return
    }
    const { method, url, rawHeaders } = request
    const recorded = { at: Date.now(), method, url, rawHeaders, body: Buffer.concat(chunks) }
    const asked = challenge && method === 'GET' ? new URL(url, 'http://bot').searchParams.get('challenge') : null
    requests.push(recorded)
    onRequest?.(recorded)
    arrivals.emit('request')
    if (asked !== null) return void response.end(asked)
    give(typeof script === 'function' ? await script(recorded, requests.length) : script, response)
  })

  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()

  return {
    port: address.port,
    url: `http://127.0.0.1:${address.port}`,
    requests,
    deliveries: () => requests.filter(({ method }) => method === 'POST'),
    answerWith: (next) => {
      script = next
    },
    waitFor: async (count, wanted = ({ method }) => method === 'POST', timeoutMs = 20_000) => {
      const signal = AbortSignal.timeout(timeoutMs)
      for (;;) {
        const found = requests.filter(wanted)
        if (found.length >= count) return found
        await once(arrivals, 'request', { signal }).catch(() => {
          throw new Error(`waited ${timeoutMs} ms for ${count} requests, got ${found.length}`)
        })
      }
    },
    close: async () => {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function give(answer, response) {
  if (answer === 'hang') return
  if (answer === 'drop') return void response.socket.destroy()
  // Only for the runnable bot: in a test this would end the test.
  if (answer === 'crash') process.exit(70)
  const { status = 200, headers = {}, body = '', delayMs = 0 } = answer
  setTimeout(() => response.writeHead(status, headers).end(body), delayMs)
}
