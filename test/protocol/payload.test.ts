import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Delivery } from '../../src/core/delivery.ts'
import { identify } from '../../src/protocol/payload.ts'

const delivery = (body: Buffer | string, more: Partial<Delivery> = {}): Delivery => ({
  id: 'd1',
  receivedAt: 0,
  method: 'POST',
  search: '',
  headers: [],
  body: Buffer.from(body),
  ...more,
})

const chat = (id: string, message: string): string =>
  JSON.stringify({
    id,
    event: 'message.create.contact.chat',
    data: { conversation: { id: 'c1' }, message: { id: message, conversation: 'c1', text: 'hi' } },
  })

describe('The identity of a delivery', () => {
  it('has event, platform id, conversation and text of a message', () => {
    expect(identify(delivery(chat('p1', 'm1'))).label).toEqual({
      event: 'message.create.contact.chat',
      platformId: 'p1',
      conversation: 'c1',
      text: 'hi',
    })
  })

  it('never throws, whatever the bytes are', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (body) => {
          const { label } = identify(delivery(Buffer.from(body)))
          expect(Object.keys(label)).toHaveLength(4)
        },
      ),
    )
  })

  it('is shared by a redelivery, even when its timestamp is another', () => {
    const later = JSON.stringify({ ...JSON.parse(chat('p1', 'm1')), timestamp: '2020-01-01T00:00:00Z' })
    expect(identify(delivery(later)).key).toBe(identify(delivery(chat('p1', 'm1'))).key)
  })

  it('tells two messages apart even where a webhook used one id for all of them', () => {
    expect(identify(delivery(chat('p1', 'm1'))).key).not.toBe(identify(delivery(chat('p1', 'm2'))).key)
  })

  it('without a platform id is its content: method, query and body', () => {
    const key = identify(delivery('plain')).key
    expect(identify(delivery('plain')).key).toBe(key)
    expect(identify(delivery('plain', { search: '?a' })).key).not.toBe(key)
    expect(identify(delivery('plain', { method: 'PUT' })).key).not.toBe(key)
    expect(identify(delivery('')).key).toBeNull()
  })
})
