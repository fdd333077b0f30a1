// What stands in front of the bot, each opened in the process of its load: the limits, the yardstick, and dev-hook with and without parts.
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import proxy from '@fastify/http-proxy'
import { fastify } from 'fastify'
import { Pool } from 'undici'

const LARGEST = 11 * 1024 * 1024

/** By name: opens a contestant in front of a bot, and gives the URL to send to. */
export const CONTESTANTS = {
  direct: async (bot) => bot,
  'node:http + Pool.dispatch': openLeast,
  'fastify + Pool.dispatch': openFastify,
  '@fastify/http-proxy': openProxy,
  'dev-hook': (bot) => openDevHook(bot, []),
  'without journal': (bot) => openDevHook(bot, ['journal']),
  'without output': (bot) => openDevHook(bot, ['output']),
  'without inspector': (bot) => openDevHook(bot, ['inspector']),
}

/** The least that a forwarder in Node can do: a server and a pool of connections, without a check or a record. */
async function openLeast(bot) {
  const forward = createForward(bot)
  const server = createServer((request, response) => {
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () =>
      forward(request, chunks.length === 1 ? chunks[0] : Buffer.concat(chunks), (status, answer) => {
        response.writeHead(status, { 'content-length': answer.length })
        // As text it leaves in one write with the head.
        response.end(answer.latin1Slice(), 'latin1')
      }),
    )
  })
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}/`)),
  )
}

/** The same on the framework of the yardstick. */
async function openFastify(bot) {
  const forward = createForward(bot)
  const app = fastify({ bodyLimit: LARGEST })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.post('/', (request, reply) => {
    forward(request, request.body, (status, answer) => reply.code(status).send(answer.latin1Slice()))
  })
  return `${await app.listen({ host: '127.0.0.1', port: 0 })}/`
}

function createForward(bot) {
  const pool = new Pool(bot, { connections: 128, headersTimeout: 0, bodyTimeout: 0 })
  return (request, body, answered) => {
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
        onComplete: () => answered(status, chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)),
        onError: () => answered(502, Buffer.alloc(0)),
      },
    )
  }
}

/** The yardstick, as it comes. */
async function openProxy(bot) {
  const app = fastify({ bodyLimit: LARGEST })
  await app.register(proxy, { upstream: bot })
  return `${await app.listen({ host: '127.0.0.1', port: 0 })}/`
}

/** In the format in which it is published. The build of the benchmarks makes the file. */
async function openDevHook(bot, without) {
  const published = createRequire(import.meta.url)('./dev-hook.cjs')
  return published.openDevHook(bot, without)
}
