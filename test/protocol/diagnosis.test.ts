import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextTurn } from '../../src/core/async.ts'
import { diagnose } from '../../src/protocol/diagnosis/diagnose.ts'
import { sign } from '../../src/protocol/signature.ts'
import { SIGNATURE_EXAMPLE } from '../../src/protocol/signature-schemes.ts'

const SECRET = 'zICWczLmAOEDvh1DiPGSHw=='
const PAYLOAD = {
  event: 'message.create.contact.chat',
  data: { message: { text: 'Grüß dich / 你好', n: 1 }, a: [1, 2] },
}
const BODY = JSON.stringify(PAYLOAD)
const BYTES = Buffer.from(BODY)

/** What the diagnosis says of a delivery that was signed over `signed` with `key`, when this body and secret are at hand. */
const told = (options: {
  readonly signed?: string | Buffer
  readonly key?: string | Buffer
  readonly body?: string | Buffer
  readonly secret?: string
}) => {
  const { signed = BODY, key = SECRET, body = BODY, secret = SECRET } = options
  const header = `sha1=${createHmac('sha1', key).update(signed).digest('hex')}`
  return diagnose(header, Buffer.from(body), secret)
}

const messages = ({ accidents }: Awaited<ReturnType<typeof diagnose>>): string =>
  accidents.map(({ message }) => message).join('; ')

