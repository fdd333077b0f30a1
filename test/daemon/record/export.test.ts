import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Delivery } from '../../../src/core/delivery.ts'
import { DevHookError } from '../../../src/core/errors.ts'
import { createRedactor } from '../../../src/core/text/redact.ts'
import { withoutSecrets } from '../../../src/daemon/record/export/exported.ts'
import { EXPORTS } from '../../../src/daemon/record/export/exports.ts'
import { identify } from '../../../src/protocol/payload.ts'
import { checkSignature, sign } from '../../../src/protocol/signature.ts'
import { installedShells } from '../../support/cli/shells.ts'
import { aDelivery } from '../../support/deliveries.ts'
import { rawRequestRecorderForTest } from '../../support/network/raw-request-recorder.ts'
import { expectHarmless } from '../../support/outside-text.ts'

// fish is no POSIX shell.
const SHELLS = ['sh', ...installedShells().filter((shell) => shell !== 'fish')]

/** Types a command into a shell, where everything is set that would lead curl elsewhere. */
async function paste(command: string, program = 'sh'): Promise<void> {
  const env = { PATH: process.env['PATH'], http_proxy: 'http://127.0.0.1:9/', HOME: '/nonexistent', LC_ALL: 'C.UTF-8' }
  const shell = promisify(execFile)(program, { env })
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

/** The one request that came of a command, less what is written anew for each connection. */
async function sent(delivery: Delivery, shell = 'sh', path = '/hook') {
  const { url, requests } = await rawRequestRecorderForTest()
  await paste(EXPORTS.curl(exported(delivery, url + path)), shell)
  return onlyOne(requests)
}

function onlyOne(requests: Awaited<ReturnType<typeof rawRequestRecorderForTest>>['requests']) {
  expect(requests).toHaveLength(1)
  const [request] = requests.splice(0)
  if (request === undefined) throw new Error('nothing was sent')
  const ofConnection = new Set(['host', 'content-length'])
  return { ...request, headers: request.headers.filter(([name]) => !ofConnection.has(name.toLowerCase())) }
}

const byteText = (
  allowed: (byte: number) => boolean,
  constraints: { readonly minLength?: number; readonly maxLength?: number } = {},
) => {
  const bytes = Array.from({ length: 256 }, (_, byte) => byte).filter(allowed)
  const unit = fc.constantFrom(...bytes.map((byte) => String.fromCharCode(byte)))
  return fc.string({ unit, size: 'medium', ...constraints })
}

const isToken = (byte: number): boolean => /[\w!#$%&'*+.^`|~-]/.test(String.fromCharCode(byte)) && byte < 0x80
const isInTarget = (byte: number): boolean => byte > 0x20 && byte !== 0x7f
const isInValue = (byte: number): boolean => byte === 9 || (byte >= 0x20 && byte !== 0x7f)

/** What may come over the wire: any bytes that a request can have. */
const anyRequest = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'M-SEARCH', 'OPTIONS'),
  search: fc.oneof(
    fc.constant(''),
    byteText(isInTarget).map((query) => `?${query}`),
  ),
  // A name that says nothing to anybody on the way.
  headers: fc
    .array(
      fc.tuple(
        byteText(isToken, { maxLength: 5 }).map((name) => `X${name}`),
        byteText(isInValue),
      ),
      { maxLength: 5 },
    )
    .map((pairs) => pairs.flatMap(([name, value]) => [name, value.replace(/^[ \t]+|[ \t]+$/g, '')])),
  body: fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array()).map((content) => Buffer.from(content)),
})

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
    const delivery = signed(body, { search: "?a=1&b='x'" })
    const got = await sent(delivery)
    expect(got.body.equals(delivery.body)).toBe(true)
    expect(got.line).toBe("POST /hook?a=1&b='x' HTTP/1.1")
    expect(checkSignature(got.headers.flat(), got.body, 'secret')).toBe('right')
  })

  it.each([
    '?n=[1-3]',
    '?n={a,b}',
    '?a[]=1&b[c]={}',
    '?[',
    '?a=1#part',
    '?u=http://x/a/../b/./c',
    '?a="<>\\^`{|}',
    '?%00%zz%',
    '?\u00c3\u00a9\u00ff\u0080',
    '?',
    '?a?b??',
  ])('is one request with the query %s', async (search) => {
    const got = await sent(aDelivery({ search }), 'sh', '/a/../hook')
    expect(got.line).toBe(`POST /a/../hook${search} HTTP/1.1`)
  })

  it('sends the headers that were received, and no others', async () => {
    const ofConnection = ['Host', 'x.ngrok.app', 'Connection', 'close, X-Mine', 'X-Mine', '1', 'Expect', '100-continue']
    const headers = ['X-Empty', '', 'X-Odd', "a 'b' $c", '-x%', '\u0080\u00ff!%\t\\', 'X-Odd', '2', 'Cookie', 'a=b']
    const got = await sent(aDelivery({ headers: [...ofConnection, ...headers], body: Buffer.alloc(2_000_000, 'a') }))
    expect(got.headers.flat()).toEqual(headers)
  })

  it.each(SHELLS)('is the same request for any bytes in %s, and nothing else', async (shell) => {
    const { url, requests } = await rawRequestRecorderForTest()
    await fc.assert(
      fc.asyncProperty(anyRequest, async (given) => {
        const command = EXPORTS.curl(exported(aDelivery(given), `${url}/hook`))
        expectHarmless(command)
        await paste(command, shell)
        const { line, headers, body } = onlyOne(requests)
        expect(line).toBe(`${given.method} /hook${given.search} HTTP/1.1`)
        expect(headers.flat()).toEqual(given.headers)
        expect(body.equals(given.body)).toBe(true)
      }),
      { numRuns: 40 },
    )
  })

  it('is refused where curl would send something else, and another form is named', () => {
    for (const given of [
      { method: 'HEAD', body: Buffer.from('x') },
      { search: '?a\r\nX: 1' },
      { headers: ['X', 'a\nb'] },
    ]) {
      const error = thrownBy(() => EXPORTS.curl(exported(aDelivery(given))))
      expect(error).toMatchObject({ code: 'DEVHOOK_USAGE', remedy: 'export it as fixture' })
    }
  })
})

