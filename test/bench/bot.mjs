// The bot: reads the body, answers 200.
import { createServer } from 'node:http'
import { serve } from './processes.mjs'

const server = createServer((request, response) => {
  request.on('data', () => {})
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 2 })
    response.end('ok')
  })
})
server.keepAliveTimeout = 60_000
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () =>
  serve({ url: `http://127.0.0.1:${server.address().port}/` }, () => ({})),
)
