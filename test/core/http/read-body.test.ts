// What reading a stream up to a limit promises, however its bytes are cut.
import { EventEmitter, once } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readUpTo, readWhole } from '../../../src/core/http/read-body.ts'

const chunks = fc.array(
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  { maxLength: 12 },
)
/** A limit that is often just met, or just not. */
const near = fc.integer({ min: -2, max: 2 })
const limitNear = (all: Buffer, offset: number): number => Math.max(0, all.length + offset)

/** Keeps so many bytes and no more. */
function upTo(maxBytes: number): (bytes: number) => boolean {
  let left = maxBytes
  return (bytes) => {
    left -= bytes
    return left >= 0
  }
}

/** Emits chunks as a socket does; an empty one too, which a stream of Node's own would swallow. */
function play(pieces: readonly Buffer[], maxBytes: number, announced = 0): (Buffer | null)[] {
  const stream = new EventEmitter()
  const bodies: (Buffer | null)[] = []
  readWhole(stream, upTo(maxBytes), (body) => void bodies.push(body), announced)
  for (const piece of pieces) stream.emit('data', piece)
  expect(bodies).toEqual([])
  stream.emit('end')
  return bodies
}

describe('A stream that is read to its end', () => {
  it('is given once and whole, byte for byte, or as too long', () => {
    fc.assert(
      fc.property(chunks, near, (pieces, offset) => {
        const all = Buffer.concat(pieces)
        const maxBytes = limitNear(all, offset)
        expect(play(pieces, maxBytes)).toEqual([all.length <= maxBytes ? all : null])
      }),
    )
  })

  it('is whole however much was announced, and however much of it came', () => {
    const long = fc.array(
      fc.nat(300_000).map((bytes) => Buffer.alloc(bytes, bytes % 251)),
      { maxLength: 8 },
    )
    fc.assert(
      fc.property(long, fc.oneof(near, fc.nat(2_000_000)), (pieces, announced) => {
        const all = Buffer.concat(pieces)
        const said = announced > 2 ? announced : all.length + announced
        const [body] = play(pieces, all.length, said)
        expect(body?.equals(all)).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  it('takes no more memory than four times what has come, however much was announced', () => {
    const before = process.memoryUsage().arrayBuffers
    const streams = Array.from({ length: 20 }, () => new EventEmitter())
    for (const stream of streams) {
      readWhole(stream, upTo(Infinity), () => {}, 10_000_000)
      stream.emit('data', Buffer.alloc(100_000))
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * 400_000)
  })

  it('is not copied when it came in one piece', () => {
    const piece = Buffer.from('whole')
    expect(play([piece], 10)[0]).toBe(piece)
  })

  it('that is too long is drained, so that its sender can read the answer', async () => {
    const stream = new PassThrough()
    const body = new Promise((resolve) => readWhole(stream, upTo(10), resolve))
    for (let n = 0; n < 64; n++) stream.write(Buffer.alloc(16_384))
    stream.end()
    await once(stream, 'end')
    expect(await body).toBeNull()
  })
})

describe('A stream that is read up to a limit', () => {
  it('is given whole, byte for byte, or as too long', async () => {
    await fc.assert(
      fc.asyncProperty(chunks, near, async (pieces, offset) => {
        const all = Buffer.concat(pieces)
        const maxBytes = limitNear(all, offset)
        expect(await readUpTo(Readable.from(pieces), maxBytes)).toEqual(all.length <= maxBytes ? all : null)
      }),
    )
  })

  it('that is too long is left at once, and destroyed', async () => {
    let asked = 0
    const endless = Readable.from(
      (async function* () {
        for (;;) {
          asked += 1
          yield Buffer.alloc(10)
        }
      })(),
      { highWaterMark: 1 },
    )
    expect(await readUpTo(endless, 25)).toBeNull()
    expect(endless.destroyed).toBe(true)
    expect(asked).toBeLessThan(10)
  })

  it('that breaks rejects with its own error', async () => {
    const broken = new Error('broken')
    const stream = Readable.from(
      (async function* () {
        yield Buffer.from('a')
        throw broken
      })(),
    )
    await expect(readUpTo(stream, 10)).rejects.toBe(broken)
  })
})
