// A bot that dies of a delivery without a signature, as one does whose HTTP handler throws.
import { createServer } from 'node:http'

const server = createServer((request, response) => {
  const challenge = new URL(request.url ?? '', 'http://bot').searchParams.get('challenge')
  if (challenge === null && request.headers['x-hub-signature'] === undefined) throw new Error('Missing signature')
  request.resume().on('end', () => response.end(challenge ?? ''))
})
server.listen(Number(process.env['PORT']), '127.0.0.1', () => process.stdout.write('listening\n'))
