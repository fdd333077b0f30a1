// Answers that are odd but complete: read as other HTTP clients read them, node:http, curl and Python, which are asked for the same.
import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createForwarder } from '../../src/delivery/forwarder.ts'
import { openRawBot } from '../support/bot/raw-bot.ts'
import { aDelivery } from '../support/deliveries.ts'

interface Read {
  readonly status: number
  readonly body: string
}

/** Answers of a bot, as bytes; `end` closes the connection after them. */
const ANSWERS: readonly (readonly [name: string, bytes: string, cut?: 'end'])[] = [
  ['204 that announces a body', 'HTTP/1.1 204 No Content\r\nContent-Length: 11\r\n\r\n'],
  ['304 that announces a body', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 11\r\n\r\n'],
  ['204 with a length of nothing', 'HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n'],
  ['204 that announces chunks', 'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ['204 that closes', 'HTTP/1.1 204 No Content\r\nContent-Length: 11\r\nConnection: close\r\n\r\n', 'end'],
  ['100 Continue before the answer', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'],
  [
    'two of 100 Continue, with headers',
    'HTTP/1.1 100 Continue\r\nX-A: 1\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Made\r\nContent-Length: 2\r\n\r\nok',
  ],
  [
    '102 and 103 before the answer',
    'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
  ],
  ['100 Continue before an error', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops'],
  ['a body that looks like 100 Continue', 'HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n'],
  ['a body up to the end of the connection', 'HTTP/1.1 200 OK\r\n\r\nuntil the end', 'end'],
  ['HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\nold', 'end'],
  ['an answer without a reason', 'HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok'],
  ['a status that nobody knows', 'HTTP/1.1 299 Odd\r\nContent-Length: 2\r\n\r\nok'],
  [
    'chunks with extensions and trailers',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nok\r\n0\r\nX: y\r\n\r\n',
  ],
  [
    'a length, and a connection that closes',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok',
    'end',
  ],
  ['a redirect with a body', 'HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 2\r\n\r\nok'],
  ['headers in odd case with empty values', 'HTTP/1.1 200 OK\r\ncOnTeNt-LeNgTh:2\r\nX-Empty:\r\n\r\nok'],
]

/** The parser of the first Node 20 waits for the body that a 204 announces and must not have: llhttp reads it right from 9 on. */
const NODE_READS_204 = Number.parseInt(process.versions['llhttp'] ?? '0', 10) >= 9

/** Of what may come before an answer, Python knows `100 Continue` alone; and it waits for the chunks that a 204 must not have. */
const PYTHON_STOPS_AT = /^HTTP\/1\.1 (?:10[^0]|204 No Content\r\nTransfer)/

async function aBot(answer: (socket: Socket) => void): Promise<number> {
  const bot = await openRawBot({ onRequest: ({ socket }) => answer(socket) })
  onTestFinished(() => bot.close())
  return bot.port
}

async function byForwarder(port: number, body = Buffer.from('{}')): Promise<Read> {
  const forwarder = createForwarder({ target: { host: '127.0.0.1', port, path: '/' } })
  onTestFinished(() => forwarder.close())
  const attempt = await forwarder.forward(aDelivery({ body })).done
  if (attempt.outcome !== 'answered') throw new Error(`${attempt.outcome}: ${attempt.reason}`)
  return { status: attempt.reply.status, body: attempt.reply.body.toString() }
}

function byNode(port: number): Promise<Read> {
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, method: 'POST', agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('error', reject)
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }))
    })
    asking.once('error', reject)
    asking.end('{}')
  })
}

const PYTHON = process.platform === 'win32' ? 'python' : 'python3'
const PYTHON_READER = `
import http.client, sys
connection = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]), timeout=10)
connection.request('POST', '/', body=b'{}')
answer = connection.getresponse()
sys.stdout.write(answer.read().decode() + '\\n' + str(answer.status))
`

async function byPython(port: number): Promise<Read> {
  const { stdout } = await promisify(execFile)(PYTHON, ['-c', PYTHON_READER, String(port)])
  const at = stdout.lastIndexOf('\n')
  return { status: Number(stdout.slice(at + 1)), body: stdout.slice(0, at) }
}

