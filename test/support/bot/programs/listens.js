// A bot: listens on PORT after LISTEN_AFTER_MS, answers with its process id; `/crash` and `/leave` end it with 1 and 0.
import { createServer } from 'node:http'

const port = Number(process.env.PORT)
const server = createServer((request, response) => {
  response.end(String(process.pid))
  if (request.url === '/crash') {
    process.stderr.write('it went wrong\n')
    process.exit(1)
  }
  if (request.url === '/leave') process.exit(0)
})
server.on('error', (error) => process.stdout.write(`${error.code}\n`))
// As chipchat does: a busy port is tried again only after 5 s.
server.on('error', () => setTimeout(() => server.listen(port), 5_000))
setTimeout(() => server.listen(port, process.env.HOST), Number(process.env.LISTEN_AFTER_MS ?? 0))
server.on('listening', () => process.stdout.write(`running on localhost:${port} as ${process.pid}\n`))
// Takes its time to leave, and keeps its port for as long.
process.on('SIGTERM', () => setTimeout(() => process.exit(0), Number(process.env.LEAVE_AFTER_MS ?? 0)))
process.stdout.write(`pid ${process.pid}\n`)
