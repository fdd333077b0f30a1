// A bot for the load of a sandbox: takes its time, answers in the body, and says how long each message was on its way.
import { createServer } from 'node:http'

const TAKES_MS = Number(process.env.TAKES_MS ?? 20)
let took = []

/** The time of this machine, in ms with fractions, the same in every process. */
const now = () => performance.timeOrigin + performance.now()

async function answer(request, response) {
  const chunks = await request.toArray()
  if (request.url === '/took') {
    response.end(JSON.stringify(took))
    took = []
    return
  }
  const message = chunks.length === 0 ? null : JSON.parse(Buffer.concat(chunks)).data?.message
  const sentAt = message?.role === 'contact' ? Number(message.text) : Number.NaN
  if (Number.isNaN(sentAt)) return response.end()
  took.push(now() - sentAt)
  await new Promise((resolve) => setTimeout(resolve, TAKES_MS))
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ messages: [{ text: `re ${message.text}`, role: 'agent' }] }))
}

const server = createServer((request, response) => {
  const { searchParams } = new URL(request.url, 'http://bot')
  const challenge = searchParams.get('challenge')
  if (challenge !== null) response.end(challenge)
  else void answer(request, response)
})
server.keepAliveTimeout = 60_000
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => process.send?.({ port: server.address().port }))
process.on('disconnect', () => process.exit())
