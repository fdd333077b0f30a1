// A bot that checks each signature with its SECRET, and prints `signature right` or `signature wrong`.
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'

const { PORT, SECRET } = process.env
process.stdout.write(`secret ${SECRET}\n`)
createServer(async (request, response) => {
  const hmac = createHmac('sha1', SECRET)
  for await (const chunk of request) hmac.update(chunk)
  const isRight = request.headers['x-hub-signature'] === `sha1=${hmac.digest('hex')}`
  process.stdout.write(`signature ${isRight ? 'right' : 'wrong'}\n`)
  response.end()
}).listen(Number(PORT), '127.0.0.1')
