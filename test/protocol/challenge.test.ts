import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { challengeOf, challengeReply, decodeWho, encodeWho } from '../../src/protocol/challenge.ts'

describe('A challenge', () => {
  it('is answered with exactly its text, and with who answers', () => {
    expect(challengeReply('abc', 'jo@desk pid 7')).toEqual({
      status: 200,
      headers: [
        'content-type',
        'text/plain; charset=utf-8',
        'x-content-type-options',
        'nosniff',
        'x-dev-hook',
        'jo@desk pid 7',
      ],
      body: Buffer.from('abc'),
    })
  })

  it('is whatever stands there, up to 512 characters, in a GET', () => {
    expect(challengeOf('GET', '?type=subscribe&challenge=a%20b')).toBe('a b')
    expect(challengeOf('GET', `?challenge=${'x'.repeat(512)}`)).toHaveLength(512)
    for (const search of ['', '?challenge=', `?challenge=${'x'.repeat(513)}`])
      expect(challengeOf('GET', search)).toBeNull()
    expect(challengeOf('POST', '?challenge=a')).toBeNull()
  })
})

describe('The name of a dev-hook in a header', () => {
  it('stays readable where it is plain, and comes back whole whatever it is', () => {
    expect(encodeWho('root@vm pid 7')).toBe('root@vm pid 7')
    expect(encodeWho('Иван 100%')).toBe('%d0%98%d0%b2%d0%b0%d0%bd 100%25')
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (who) => {
        expect(encodeWho(who)).toMatch(/^[ -~]*$/)
        expect(decodeWho(encodeWho(who))).toBe(who)
      }),
    )
  })

  it('is shown as it came where it cannot be read', () => {
    expect(decodeWho('100%')).toBe('100%')
  })
})
