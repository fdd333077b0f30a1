// A bot that a test starts: it says `hi` back, or fails as its argument says.
import { createServer } from 'node:http'

const { PORT, APIHOST, TOKEN } = process.env
const [how] = process.argv.slice(2)

async function post(conversation, message) {
  await fetch(`${APIHOST}/v2/conversations/${conversation}/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify(message),
  })
}

async function answer({ data: { message } }) {
  if (message.role !== 'contact') return 200
  if (how === 'crash') {
    process.stdout.write('I am undone\n', () => process.exit(3))
    return null
  }
  if (how === 'fail') {
    process.stderr.write('TypeError: no such thing\n')
    return 500
  }
  await post(message.conversation, { text: 'hi', role: how === 'call' ? 'robot' : 'agent' })
  return 200
}

createServer((request, response) => {
  const challenge = new URL(request.url, 'http://localhost').searchParams.get('challenge')
  if (challenge !== null) return response.end(challenge)
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', async () => {
    const status = await answer(JSON.parse(Buffer.concat(chunks).toString()))
    if (status !== null) response.writeHead(status).end()
  })
}).listen(Number(PORT), () => process.stdout.write('ready\n'))
