// The limit: the least that a forwarder in Node can do, a server and a pool of connections, without a check or a record.
import { createServer } from 'node:http'
import { Pool } from 'undici'
import { cpuMicros, serve } from './processes.mjs'

const [upstream] = process.argv.slice(2)
const pool = new Pool(upstream, { connections: 64, headersTimeout: 0, bodyTimeout: 0 })

function forward(request, body, response) {
  const chunks = []
  let status = 0
  const signature = request.headers['x-hub-signature']
  const headers = ['content-type', 'application/json', 'x-hub-signature', signature]
  pool.dispatch(
    { path: '/', method: 'POST', headers, body, idempotent: false },
    {
      onConnect: () => {},
      onHeaders: (code) => {
        status = code
        return true
      },
      onData: (chunk) => {
        chunks.push(chunk)
        return true
      },
      onComplete: () => {
        const answer = Buffer.concat(chunks)
        response.writeHead(status, { 'content-length': answer.length })
        response.end(answer)
      },
      onError: () => response.writeHead(502).end(),
    },
  )
}

const server = createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => forward(request, Buffer.concat(chunks), response))
})
server.listen(0, '127.0.0.1', () =>
  serve({ url: `http://127.0.0.1:${server.address().port}/` }, () => ({ cpu: cpuMicros() })),
)
