// Writing to a descriptor that takes what it can.
import { describe, expect, it } from 'vitest'
import { sendTo } from '../../../src/cli/output/open-outlet.ts'
import { createFakeClock, settled } from '../../support/fake-clock.ts'

const failure = (code: string): Error => Object.assign(new Error(code), { code })

/** A descriptor that does what is next in the list: takes so many bytes, or fails with a code; then it takes everything. */
function descriptor(...moves: (number | string)[]) {
  const clock = createFakeClock()
  const failed: unknown[] = []
  const done: boolean[] = []
  let advances = 0
  const written: Buffer[] = []
  const send = sendTo(
    1,
    (error) => failed.push(error),
    clock,
    (_descriptor, bytes) => {
      const move = moves.shift() ?? bytes.length
      if (typeof move === 'string') throw failure(move)
      written.push(Buffer.from(bytes.subarray(0, move)))
      return move
    },
  )
  return {
    clock,
    failed,
    done,
    written: () => Buffer.concat(written).toString(),
    advances: () => advances,
    send: (text: string) => void Promise.resolve(send(text, () => (advances += 1))).then((ok) => done.push(ok)),
  }
}

describe('Text for a descriptor', () => {
  it('is written at once', async () => {
    const { send, written, done } = descriptor()
    send('hello')
    expect(written()).toBe('hello')
    await settled()
    expect(done).toEqual([true])
  })

  it('goes on where a full terminal has stopped it, in the middle of a character too', async () => {
    const { send, written, done, clock } = descriptor(1, 'EAGAIN', 'EAGAIN', 2, 'EAGAIN')
    send('a→b')
    expect(written()).toBe('a')
    expect(done).toEqual([])
    await clock.pass(1_000)
    expect(written()).toBe('a→b')
    expect(done).toEqual([true])
  })

  it('goes to a terminal that takes a little at a time as fast as that takes it', async () => {
    const { send, written, clock, advances } = descriptor(
      'EAGAIN',
      ...Array.from({ length: 99 }, () => [1, 'EAGAIN']).flat(),
    )
    send('x'.repeat(100))
    await clock.pass(20 + 99)
    expect(written()).toHaveLength(100)
    expect(advances()).toBe(100)
  })

  it.each(['ENOSPC', 'EDQUOT', 'EIO', 'EPIPE', 'EBADF'])(
    'is given up at %s, and the next one is tried',
    async (code) => {
      const { send, written, done, failed } = descriptor(2, code)
      send('hello\n')
      await settled()
      expect(done).toEqual([false])
      expect(failed).toMatchObject([{ code }])
      send('again\n')
      await settled()
      expect(done).toEqual([false, true])
      expect(written()).toBe('heagain\n')
    },
  )
})
