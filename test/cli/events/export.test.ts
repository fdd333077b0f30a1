import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EXPORTS } from '../../../src/cli/events/export.ts'
import type { Delivery } from '../../../src/core/delivery.ts'
import { identify } from '../../../src/protocol/payload.ts'
import { checkSignature, sign } from '../../../src/protocol/signature.ts'
import { aDelivery } from '../../support/deliveries.ts'
import { recordingBotForTest } from '../../support/platform/sandboxes.ts'

/** Types a command into a shell. */
async function paste(command: string): Promise<void> {
  const shell = promisify(execFile)('sh')
  shell.child.stdin?.end(`${command}\n`)
  await shell
}

const exported = (delivery: Delivery, url = 'http://127.0.0.1:3000/hook') => ({
  delivery,
  label: identify(delivery).label,
  url,
})

const signed = (body: Buffer | string, more: Partial<Delivery> = {}): Delivery => {
  const bytes = Buffer.from(body)
  const headers = ['Content-Type', 'application/json', 'X-Hub-Signature', sign(bytes, 'secret')]
  return aDelivery({ body: bytes, headers, ...more })
}

describe.skipIf(process.platform === 'win32')('A delivery exported as curl', () => {
  it.each([
    ['quotes, spaces and dollars', `{"text":"it's \\"$HOME\\" \`id\` !! \\\\ é 👋"}`],
    ['lines', '{\n  "text": "hi"\n}\n\n'],
    ['nothing', ''],
    ['what looks like a file name', '@/etc/hosts'],
    ['bytes that are no text', Buffer.from([0, 255, 10, 13, 39, 200, 0])],
    ['what a terminal would act on', 'a\u001b[201~\u0007\r\nb\t\u202e'],
    ['more than fits into one argument', JSON.stringify({ text: 'x'.repeat(200_000) })],
  ])('brings %s to the bot as it was', async (_, body) => {
    const bot = await recordingBotForTest()
    const delivery = signed(body, { search: "?a=1&b='x'" })
    await paste(EXPORTS.curl(exported(delivery, `${bot.url}/hook`)))
    const [got] = await bot.waitFor(1)
    expect(got?.body.equals(delivery.body)).toBe(true)
    expect(got?.url).toBe("/hook?a=1&b='x'")
    expect(checkSignature(got?.rawHeaders ?? [], got?.body ?? Buffer.alloc(0), 'secret')).toBe('right')
  })

  it('sends the headers that were received, and no others', async () => {
    const bot = await recordingBotForTest()
    const headers = ['Host', 'x.ngrok.app', 'X-Empty', '', 'X-Odd', "a 'b' $c", 'Connection', 'close', 'Cookie', 'a=b']
    const delivery = aDelivery({ headers, body: Buffer.alloc(5_000, 'a') })
    await paste(EXPORTS.curl(exported(delivery, bot.url)))
    const [got] = await bot.waitFor(1)
    const host = bot.url.replace('http://', '')
    expect(got?.rawHeaders).toEqual(['Host', host, 'X-Empty', '', 'X-Odd', "a 'b' $c", 'Content-Length', '5000'])
  })

  it('is one command for the shell, whatever is in it', async () => {
    const bot = await recordingBotForTest()
    const bodies: Buffer[] = []
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array()), async (content) => {
        const body = Buffer.from(content)
        bodies.push(body)
        await paste(EXPORTS.curl(exported(signed(body), bot.url)))
        expect(bot.requests.at(-1)?.body.equals(body)).toBe(true)
      }),
      { numRuns: 25 },
    )
    expect(bot.requests).toHaveLength(bodies.length)
  })

  it('uses no control character that a terminal would act on when it is pasted', () => {
    const command = EXPORTS.curl(exported(signed('a\u001b[201~rm\r\u0085b')))
    expect(command.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
  })
})

describe('A delivery exported for an HTTP client', () => {
  it('is a request with its headers and its body', () => {
    const delivery = aDelivery({
      id: 'd1',
      receivedAt: 0,
      search: '?a=1',
      headers: ['Content-Type', 'application/json', 'Content-Length', '2', 'Authorization', 'Basic abc'],
      body: Buffer.from('{"event":"message.update"}'),
    })
    expect(EXPORTS.http(exported(delivery)).split('\n')).toEqual([
      '### message.update (d1, 1970-01-01T00:00:00.000Z)',
      'POST http://127.0.0.1:3000/hook?a=1',
      'Content-Type: application/json',
      '',
      '{"event":"message.update"}',
    ])
  })

  it.each(['a\n### b', '< ./file', '{"text":"{{name}}"}', Buffer.from([255, 0])])(
    'is refused when the client would read %j as something else',
    (body) => {
      expect(() => EXPORTS.http(exported(signed(body)))).toThrow('cannot be written in an .http file')
    },
  )
})

describe('A delivery exported as a fixture', () => {
  it('gives the same bytes back, text or not', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array()), (content) => {
        const body = Buffer.from(content)
        const fixture = JSON.parse(EXPORTS.fixture(exported(signed(body))))
        expect(Buffer.from(fixture.body, fixture.encoding).equals(body)).toBe(true)
        expect(checkSignature(fixture.headers.flat(), body, 'secret')).toBe('right')
      }),
    )
  })

  it('holds no secret, for it will be committed', () => {
    const headers = ['Authorization', 'Bearer abcdefgh', 'X-A', '1']
    const fixture = JSON.parse(EXPORTS.fixture(exported(aDelivery({ headers }))))
    expect(fixture.headers).toEqual([['X-A', '1']])
  })
})