function thrownBy(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

describe('A delivery exported for an HTTP client', () => {
  it('is a request with its headers and its body', () => {
    const delivery = aDelivery({
      id: 'd1',
      receivedAt: 0,
      search: '?a=1',
      headers: ['Content-Type', 'application/json', 'Content-Length', '2'],
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

  it.each<[what: string, given: Partial<Delivery>]>([
    ['the end of a request', { body: Buffer.from('a\n### b') }],
    ['a file to read', { body: Buffer.from('< ./file') }],
    ['a file to write', { body: Buffer.from('{}\n>> out.json') }],
    ['a comment', { body: Buffer.from('a\n  # b') }],
    ['a variable', { body: Buffer.from('{"text":"{{name}}"}') }],
    ['bytes that are no text', { body: Buffer.from([255, 0]) }],
    ['white space that is trimmed', { body: Buffer.from('{}\n') }],
    ['line breaks that are made alike', { body: Buffer.from('a\r\nb') }],
    ['a body of GET', { method: 'GET' }],
    ['a method that it does not know', { method: 'M-SEARCH' }],
    ['a variable of the environment in a header', { headers: ['X-A', '{{$processEnv TOKEN}}'] }],
    ['a variable in the query', { search: '?a={{$dotenv TOKEN}}' }],
    ['a part of a page in the query', { search: '?a#b' }],
    ['what is encoded in a query', { search: '?a="b"' }],
    ['a header that is a comment', { headers: ['#X', '1'] }],
    ['a header that is a part of the query', { headers: ['&x', '1'] }],
    ['a header twice', { headers: ['X', '1', 'x', '2'] }],
    ['a header of other bytes', { headers: ['X', '\u00ff'] }],
  ])('is refused when the client would send something else: %s', (_, given) => {
    const error = thrownBy(() => EXPORTS.http(exported(aDelivery(given))))
    expect(error).toMatchObject({ code: 'DEVHOOK_USAGE', remedy: 'export it as curl or fixture' })
  })

  it('has nothing that a client fills in, and nothing that a terminal acts on, whatever is in it', () => {
    fc.assert(
      fc.property(anyRequest, (given) => {
        try {
          const text = EXPORTS.http(exported(aDelivery(given)))
          expectHarmless(text)
          expect(text).not.toContain('{{')
        } catch (error) {
          expect(error).toBeInstanceOf(DevHookError)
        }
      }),
    )
  })
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

  it('is printable, and says the same, whatever is in it', () => {
    fc.assert(
      fc.property(anyRequest, (given) => {
        const text = EXPORTS.fixture(exported(aDelivery(given)))
        expectHarmless(text)
        const { method, search, headers, body, encoding } = JSON.parse(text)
        expect({ method, search, headers: headers.flat() }).toEqual({
          method: given.method,
          search: given.search,
          headers: given.headers,
        })
        expect(Buffer.from(body, encoding).equals(given.body)).toBe(true)
      }),
    )
  })
})

describe('What is exported', () => {
  const { redact } = createRedactor(['correct-horse'])
  const body = Buffer.from('{"password":"hunter2","text":"correct-horse","token":"x"}')
  const headers = ['Authorization', 'Bearer abcdefgh', 'X-A', 'correct-horse', 'X-Hub-Signature', sign(body, 's')]
  const delivery = aDelivery({ headers, body, search: '?access_token=abc&a=1' })

  it('has none of the secrets that are hidden elsewhere, and is signed for what is left', () => {
    const clean = withoutSecrets(delivery, redact, 's')
    expect(clean).toMatchObject({ hidden: true, stale: false })
    const { search, body: hidden, headers: shown } = clean.delivery
    expect(search).toBe('?access_token=[redacted]&a=1')
    expect(hidden.toString()).toBe('{"password":"[redacted]","text":"[redacted]","token":"[redacted]"}')
    expect(shown.slice(0, 2)).toEqual(['X-A', '[redacted]'])
    expect(checkSignature(shown, hidden, 's')).toBe('right')
  })

  it('says when its signature is that of the body with the secrets', () => {
    expect(withoutSecrets(delivery, redact, null)).toMatchObject({ hidden: true, stale: true })
  })

  it('is the same request where there was no secret', () => {
    const plain = signed('{"text":"hi"}', { search: '?a=1' })
    expect(withoutSecrets(plain, redact, 's')).toEqual({ delivery: plain, hidden: false, stale: false })
  })
})
