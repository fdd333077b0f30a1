// What the texts of the SDK mean.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedactor } from '../../../src/core/text/redact.ts'
import { refusalOf } from '../../../src/tunnel/ngrok/refusal.ts'

const TOKEN = '2abcDEF0123456789_authtoken'
const { redact } = createRedactor([TOKEN])
const WAY = { server: 'ingress.example:443', proxy: null }

describe('a failed attempt', () => {
  it('carries the text of ngrok on one line, without what the SDK adds', () => {
    const text = `failed to connect session: No good.\nYour authtoken: ${TOKEN} error_code: ERR_NGROK_105`
    const { failed, retry } = refusalOf(text, redact, WAY)
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
    expect(refusalOf(`failed to start listener: x error_code: ERR_NGROK_${code}`, redact, WAY).retry).toBe(retry)
  })

  it('without a code is one of the network', () => {
    const { failed, retry } = refusalOf('failed to connect session: tls handshake error', redact, WAY)
    expect(failed).toMatchObject({
      code: 'DEVHOOK_TUNNEL_FAILED',
      message: 'ngrok cannot be reached at ingress.example:443: tls handshake error',
      remedy: 'check the network and https://status.ngrok.com, then start again',
    })
    expect(retry).toBe('always')
  })

  it('behind a proxy is explained by it, without its password, unless ngrok itself has refused', () => {
    const proxy = 'http://jo:s3cret@proxy.example:8080'
    const { failed } = refusalOf('failed to connect session: tls handshake error', redact, { ...WAY, proxy })
    expect(failed.remedy).toMatch(/^ngrok does not go through an HTTP proxy \(http:\/\/proxy\.example:8080\/\): /)
    expect(failed.remedy).toContain('--url')
    const refused = refusalOf('failed to start listener: x error_code: ERR_NGROK_334', redact, { ...WAY, proxy })
    expect(refused.failed.remedy).toContain('--domain')
  })

  it.each([
    [108, 'https://dashboard.ngrok.com/agents'],
    [334, '--domain'],
    [320, 'https://ngrok.com/docs/errors/err_ngrok_320'],
    [105, 'https://dashboard.ngrok.com/get-started/your-authtoken'],
  ])('with code %i comes with the remedy for it', (code, remedy) => {
    const { failed } = refusalOf(`failed to connect session: x error_code: ERR_NGROK_${code}`, redact, WAY)
    expect(failed.remedy).toContain(remedy)
  })

  it('never repeats the authtoken, and is never long', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 600 }), fc.string({ maxLength: 600 }), (before, after) => {
        const { message } = refusalOf(before + TOKEN + after, redact, WAY).failed
        expect(message).not.toContain(TOKEN.slice(0, 12))
        expect(message.length).toBeLessThan(450)
      }),
    )
  })
})
