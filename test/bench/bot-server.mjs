// The bot of the benchmarks as a server: reads the body, answers 200.
import { createServer } from 'node:http'

/** Starts it; resolves to its URL. */
export function startBot(port = 0) {
  const server = createServer((request, response) => {
    request.on('data', () => {})
    request.on('end', () => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 2 })
      response.end('ok')
    })
  })
  server.keepAliveTimeout = 60_000
  return new Promise((resolve) =>
    server.listen(port, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}/`)),
  )
}
