// The edge itself: its frames, and what it carries.

import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { Agent, request } from 'undici'
import { describe, expect, it } from 'vitest'
import { createFrameDecoder, encodeFrame, type Frame, word } from '../../support/tunnel/ngrok-edge/frames.ts'
import { openTunnelRig } from '../../support/tunnel/tunnel-rig.ts'

const frame = fc.record({
  type: fc.nat({ max: 15 }),
  flags: fc.nat({ max: 15 }),
  stream: fc.nat({ max: 0x7f_ff_ff_ff }),
  body: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
})

describe('muxado frames', () => {
  it('are the same after they were bytes, however the bytes arrive', () => {
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 8 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 40 })),
        (frames, sizes) => {
          const bytes = Buffer.concat(frames.map(encodeFrame))
          const decode = createFrameDecoder()
          const decoded: Frame[] = []
          for (let at = 0; at < bytes.length; ) {
            const size = sizes.next().value
            decoded.push(...decode(bytes.subarray(at, at + size)))
            at += size
          }
          expect(decoded).toEqual(frames)
        },
      ),
    )
  })

  it('have the header that is on the wire', () => {
    const bytes = encodeFrame({ type: 1, flags: 2, stream: 5, body: word(0xff_ff_ff_ff) })
    expect(bytes.toString('hex')).toBe('0000041200000005ffffffff')
  })

  it('are refused when the body is longer than the header can express', () => {
    const body = Buffer.alloc(0x1_00_00_00)
    expect(() => encodeFrame({ type: 1, flags: 0, stream: 1, body })).toThrow(RangeError)
  })
})

describe('what goes through edge and SDK', () => {
  it.each([0, 1, 1_000, 262_144, 262_145, 3_000_000])(
    'arrives unchanged, and so does the answer: %i bytes',
    async (size) => {
      const rig = await openTunnelRig()
      const upstream = createServer((incoming, answer) => incoming.pipe(answer)).listen(0, '127.0.0.1')
      await once(upstream, 'listening')
      const { port } = upstream.address() as AddressInfo
      const probe = async () => ({ answered: true, who: null }) as const
      const tunnel = await rig.open({ upstream: `127.0.0.1:${port}`, probe })
      const dispatcher = new Agent({ connect: { ca: rig.edge.ca } })
      const sent = randomBytes(size)
      const { body } = await request(`${tunnel.current().url}/hook`, { dispatcher, method: 'POST', body: sent })
      expect(digest(Buffer.from(await body.arrayBuffer()))).toBe(digest(sent))
      await dispatcher.close()
      await rig.close()
      upstream.close()
    },
  )
})

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
