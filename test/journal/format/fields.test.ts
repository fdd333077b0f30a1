import { describe, expect, it } from 'vitest'
import { addedLater, anyText, count, objectOf, orNull } from '../../../src/journal/format/fields.ts'

const EARLIER = objectOf({ t: anyText, n: count, reason: anyText })
/** The same record with an invented field that was added in the middle, and one at the end. */
const NOW = objectOf({
  t: anyText,
  n: count,
  port: addedLater(count),
  reason: anyText,
  note: addedLater(orNull(anyText)),
})

const OLD = { t: 'attempt', n: 1, reason: 'it broke' }
const OLD_JSON = '{"t":"attempt","n":1,"reason":"it broke"}'

describe('A field that was added later', () => {
  it('may be absent from a record, which is then recognised without being put in order', () => {
    expect(NOW.is(JSON.parse(OLD_JSON))).toBe(true)
    expect(NOW.is({ ...OLD, note: null })).toBe(true)
    expect(NOW.is({ t: 'attempt', n: 1, port: 3000, reason: 'it broke' })).toBe(true)
    expect(NOW.is({ t: 'attempt', n: 1, port: 3000, reason: 'it broke', note: 'seen' })).toBe(true)
  })

  it('is not written while it is undefined', () => {
    expect(NOW.write({ ...OLD, port: undefined, note: undefined })).toBe(OLD_JSON)
    expect(NOW.write({ ...OLD, port: 3000, note: null })).toBe(
      '{"t":"attempt","n":1,"port":3000,"reason":"it broke","note":null}',
    )
    expect(EARLIER.write(OLD)).toBe(OLD_JSON)
  })

  it('is picked where it is, and left open where it is not', () => {
    const picked = NOW.pick({ reason: 'it broke', more: true, n: 1, t: 'attempt' })
    expect(NOW.is(picked)).toBe(true)
    expect(picked).toEqual(OLD)
    expect(NOW.pick({ note: 'seen', port: 3000, reason: 'it broke', n: 1, t: 'attempt' })).toEqual({
      ...OLD,
      port: 3000,
      note: 'seen',
    })
  })

  it.each([
    ['its own value is of another kind', { t: 'attempt', n: 1, port: 'x', reason: 'it broke' }],
    ['it stands in another place', { t: 'attempt', port: 3000, n: 1, reason: 'it broke' }],
    ['an earlier field is missing', { t: 'attempt', n: 1, port: 3000 }],
    ['a field follows that nobody knows', { ...OLD, more: 1 }],
  ])('leaves a record unrecognised when %s', (_, record) => {
    expect(NOW.is(record)).toBe(false)
  })
})
