// The words of chaos, as people write them.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CHAOS_WORDS, parseChaos, readChaos, showChaos } from '../../../src/sandbox/chaos/chaos-words.ts'

describe('The words of chaos', () => {
  it('are read with their values', () => {
    expect(parseChaos('duplicate=0.1,delay=200ms')).toEqual({ duplicate: 0.1, delay: 200 })
    expect(parseChaos(' drop = 1 , slow=1.5s,expire=.5,reorder=0')).toEqual({
      drop: 1,
      slow: 1_500,
      expire: 0.5,
      reorder: 0,
    })
  })

  it.each([
    ['', '`` is not a kind of chaos'],
    ['dorp=0.1', '`dorp` is not a kind of chaos'],
    ['toString=1', '`toString` is not a kind of chaos'],
    ['drop', '`drop` is not drop=0.1'],
    ['drop=', '`drop=` is not drop=0.1'],
    ['drop=0.1=2', '`drop=0.1=2` is not drop=0.1'],
    ['drop=2', '"2" of `drop` is not a probability from 0 to 1'],
    ['drop=-0.1', '"-0.1" of `drop` is not a probability from 0 to 1'],
    ['drop=200ms', '"200ms" of `drop` is not a probability from 0 to 1'],
    ['delay=0.5', '"0.5" of `delay` is not a duration up to 24h such as delay=200ms'],
    ['delay=25h', '"25h" of `delay` is not a duration up to 24h such as delay=200ms'],
    ['drop=0.1,drop=0.2', '`drop` is there twice'],
    ['drop=0.1,', '`` is not a kind of chaos'],
  ])('refuse %j, and name all that there are', (text, message) => {
    expect(() => parseChaos(text)).toThrow(
      expect.objectContaining({
        code: 'DEVHOOK_USAGE',
        message,
        remedy: 'there are delay=200ms, drop=0.1, duplicate=0.1, reorder=0.1, error=0.1, slow=200ms, expire=0.1',
      }),
    )
  })

  it('are read from an object too, with milliseconds or text for a duration', () => {
    expect(readChaos({ delay: '20ms', slow: 30, drop: 0.1, error: undefined })).toEqual({
      delay: 20,
      slow: 30,
      drop: 0.1,
    })
    expect(() => readChaos({ drop: '0.1x' })).toThrow(/is not a probability/)
    expect(() => readChaos({ delay: Number.NaN })).toThrow(/is not a duration/)
    expect(() => readChaos({ dealy: 20 })).toThrow('`dealy` is not a kind of chaos')
  })

  it('are written as they are read', () => {
    const value = {
      probability: fc.integer({ min: 0, max: 100 }).map((n) => n / 100),
      duration: fc.integer({ max: 59_000, min: 0 }),
    }
    const chaos = fc.record(
      {
        delay: value.duration.map((ms) => Math.floor(ms / 100) * 100),
        drop: value.probability,
        duplicate: value.probability,
        expire: value.probability,
      },
      { requiredKeys: ['drop'] },
    )
    const property = fc.property(chaos, (given) => {
      expect(parseChaos(showChaos(given))).toEqual(given)
    })
    fc.assert(property)
    expect(Object.keys(CHAOS_WORDS)).toHaveLength(7)
  })
})
