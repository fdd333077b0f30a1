import { describe, expect, it } from 'vitest'
import { pack, unpack, unpackDelivery } from '../../src/relay/wire/envelope.ts'

const withHead = (head: string): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(head.length)
  return Buffer.concat([length, Buffer.from(head)])
}

describe('A message of the relay', () => {
  it('comes out as it went in, whatever its body is', () => {
    const body = Buffer.from([0, 255, 123, 10])
    expect(unpack(pack({ id: 'a' }, body))).toEqual({ facts: { id: 'a' }, body })
  })

  it.each([
    ['is cut off', withHead('{"id":"a"}').subarray(0, 8), 'the message is cut off'],
    ['has no head', Buffer.alloc(2), 'the message is cut off'],
    ['is not JSON', withHead('{"secret":'), 'the message is not JSON'],
    ['is not an object', withHead('["secret"]'), 'the message is not a JSON object'],
    ['is not a delivery', withHead('{"secret":1}'), 'the message is not a delivery'],
  ])('is refused when it %s, without a word of what is in it', (_, message, says) => {
    expect(() => unpackDelivery(message)).toThrow(new Error(says))
  })
})
