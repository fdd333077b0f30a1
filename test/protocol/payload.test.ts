import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
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

  it.each<[string, Record<string, unknown>, { from?: string; own?: true }]>([
    [
      'the name of a participant',
      { message: { user: 'u1' }, participants: [{ user: 'u1', name: 'Alex' }] },
      { from: 'Alex' },
    ],
    [
      'the name in the summary',
      { message: { contact: 'c1', role: 'contact' }, summary: 'User Jenny Jones created a chat message' },
      { from: 'Jenny Jones' },
    ],
    [
      'the role, where there is no name',
      { message: { role: 'contact' }, summary: 'Something happened' },
      { from: 'contact' },
    ],
    ['the bot itself', { message: { user: 'b1', role: 'agent' } }, { from: 'agent', own: true }],
    ['nobody', { message: {}, participants: 'none', summary: 7 }, {}],
  ])('says who said it: %s', (_, { message, participants, summary }, expected) => {
    const body = JSON.stringify({
      event: 'e',
      activity: { summary },
      data: { message, conversation: { participants } },
    })
    const { from, own } = identify(delivery(body), 'b1').label
    expect({ from, own }).toEqual({ from: undefined, own: undefined, ...expected })
  })

  it('has a short key, however long the ids are, that still tells them apart', () => {
    const keyOf = (id: string, message: string): string => identify(delivery(chat(id, message))).key ?? ''
    const long = 'x'.repeat(300_000)
    expect(keyOf(long, 'm1').length).toBeLessThanOrEqual(200)
    expect(keyOf(long, 'm1')).toBe(keyOf(long, 'm1'))
    expect(keyOf(long, 'm1')).not.toBe(keyOf(`${long}x`, 'm1'))
    expect(keyOf('p1', long)).not.toBe(keyOf('p1', `${long}x`))
  })

  const plain = chat('p1', 'm1')
  const bytes = Buffer.from(plain)
  const utf16 = Buffer.from(`\ufeff${plain}`, 'utf16le')

  it.each<[string, Buffer, string?]>([
    ['a byte order mark', Buffer.from(`\ufeff${plain}`)],
    ['a lot of white space', Buffer.from(`${' \t\r\n'.repeat(10_000)}${plain}\r\n`)],
    ['a byte order mark and white space', Buffer.from(`\ufeff\r\n  ${plain}`)],
    ['UTF-16', utf16],
    ['UTF-16, its other byte order', Buffer.from(utf16).swap16()],
    ['gzip', gzipSync(bytes), 'gzip'],
    ['gzip under its old name, in capitals', gzipSync(bytes), 'X-GZIP'],
    ['gzip around a byte order mark', gzipSync(Buffer.from(`\ufeff${plain}`)), 'gzip'],
    ['deflate', deflateSync(bytes), 'deflate'],
    ['deflate without its wrapping', deflateRawSync(bytes), 'deflate'],
    ['brotli', brotliCompressSync(bytes), 'br'],
    ['two encodings', brotliCompressSync(gzipSync(bytes)), 'gzip, br'],
    ['the encoding that is none', bytes, 'identity'],
    ['an encoding that is not one', bytes, 'utf-8'],
    ['an encoding that it does not have', bytes, 'br'],
  ])('is the same within %s', (_, body, encoding) => {
    const headers = encoding === undefined ? [] : ['content-Encoding', encoding]
    expect(identify(delivery(body, { headers }))).toEqual(identify(delivery(plain)))
  })

  it.each<[string, Buffer, string]>([
    ['a bomb of gzip', gzipSync(Buffer.alloc(200 * 1024 * 1024, '{')), 'gzip'],
    ['a bomb within another', gzipSync(gzipSync(Buffer.alloc(200 * 1024 * 1024, '{'))), 'gzip, gzip'],
    ['many encodings', gzipSync(gzipSync(gzipSync(gzipSync(bytes)))), 'gzip, gzip, gzip, gzip'],
    ['an encoding that is not known', gzipSync(bytes), 'zip'],
  ])('is the content alone for %s, soon', (_, body, encoding) => {
    const began = performance.now()
    const { label, key } = identify(delivery(body, { headers: ['Content-Encoding', encoding] }))
    expect(performance.now() - began).toBeLessThan(2_000)
    expect(label).toEqual({ event: null, platformId: null, conversation: null, text: null })
    expect(key).toMatch(/^[0-9a-f]{40}$/)
  })

  it('never throws, whatever the bytes are', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        fc.constantFrom('gzip', 'deflate', 'br', 'zip', ''),
        (body, encoding) => {
          const headers = ['content-encoding', encoding]
          const { label } = identify(delivery(Buffer.from(body), { headers }))
          expect(Object.keys(label).length).toBeGreaterThanOrEqual(4)
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
