// Checking a signature that was pasted, with the secret of the webhook or another.
import { describe, expect, it } from 'vitest'
import { neverAborted } from '../../../src/core/async.ts'
import { createVerify } from '../../../src/daemon/operations/verify-signature.ts'
import { readInput } from '../../../src/inspector/operations/read-input.ts'
import type { GivenTo, OutputOf } from '../../../src/inspector/operations/table.ts'
import { sign } from '../../../src/protocol/signature.ts'

const BODY = '{"a":1}'
const RIGHT = sign(Buffer.from(BODY), 'of-the-webhook')

const nothingRecorded = async (): Promise<never> => {
  throw new Error('nothing is recorded')
}

function verify(given: GivenTo<'verify'>, webhook: string | null = 'of-the-webhook'): Promise<OutputOf<'verify'>> {
  const handler = createVerify(nothingRecorded, () => ({ webhook, bot: 'of-the-bot' }))
  return handler(readInput('verify', given), neverAborted())
}

describe('A signature that is checked', () => {
  it.each([
    ['its value', RIGHT],
    ['its header', `X-Hub-Signature: ${RIGHT}`],
    ['all headers', `POST-Line: x\r\nContent-Type: application/json\r\nx-hub-signature:${RIGHT}\r\n\r\n`],
  ])('is right, given as %s', async (_, signature) => {
    expect(await verify({ body: BODY, signature })).toEqual({
      verdict: 'right',
      certain: true,
      reasons: [],
      expected: RIGHT,
      bytes: 7,
      secret: 'the secret of the webhook',
    })
  })

  it('is checked with a secret that is typed in place of that of the webhook', async () => {
    const typed = { body: BODY, signature: sign(Buffer.from(BODY), 'typed'), secret: 'typed' }
    expect(await verify(typed)).toMatchObject({ verdict: 'right', secret: 'the secret that was given' })
    expect(await verify({ ...typed, secret: ' typed' })).toMatchObject({
      verdict: 'wrong',
      certain: true,
      reasons: [{ message: 'SECRET has white space around it', remedy: 'remove it' }],
    })
  })

  it('is wrong for a body that was changed, which is said', async () => {
    expect(await verify({ body: '{ "a": 1 }', signature: RIGHT })).toMatchObject({
      verdict: 'wrong',
      certain: true,
      reasons: [{ message: expect.stringContaining('the body was parsed and written again') }],
    })
  })

  it('is told apart from one that is made with another secret of the run', async () => {
    const { reasons, certain } = await verify({ body: BODY, signature: sign(Buffer.from(BODY), 'of-the-bot') })
    expect([certain, reasons[0]?.message]).toEqual([
      true,
      'it is right with the secret that the bot has, and not with the one that it was checked with',
    ])
    expect((await verify({ body: BODY, signature: RIGHT, secret: 'typed' })).reasons[0]?.message).toContain(
      'it is right with the secret of the webhook',
    )
  })

  it('is missing in headers without one, and where nothing was pasted', async () => {
    for (const signature of ['', 'Host: x\nAccept: */*'])
      expect(await verify({ body: BODY, signature })).toMatchObject({ verdict: 'missing', expected: RIGHT })
  })

  it('needs a secret, and a body with a signature', async () => {
    await expect(verify({ body: BODY, signature: RIGHT }, null)).rejects.toMatchObject({ code: 'DEVHOOK_USAGE' })
    await expect(verify({ signature: RIGHT })).rejects.toThrow('a body and a signature are needed')
    expect(() => readInput('verify', { body: 'x'.repeat(300_000) })).toThrow('`body` is longer')
  })

  it('never says what a secret is', async () => {
    const secret = `${'S3cret'.repeat(3)} `
    const said = JSON.stringify(await verify({ body: BODY, signature: RIGHT, secret }))
    expect(said).not.toContain(secret.trim())
    expect(said).not.toContain('of-the-webhook')
  })
})
