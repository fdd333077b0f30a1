import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedactor } from '../../../src/core/text/redact.ts'

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJfaWQiOiJhYmMifQ.c2lnbmF0dXJl'

describe('The redactor', () => {
  it('takes every known secret out of any text around it', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[!-~]{4,30}$/), fc.string(), fc.string(), (secret, before, after) => {
        const { redact } = createRedactor([secret])
        expect(redact(`${before}${secret}${after}`).replaceAll('[redacted]', '')).not.toContain(secret)
      }),
    )
  })

  it('leaves no tail of a secret that contains another one', () => {
    const { redact } = createRedactor(['secret', 'secret-and-more'])
    expect(redact('it is secret-and-more')).toBe('it is [redacted]')
  })

  it.each([
    [`token ${JWT} refused`, 'token [redacted] refused'],
    ['Authorization: Bearer 94c70d470e391bdc16a8d8363b5d4891', 'Authorization: Bearer [redacted]'],
    ['https://dev-hook:s3cret@x.ngrok.app/p', 'https://dev-hook:[redacted]@x.ngrok.app/p'],
    [`a.${JWT}.b ${JWT}`, 'a.[redacted].b [redacted]'],
    [`key-${JWT}`, 'key-[redacted]'],
    ['basic dXNlcjpwYXNzd29yZA==, Bearer short', 'basic [redacted], Bearer short'],
    ['https://u:p@ss:w@rd@h.example', 'https://u:[redacted]@h.example'],
    ['https://me@home:s3cret@h.example', 'https://me@home:[redacted]@h.example'],
    [
      'https://u:one@a.example,https://u:two@b.example',
      'https://u:[redacted]@a.example,https://u:[redacted]@b.example',
    ],
    ['https://h.example:8443/a@b', 'https://h.example:8443/a@b'],
  ])('knows by its shape what is secret: %s', (text, clean) => {
    expect(createRedactor().redact(text)).toBe(clean)
  })

  it.each([
    ['dots', 'a.'.repeat(1_000_000)],
    ['what begins like a token', `eyJ${'a'.repeat(10_000_000)}`],
    ['what begins like a URL', `https://${'a'.repeat(10_000_000)}`],
  ])('takes megabytes of %s', (_, text) => {
    expect(createRedactor().redact(text)).toBe(text)
  })

  it('learns secrets during the run', () => {
    const redactor = createRedactor()
    redactor.conceal('refreshed-token')
    redactor.conceal(null)
    redactor.conceal('ab')
    expect(redactor.redact('refreshed-token ab')).toBe('[redacted] ab')
  })
})
