// What is sealed with the webhook's secret.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seal, unseal } from '../../src/protocol/seal.ts'

describe('A sealed text', () => {
  it('comes back whole with the same secret, whatever both are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (text, secret) => {
        const sealed = seal(text, secret)
        expect(sealed).toMatch(/^[\w-]+$/)
        expect(unseal(sealed, secret)).toBe(text)
      }),
    )
  })

  it('cannot be read with another secret, or once it was changed', () => {
    const sealed = seal('https://user:password@bots.example/hook', 'secret')
    expect(sealed).not.toContain(Buffer.from('password').toString('base64url').slice(1, -1))
    expect(unseal(sealed, 'another')).toBeNull()
    const bytes = Buffer.from(sealed, 'base64url')
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(unseal(changed.toString('base64url'), 'secret')).toBeNull()
    }
  })

  it('is never the same twice', () => {
    expect(seal('text', 'secret')).not.toBe(seal('text', 'secret'))
  })

  it('is nothing that anybody may send', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(unseal(text, 'secret')).toBeNull()
      }),
    )
  })
})
