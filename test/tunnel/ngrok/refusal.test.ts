// What the texts of the SDK mean.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedactor } from '../../../src/core/redact.ts'
import { refusalOf } from '../../../src/tunnel/ngrok/refusal.ts'

const TOKEN = '2abcDEF0123456789_authtoken'
const { redact } = createRedactor([TOKEN])

describe('a failed attempt', () => {
  it('says what ngrok said, on one line, without the words of the SDK', () => {
    const text = `failed to connect session: No good.\nYour authtoken: ${TOKEN} error_code: ERR_NGROK_105`
    const { failed, retry } = refusalOf(text, redact)
    expect(failed.message).toBe('ERR_NGROK_105: No good. Your authtoken: [redacted]')
    expect(failed.is('ngrokTokenRefused')).toBe(true)
    expect(retry).toBe('never')
  })

  it.each([
    ['a token that is refused', 105, 'never'],
    ['a token that was revoked', 107, 'never'],
    ['a suspended account', 103, 'never'],
    ['a credential that was revoked', 300, 'never'],
    ['no account', 4018, 'never'],
    ['the session limit', 108, 'always'],
    ['a name in use', 334, 'always'],
    ['a name of somebody else', 320, 'if-it-worked-before'],
    ['an address that ngrok does not serve', 9040, 'if-it-worked-before'],
  ] as const)('of %s (%i) is worth another attempt: %s', (_, code, retry) => {
    expect(refusalOf(`failed to start listener: x error_code: ERR_NGROK_${code}`, redact).retry).toBe(retry)
  })

  it('without a code is one of the network', () => {
    const { failed, retry } = refusalOf('failed to connect session: tls handshake error', redact)
    expect(failed).toMatchObject({
      code: 'DEVHOOK_TUNNEL_FAILED',
      message: 'the ngrok service cannot be reached: tls handshake error',
    })
    expect(retry).toBe('always')
  })

  it('never repeats the authtoken, and is never long', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 600 }), fc.string({ maxLength: 600 }), (before, after) => {
        const { message } = refusalOf(before + TOKEN + after, redact).failed
        expect(message).not.toContain(TOKEN.slice(0, 12))
        expect(message.length).toBeLessThan(450)
      }),
    )
  })
})
