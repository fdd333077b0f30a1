import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '../../../src/core/json.ts'
import { readOnly } from '../../../src/protocol/only/filter.ts'
import { createOwnership } from '../../../src/protocol/only/ownership.ts'

const filter = () => {
  const read = readOnly('text:mine')
  if ('message' in read) throw new Error(read.message)
  return read
}

const said = (conversation: string, text: string): Json => ({
  event: 'message.create.contact.chat',
  data: { conversation: { id: conversation }, message: { role: 'contact', text } },
})

describe('Ownership', () => {
  it('keeps a conversation that has matched once, and no other', () => {
    const ownership = createOwnership(filter())
    expect(ownership.isMine(said('a', 'hello'))).toBe(false)
    expect(ownership.isMine(said('a', 'is this mine?'))).toBe(true)
    expect(ownership.isMine(said('a', 'hello'))).toBe(true)
    expect(ownership.isMine({ event: 'conversation.update', data: { conversation: { id: 'a' } } })).toBe(true)
    expect(ownership.isMine(said('b', 'hello'))).toBe(false)
    expect(ownership.owns('a')).toBe(true)
    expect(ownership.owns('b')).toBe(false)
  })

  it('takes what matches and names no conversation', () => {
    const ownership = createOwnership(filter())
    const alone = { event: 'message.update', data: { message: { role: 'contact', text: 'mine' } } }
    expect(ownership.isMine(alone)).toBe(true)
    expect(ownership.isMine(null)).toBe(false)
  })

  it('keeps ids of any length apart', () => {
    const ownership = createOwnership(filter())
    const long = 'x'.repeat(10_000)
    ownership.isMine(said(`${long}1`, 'mine'))
    expect(ownership.owns(`${long}1`)).toBe(true)
    expect(ownership.owns(`${long}2`)).toBe(false)
  })

  it('forgets at its bound those that have been quiet for longest, and never one of the newest', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 15 }), fc.boolean()), { maxLength: 100 }),
        (limit, steps) => {
          const ownership = createOwnership(filter(), limit)
          // The conversations of mine, the one that was heard of last at the end.
          let recent: number[] = []
          for (const [id, matches] of steps) {
            const isMine = ownership.isMine(said(String(id), matches ? 'mine' : 'hello'))
            if (matches) expect(isMine).toBe(true)
            if (recent.slice(-limit).includes(id)) expect(isMine).toBe(true)
            if (isMine) recent = [...recent.filter((other) => other !== id), id]
          }
          const kept = Array.from({ length: 16 }, (_, id) => String(id)).filter((id) => ownership.owns(id))
          expect(kept.length).toBeLessThanOrEqual(2 * limit)
        },
      ),
    )
  })
})
