// A bot that writes down every delivery as it comes and as it is answered, in a file that outlives it.
//
// RECORD       the file: one JSON object a line
// DELAY_MS     how long it takes to answer
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'

const { PORT, RECORD, DELAY_MS = '0' } = process.env

const server = createServer(async (request, response) => {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const payload = JSON.parse(Buffer.concat(chunks).toString())
  const write = (what) => appendFileSync(RECORD, `${JSON.stringify({ what, id: payload.id, pid: process.pid })}\n`)
  write('came')
  setTimeout(() => {
    write('answered')
    response.end()
  }, Number(DELAY_MS))
})
server.listen(Number(PORT), '127.0.0.1')
