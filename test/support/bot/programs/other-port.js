// A bot that listens on another port than PORT, says so in colour.
import { createServer } from 'node:http'

process.stdout.write(`pid ${process.pid}\n`)
const server = createServer((_, response) => response.end())
server.listen(0, () => {
  const { port } = server.address()
  process.stdout.write(`ChipChat Webhook \u001b[32mrunning on localhost:\u001b[1m${port}\u001b[0m/\n`)
})
