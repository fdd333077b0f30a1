// The short way to read a record, against the whole parse of its line.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  attemptRecord,
  deliveryRecord,
  isLogRecord,
  type LogRecord,
  writeRecord,
} from '../../../src/journal/format/record-format.ts'
import { usualRecord } from '../../../src/journal/format/usual-record.ts'
import { anyDamage, damaged } from '../../support/journal/damages.ts'
import { answered, delivery } from '../../support/journal/journal.ts'

const HEADERS = ',"headers":['

/** Text as people write it, and text with what JSON escapes, or what looks like a part of a line. */
const plain = fc
  .oneof(fc.string({ unit: 'grapheme-ascii' }), fc.string({ unit: 'grapheme' }))
  .map((text) => text.replace(/["\\]/g, ''))
const odd = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('"', '\\', '\n', '\u007f', '\u2028', HEADERS))
const number = fc.oneof(
  fc.nat(),
  fc.double({ min: 0, max: 1e6, noNaN: true }),
  fc.maxSafeNat(),
  fc.constantFrom(1e-7, 0.5),
)

function anyRecord(text: fc.Arbitrary<string>, time: fc.Arbitrary<number>): fc.Arbitrary<LogRecord> {
  const orNull = fc.option(text)
  const label = fc.record({
    event: orNull,
    platformId: orNull,
    conversation: orNull,
    text: orNull,
    from: fc.option(text, { nil: undefined }),
    own: fc.constantFrom(true as const, undefined),
  })
  const received = fc
    .tuple(fc.nat(), text, time, label, orNull, fc.option(text, { nil: undefined }))
    .map(([seq, id, receivedAt, said, key, editOf]) =>
      deliveryRecord(seq, delivery(id, { receivedAt, search: `?${id}` }), said, key, editOf),
    )
  const attempt = fc
    .tuple(fc.nat(), text, fc.nat(), time, fc.nat(999), fc.constantFrom(true as const, undefined))
    .map(([seq, id, n, ms, status, replay]) => attemptRecord(seq, id, n, { ...answered(status, 'hi'), ms, replay }))
  return fc.oneof(received, attempt)
}

/** What a line begins with, as the whole parse reads it. */
function parsed(line: string): LogRecord | null {
  try {
    const record: unknown = JSON.parse(`${line.slice(0, line.indexOf(HEADERS))}}`)
    return isLogRecord(record) ? record : null
  } catch {
    return null
  }
}

const lineOf = (record: LogRecord): string => `${writeRecord(record)}${HEADERS}"a","b"],"enc":"json","body":{}`

describe('the short way to read a record', () => {
  it('takes every delivery and every answered attempt that has nothing odd in it', () => {
    fc.assert(
      fc.property(anyRecord(plain, fc.nat()), (record) => {
        expect(usualRecord(lineOf(record))).toEqual(record)
      }),
      { numRuns: 1_000 },
    )
  })

  it('reads what the whole parse reads, or nothing, of any text and any number', () => {
    fc.assert(
      fc.property(anyRecord(fc.oneof(plain, odd), number), (record) => {
        const line = lineOf(record)
        expect(usualRecord(line) ?? parsed(line)).toEqual(parsed(line))
      }),
      { numRuns: 2_000 },
    )
  })

  it('reads what the whole parse reads, or nothing, of a line that is damaged', () => {
    let read = 0
    fc.assert(
      fc.property(anyRecord(plain, number), fc.array(anyDamage, { minLength: 1, maxLength: 2 }), (record, damages) => {
        const line = damages.reduce(damaged, Buffer.from(lineOf(record))).toString()
        const usual = usualRecord(line)
        if (usual === null) return
        read += 1
        expect(usual).toEqual(parsed(line))
      }),
      { numRuns: 5_000 },
    )
    // Many damages leave a record, only another one.
    expect(read).toBeGreaterThan(0)
  })

  it.each([
    ['a number that JSON does not have', '"seq":07'],
    ['a number that is not safe', '"seq":9007199254740993'],
    ['a negative number', '"seq":-1'],
    ['a number with an exponent', '"seq":1e3'],
    ['space', '"seq": 1'],
    ['a field twice', '"seq":1,"seq":1'],
  ])('leaves %s to the whole parse', (_what, seq) => {
    const line = lineOf(attemptRecord(1, 'a', 1, answered(200, 'hi')))
    expect(usualRecord(line)).not.toBeNull()
    expect(usualRecord(line.replace('"seq":1', seq))).toBeNull()
  })
})
