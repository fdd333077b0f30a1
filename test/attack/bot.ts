// Attacks from a bot that is broken or has been broken into: what it answers, and what it prints.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { OK, openRawBot } from '../support/bot/raw-bot.ts'
import { folderForTest } from '../support/folder.ts'
import type { Attack } from './attack.ts'
import { deliver, msOf, openTarget } from './target.ts'

const LARGE = 16 * 1024 * 1024

const ANSWERS: Readonly<Record<string, string | Buffer>> = {
  garbage: '\0\u0001\u0002garbage\r\n\r\n',
  'another protocol': 'SSH-2.0-OpenSSH_9.6\r\n',
  'status 000': 'HTTP/1.1 000 Zero\r\ncontent-length: 0\r\n\r\n',
  'status 999': 'HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n',
  'status 101': 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
  'a split header': 'HTTP/1.1 200 OK\r\nx: a\rb\nc: d\r\ncontent-length: 0\r\n\r\n',
  'two lengths': 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab',
  'length and chunks': 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n',
  'a chunk of negative size': 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-1\r\n\r\n',
  'two answers': `${OK}HTTP/1.1 500 Second\r\ncontent-length: 6\r\n\r\nsecond`,
  'a head without end': `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(50_000)}`,
  'a header of 1 MB': `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(1_000_000)}\r\n\r\n`,
  'a body that is too large': Buffer.concat([
    Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${LARGE}\r\n\r\n`),
    Buffer.alloc(LARGE),
  ]),
  'escape sequences in the reason': 'HTTP/1.1 500 \u001B[2J\u001B]0;x\u0007\r\ncontent-length: 0\r\n\r\n',
  'only 1xx': 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1_000),
}

const answers: Attack['run'] = async () => {
  const target = await openTarget()
  await target.bot.close()
  let answer: string | Buffer = OK
  const bot = await openRawBot({
    port: target.botPort,
    onRequest: ({ socket }) => {
      socket.write(answer)
      // What has no end ends with the connection.
      if (answer !== OK) socket.end()
    },
  })
  onTestFinished(() => bot.close())
  const statuses: string[] = []
  for (const [what, bytes] of Object.entries(ANSWERS)) {
    answer = bytes
    const [status] = await deliver(target, { body: JSON.stringify({ id: what }) })
    expect(status, what).toBeGreaterThanOrEqual(200)
    statuses.push(`${what} ${status}`)
    answer = OK
    // The next one is not given what is left of it.
    expect(await deliver(target, { body: JSON.stringify({ id: `after ${what}` }) }), what).toEqual([200])
  }
  await target.finish()
  return statuses.join(', ')
}

/** A bot that prints each message whole. */
const ECHO = `
require('node:http').createServer(async (request, response) => {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const body = Buffer.concat(chunks).toString()
  if (body !== '') console.log(JSON.parse(body).text)
  response.end(new URL(request.url, 'http://bot').searchParams.get('challenge') ?? '')
}).listen(Number(process.env.PORT), '127.0.0.1')
`

const printing =
  (line: string): Attack['run'] =>
  async (ground) => {
    const file = join(await folderForTest(), 'echo.cjs')
    await writeFile(file, ECHO)
    const target = await openTarget({ command: [process.execPath, file] })
    const length = ground.times(160, 640) * 1024
    const hostile = line.repeat(Math.ceil(length / line.length))
    const waits = async (one: string): Promise<number> => {
      await deliver(target, { body: JSON.stringify({ id: Math.random(), text: one }) })
      // It is printed by now, and read after that.
      return msOf(async () => {
        for (let n = 0; n < 10; n += 1)
          await deliver(target, { body: JSON.stringify({ id: Math.random(), text: 'x' }) })
      })
    }
    await waits('a'.repeat(length))
    const times: number[] = []
    for (let n = 0; n < 4; n += 1) times.push((await waits(hostile)) / (await waits('a'.repeat(length))))
    const least = Math.min(...times)
    expect(least).toBeLessThan(5)
    await target.finish()
    return `others wait ${least.toFixed(1)} times as long as after plain text`
  }

/** From the bot. */
export const BOT: readonly Attack[] = [
  { tries: 'answers that are none of HTTP', run: answers },
  { tries: 'a bot that prints what a terminal would act on', run: printing(`\u001B]${';?'.repeat(8_000)}\n`) },
]
