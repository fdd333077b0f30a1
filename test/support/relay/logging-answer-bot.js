// A bot without a token: it writes down each delivery that is signed rightly, and answers with its name and what was said.
import { createHmac } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'

const { PORT, SECRET, BOT_LOG, BOT_NAME, BOT_DELAY = '0' } = process.env

createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks)
    const signature = `sha1=${createHmac('sha1', SECRET ?? '')
      .update(body)
      .digest('hex')}`
    const isRight = request.headers['x-hub-signature'] === signature
    const { id, data } = JSON.parse(body.toString())
    const text = data?.message?.text ?? null
    appendFileSync(BOT_LOG, `${JSON.stringify({ id, conversation: data?.conversation?.id, text, isRight })}\n`)
    // The platform tells it of its own messages, too.
    const messages = data?.message?.role === 'contact' ? [{ text: `${BOT_NAME}: ${text}`, role: 'agent' }] : []
    const answer = JSON.stringify({ messages })
    setTimeout(() => {
      response.writeHead(isRight ? 200 : 403, { 'content-type': 'application/json' })
      response.end(answer)
    }, Number(BOT_DELAY))
  })
}).listen(Number(PORT))