describe('The diagnosis of a signature', () => {
  it('finds nothing wrong with a right one, whatever body and secret are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), fc.string({ minLength: 1 }), async (array, secret) => {
        const body = Buffer.from(array)
        expect(await diagnose(sign(body, secret), body, secret)).toMatchObject({ right: true, accidents: [] })
      }),
    )
  })

  it('never calls another one right, nor fails, and always says something', async () => {
    const digest = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((array) => Buffer.from(array).toString('hex'))
    const header = fc.oneof(
      fc.string(),
      digest,
      digest.map((hex) => `sha1=${hex}`),
    )
    await fc.assert(
      fc.asyncProperty(
        header,
        fc.oneof(fc.string(), fc.json()),
        fc.string({ minLength: 1 }),
        async (given, body, secret) => {
          const found = await diagnose(given, Buffer.from(body), secret)
          expect(found.right).toBe(false)
          expect(found.accidents.length).toBeGreaterThan(0)
        },
      ),
    )
  })

  it.each([
    ['  spaced  ', 'spaced', 'white space around it'],
    ['"quoted"', 'quoted', 'quotes around it'],
    ["'quoted'", 'quoted', 'quotes around it'],
    ['SECRET=named', 'named', 'begins with its own name'],
    ['export SECRET="named"', 'named', 'quotes around it'],
    ['zICWczLmAOEDvh1DiPGSHw', SECRET, 'lacks == at its end'],
    ['zICWczLmAOEDvh1DiPGSHw%3D%3D', SECRET, 'URL-encoded'],
    ['ab c', 'ab+c', 'should have +'],
    ['bare-key', 'bare-key\n', 'a line break after the secret'],
    [SECRET, Buffer.from(SECRET, 'base64'), 'decoded the secret from base64'],
    ['00112233445566ff', Buffer.from('00112233445566ff', 'hex'), 'decoded the secret from hex'],
    ['plain text', Buffer.from('plain text').toString('base64'), 'base64-decoded'],
  ])('recognises the secret %j', async (secret, key, message) => {
    const found = await told({ secret, key })
    expect(found).toMatchObject({ right: false, certain: true })
    expect(messages(found)).toContain(message)
    expect(JSON.stringify(found)).not.toContain(secret.trim())
  })

  it.each<[string, string | Buffer, string | Buffer, string]>([
    ['a line break at its end', BODY, `${BODY}\n`, 'a line break was added at the end'],
    ['a CRLF at its end', BODY, `${BODY}\r\n`, 'a line break was added at the end'],
    ['its line break lost', `${BODY}\n`, BODY, 'at the end of the body was lost'],
    ['a byte order mark', BODY, `\ufeff${BODY}`, 'saved with a byte order mark'],
    ['its byte order mark lost', `\ufeff${BODY}`, BODY, 'lost the byte order mark'],
    ['UTF-16, as PowerShell saves it', BODY, Buffer.from(`\ufeff${BODY}\r\n`, 'utf16le'), 'UTF-16, and a line break'],
    ['CRLF for LF', '{\n"a":\n1}', '{\r\n"a":\r\n1}', 'turned into CRLF'],
    ['LF for CRLF', '{\r\n"a":\r\n1}', '{\n"a":\n1}', 'turned into LF'],
    ['indentation', BODY, JSON.stringify(PAYLOAD, null, 2), 'the sender wrote compact JSON'],
    ['its indentation lost', JSON.stringify(PAYLOAD, null, 2), BODY, 'indented it by 2 spaces'],
    ['its tabs lost', JSON.stringify(PAYLOAD, null, '\t'), BODY, 'indented it by tabs'],
    ['its spaces lost', '{"a": [1, {"b": "c d"}], "e": null}', '{"a":[1,{"b":"c d"}],"e":null}', 'after each colon'],
    ['its slashes unescaped', '{"u":"http:\\/\\/x"}', '{"u":"http://x"}', '\\/ for each slash'],
    ['its escapes undone', '{"t":"Gr\\u00fc\\u00df \\ud83d\\ude00"}', '{"t":"Grüß 😀"}', 'escaped what is not ASCII'],
    ['its keys in another order', '{"a":1,"b":{"c":2,"d":3}}', '{"b":{"d":3,"c":2},"a":1}', 'sorted the keys'],
  ])('recognises a body with %s', async (_, signed, body, message) => {
    const found = await told({ signed, body })
    expect(found).toMatchObject({ right: false, certain: true })
    expect(messages(found)).toContain(message)
  })

  it('recognises a secret and a body that are both not as they were', async () => {
    const found = await told({ secret: `"${SECRET}"`, body: `${BODY}\n` })
    expect(found.certain).toBe(true)
    expect(messages(found)).toContain('quotes')
    expect(messages(found)).toContain('line break')
  })

  const hex = sign(BYTES, SECRET).slice(5)
  it.each([
    [hex, 'lacks its beginning'],
    [`sha1=${hex.toUpperCase()}`, 'upper case'],
    [`X-Hub-Signature: sha1=${hex}`, 'more in it'],
    [`"sha1=${hex}"`, 'more in it'],
    [`sha1=${Buffer.from(hex, 'hex').toString('base64')}`, 'written in base64'],
    [`sha512=${createHmac('sha512', SECRET).update(BODY).digest('hex')}`, 'of the kind sha512'],
    [createHmac('sha512', SECRET).update(BODY).digest('hex'), 'of the kind sha512'],
  ])('recognises the header %s', async (header, message) => {
    const found = await diagnose(header, BYTES, SECRET)
    expect(found).toMatchObject({ right: false, certain: true, expected: `sha1=${hex}` })
    expect(messages(found)).toContain(message)
  })

  it.each(['sha1=123', 'sha1=', 'nonsense', `sha1=${'g'.repeat(40)}`, '', `sha1=${hex.slice(0, 38)}`])(
    'says that the header %j is no signature',
    async (header) => {
      const found = await diagnose(header, BYTES, SECRET)
      expect(found).toMatchObject({ right: false, certain: true })
      expect(messages(found)).toMatch(new RegExp(`is not ${SIGNATURE_EXAMPLE.replace('…', '<')}|is empty`))
    },
  )

  it('says that the secret is another one when nothing makes it right', async () => {
    expect(messages(await told({ key: 'another' }))).toContain('another secret')
    expect(messages(await told({ body: '' }))).toContain('the body is empty')
  })

  it('does not fail on bodies that are not text, nested without end, or large', async () => {
    expect((await told({ signed: 'other', body: Buffer.from([0xff, 0xfe, 0, 0xd8, 0xff]) })).certain).toBe(false)
    expect((await told({ signed: 'other', body: '['.repeat(20_000) + ']'.repeat(20_000) })).certain).toBe(false)
    const large = JSON.stringify(['x'.repeat(3 * 1024 * 1024)])
    expect((await told({ signed: large, body: `${large}\n` })).certain).toBe(true)
  })

  it.each([
    [1, 'JSON', 20],
    [10, 'no JSON', 10],
  ])(
    'lets everything else have its turn meanwhile, with a body of %d MB that is %s',
    async (megabytes, kind, turns) => {
      const body = JSON.stringify(['x'.repeat(megabytes * 1_000_000)]).slice(kind === 'JSON' ? 0 : 1)
      let [isOpen, seen] = [true, 0]
      const found = told({ key: 'another', body }).finally(() => {
        isOpen = false
      })
      while (isOpen) {
        await nextTurn()
        seen += 1
      }
      expect((await found).certain).toBe(false)
      expect(seen).toBeGreaterThan(turns)
    },
  )
})