async function byCurl(port: number): Promise<Read> {
  const options = ['--silent', '--max-time', '10', '--data', '{}', '--write-out', '\n%{http_code}']
  const { stdout } = await promisify(execFile)('curl', [...options, `http://127.0.0.1:${port}/`])
  const at = stdout.lastIndexOf('\n')
  return { status: Number(stdout.slice(at + 1)), body: stdout.slice(0, at) }
}

describe('An odd answer', () => {
  it.each(ANSWERS.map(([name, bytes, cut = 'keep']) => [name, bytes, cut] as const))(
    '%s is the answer that node:http, curl and Python read',
    async (_, bytes, cut) => {
      const port = await aBot((socket) => {
        socket.write(bytes)
        if (cut === 'end') socket.end()
      })
      const read = await byForwarder(port)
      expect(read).toEqual(await byCurl(port))
      if (!PYTHON_STOPS_AT.test(bytes)) expect(read).toEqual(await byPython(port))
      if (NODE_READS_204 || !bytes.startsWith('HTTP/1.1 204')) expect(read).toEqual(await byNode(port))
    },
  )

  it('what is read does not depend on where the network cuts the bytes', async () => {
    const whole = ANSWERS.filter(([, , cut]) => cut === undefined)
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...whole),
        fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 4 }),
        async ([, bytes], cuts) => {
          const places = [...new Set(cuts)].filter((place) => place < bytes.length).sort((a, b) => a - b)
          const parts = [0, ...places].map((from, i) => bytes.slice(from, places[i] ?? bytes.length))
          const port = await aBot((socket) => {
            socket.setNoDelay()
            // Each part in a turn of its own, so that it arrives by itself.
            const writeNext = (): void => {
              const part = parts.shift()
              if (part !== undefined) socket.write(part, () => setImmediate(writeNext))
            }
            writeNext()
          })
          expect(await byForwarder(port)).toEqual(await byForwarder(await aBot((socket) => socket.write(bytes))))
        },
      ),
      { numRuns: 60 },
    )
  })

  it('an answer that is cut short does not count, for node:http either', async () => {
    const port = await aBot((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok')
      socket.end()
    })
    await expect(byForwarder(port)).rejects.toThrow('interrupted')
    await expect(byNode(port)).rejects.toThrow('aborted')
  })

  it('a kept connection serves on after an answer with 100 Continue', async () => {
    const bot = await openRawBot({
      onRequest: ({ socket }) =>
        socket.write('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
    })
    onTestFinished(() => bot.close())
    const forwarder = createForwarder({ target: { host: '127.0.0.1', port: bot.port, path: '/' } })
    onTestFinished(() => forwarder.close())
    for (let i = 0; i < 5; i++) expect(await forwarder.forward(aDelivery()).done).toMatchObject({ outcome: 'answered' })
    expect(bot.connections()).toBe(1)
  })

  it('a bot that refuses a large body by its head and closes is heard', async () => {
    const child = fork(fileURLToPath(new URL('../support/fixtures/early-refuser.mjs', import.meta.url)))
    onTestFinished(() => child.disconnect())
    const [port] = (await once(child, 'message')) as [number]
    for (let i = 0; i < 20; i++)
      expect(await byForwarder(port, Buffer.alloc(9 * 1024 * 1024))).toEqual({ status: 413, body: 'big' })
  })

  it('a large body arrives whole, with its length and not in chunks', async () => {
    const bot = await openRawBot()
    onTestFinished(() => bot.close())
    const body = Buffer.alloc(9 * 1024 * 1024, 'abcdefg')
    expect(await byForwarder(bot.port, body)).toMatchObject({ status: 200 })
    const [received] = bot.requests
    expect(received?.body.equals(body)).toBe(true)
    expect(received?.headers).toContain(String(body.length))
    expect(received?.headers.join()).not.toMatch(/transfer-encoding/i)
  })
})
