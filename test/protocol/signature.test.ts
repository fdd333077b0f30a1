import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkSignature, explainVerdict, resign, sign, signatureHeaders } from '../../src/protocol/signature.ts'
import { SIGNATURE_SCHEMES } from '../../src/protocol/signature-schemes.ts'

const bytes = fc.uint8Array({ maxLength: 2_000 }).map((array) => Buffer.from(array))
const secret = fc.string({ minLength: 1 })

describe('The signature', () => {
  it('is the known one for a known body and secret', () => {
    expect(sign(Buffer.from('what do ya want for nothing?'), 'Jefe')).toBe(
      'sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79',
    )
  })

  it('is right for the very bytes it was made from, whatever they are', () => {
    fc.assert(
      fc.property(bytes, secret, (body, key) => {
        expect(checkSignature(['X-HUB-Signature', sign(body, key)], body, key)).toBe('right')
      }),
    )
  })

  it('is wrong when any one byte differs', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 500 }), fc.nat(), secret, (array, at, key) => {
        const body = Buffer.from(array)
        const header = sign(body, key)
        const index = at % body.length
        body[index] = (body[index] ?? 0) ^ 1
        expect(checkSignature(['x-hub-signature', header], body, key)).toBe('wrong')
      }),
    )
  })

  it('is wrong, not an error, for any text in its place', () => {
    fc.assert(
      fc.property(bytes, fc.string(), (body, text) => {
        expect(checkSignature(['x-hub-signature', text], body, 'key')).toBe('wrong')
      }),
    )
  })

  it('is missing when the header is', () => {
    expect(checkSignature(['x-other', 'sha1=0'], Buffer.from('x'), 'key')).toBe('missing')
  })

  it('is checked in every header that may hold one', () => {
    const body = Buffer.from('body')
    const signed = signatureHeaders(body, 'key')
    expect(checkSignature(Object.entries(signed).flat(), body, 'key')).toBe('right')
    for (const { header, algorithm } of SIGNATURE_SCHEMES) {
      const oneWrong = Object.entries({ ...signed, [header]: `${algorithm}=00` }).flat()
      expect(checkSignature(oneWrong, body, 'key')).toBe('wrong')
      expect(explainVerdict(oneWrong, 'wrong')).toContain(`${header} is not of the form ${algorithm}=<`)
    }
  })

  it('made again replaces the old one and leaves the other headers as they are', () => {
    const body = Buffer.from('edited')
    const headers = resign(['A', '1', 'X-Hub-Signature', 'sha1=old', 'a', '2'], body, 'key')
    expect(headers).toEqual(['A', '1', 'a', '2', 'X-Hub-Signature', sign(body, 'key')])
  })
})
