import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Attempt, Delivery, Label } from '../../../src/core/delivery.ts'
import { lineEnd } from '../../../src/journal/format/checksum.ts'
import {
  decodeLine,
  decodeRecord,
  encodeMembers,
  type LineFormat,
  type LogLine,
  replyContent,
} from '../../../src/journal/format/line-codec.ts'
import {
  attemptRecord,
  deliveryRecord,
  REPLY_KEPT,
  settlementRecord,
  writeRecord,
} from '../../../src/journal/format/record-format.ts'
import { anyDamage, damaged } from '../../support/journal/damages.ts'
import { answered, delivery, NO_LABEL } from '../../support/journal/journal.ts'

// Whatever a header or a query may hold: any string at all, quotes, line ends and our own field names among them.
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('","headers":["', '\n', '\u2028', '"}', '\\'))
const textOrNull = fc.option(text)
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
  fc.string({ unit: 'binary' }).map((string) => Buffer.from(string)),
  fc.json().map((json) => Buffer.from(json)),
  fc.string({ unit: 'binary' }).map((string) => Buffer.from(`{${string}}`)),
)
const headers = fc.array(fc.tuple(text, text), { maxLength: 4 }).map((pairs) => pairs.flat())
const count = fc.nat()
const status = fc.nat(999)

const anyLabel: fc.Arbitrary<Label> = fc.record({
  event: textOrNull,
  platformId: textOrNull,
  conversation: textOrNull,
  text: textOrNull,
})
const anyDelivery: fc.Arbitrary<Delivery> = fc.record({
  id: text,
  receivedAt: count,
  method: text,
  search: fc.oneof(text, fc.string({ minLength: 1_000, maxLength: 3_000 })),
  headers,
  body: bytes,
})
const anyAttempt: fc.Arbitrary<Attempt> = fc.oneof(
  fc.record({
    startedAt: count,
    ms: count,
    replay: fc.constantFrom(true as const, undefined),
    outcome: fc.constant('answered' as const),
    reply: fc.record({ status, headers, body: bytes }),
  }),
  fc.record({
    startedAt: count,
    ms: count,
    replay: fc.constantFrom(true as const, undefined),
    outcome: fc.constantFrom('refused' as const, 'interrupted', 'timed-out', 'cancelled'),
    reason: text,
  }),
)

const anyLine: fc.Arbitrary<LogLine> = fc.oneof(
  fc
    .tuple(count, anyDelivery, anyLabel, textOrNull, fc.option(text, { nil: undefined }))
    .map(([seq, given, label, key, editOf]) => ({
      record: deliveryRecord(seq, given, label, key, editOf),
      content: contentOf(given),
    })),
  fc
    .tuple(count, text, count, anyAttempt)
    .map(([seq, id, n, attempt]) => ({ record: attemptRecord(seq, id, n, attempt), content: replyContent(attempt) })),
  fc
    .record({
      seq: count,
      id: text,
      settled: fc.constantFrom('delivered' as const, 'acknowledged', 'interrupted', 'returned', 'rejected'),
      at: count,
      told: fc.option(status),
    })
    .map(({ seq, id, settled, at, told }) => ({ record: settlementRecord(seq, id, settled, at, told), content: null })),
)

const contentOf = (given: Delivery) => ({ headers: given.headers, body: given.body })

/** Without its line feed, as readers see it; `unchecked` as the first version wrote it. */
function encoded(line: LogLine, format: LineFormat): Buffer {
  const members = Buffer.concat(encodeMembers(writeRecord(line.record), line.content).map((part) => Buffer.from(part)))
  return Buffer.concat([members, Buffer.from(format === 'checked' ? lineEnd([members]).slice(0, -1) : '}')])
}

describe.each(['checked', 'unchecked'] as const)('A line of the log that is %s', (format) => {
  it('comes back as it was written, whatever the bytes and headers', () => {
    fc.assert(
      fc.property(anyLine, (line) => {
        expect(decodeLine(encoded(line, format), format)).toEqual(line)
      }),
      { numRuns: 500 },
    )
  })

  it('is one line', () => {
    fc.assert(
      fc.property(anyLine, (line) => {
        expect(encoded(line, format).includes('\n')).toBe(false)
      }),
    )
  })

  it('shows its record without the rest being parsed', () => {
    fc.assert(
      fc.property(anyLine, fc.nat(50), (line, before) => {
        const bytesBefore = Buffer.alloc(before, 'x')
        const whole = encoded(line, format)
        const all = Buffer.concat([bytesBefore, whole, Buffer.from('\n{"t":"')])
        expect(decodeRecord(all, before, before + whole.length, format)).toEqual(line.record)
      }),
    )
  })

  it('is never taken for whole when it was cut, nor is anything thrown at it', () => {
    fc.assert(
      fc.property(anyLine, fc.double({ min: 0, max: 0.999, noNaN: true }), (line, where) => {
        const whole = encoded(line, format)
        const cut = whole.subarray(0, Math.floor(whole.length * where))
        expect(decodeLine(cut, format)).toBeNull()
      }),
    )
  })

  it('can be garbage without harm', () => {
    const garbage = fc.oneof(
      fc.json().map((json) => Buffer.from(json)),
      fc.uint8Array().map((array) => Buffer.from(array)),
      fc.constantFrom('null', '[]', '{"t":"settled","seq":1,"id":"a"}', '{"t":"delivery"}').map((s) => Buffer.from(s)),
    )
    fc.assert(
      fc.property(garbage, (found) => {
        expect(decodeLine(found, format)).toBeNull()
        decodeRecord(found, 0, found.length, format)
      }),
    )
  })

  it('holds a JSON body as it is, and any other text as a string, so that people can read it, and bytes as base64', () => {
    const line = (body: Buffer) => encoded({ record: record(body), content: { headers: [], body } }, format).toString()
    const record = (body: Buffer) => deliveryRecord(1, delivery('a', { body }), NO_LABEL, null)
    expect(JSON.parse(line(Buffer.from('{"a":"ü"}')))).toMatchObject({ enc: 'json', body: { a: 'ü' } })
    expect(line(Buffer.from('a="ü"'))).toContain('"enc":"utf8","body":"a=\\"ü\\""')
    expect(line(Buffer.from([0xff, 0xfe]))).toContain('"enc":"base64","body":"//4="')
  })

  it('gives back a body that only looks like JSON to the byte, and knows it by its length alone', () => {
    const tricky = [
      '{',
      '}',
      '{}',
      '{"a":}',
      '{\n}',
      '{\0}',
      '{"enc":"json","body":{}}',
      '{,"headers":["x"],"enc":"json","body":}',
    ]
    for (const text of tricky) {
      const body = Buffer.from(text)
      const line = {
        record: deliveryRecord(1, delivery('a'.repeat(600), { body }), NO_LABEL, null),
        content: { headers: ['a', 'b'], body },
      }
      expect(decodeLine(encoded(line, format), format)).toEqual(line)
      const bytesOfLine = encoded(line, format)
      expect(decodeRecord(bytesOfLine, 0, bytesOfLine.length, format)).toEqual(line.record)
    }
  })

  it('keeps of a large reply the beginning, and its length', () => {
    const attempt = answered(200, Buffer.alloc(REPLY_KEPT + 1, 'x'))
    const line = { record: attemptRecord(1, 'a', 1, attempt), content: replyContent(attempt) }
    const back = decodeLine(encoded(line, format), format)
    expect(back?.content?.body.length).toBe(REPLY_KEPT)
    expect(back?.record).toMatchObject({ bytes: REPLY_KEPT + 1 })
  })
})

describe('A line of the first version', () => {
  it.each([
    `{"t":"delivery","seq":1,"id":"a","receivedAt":1700000000000,"bytes":7,"key":"k","label":{"event":"message.update","platformId":null,"conversation":"c1","text":"\u{1F600}\\"\\u2028"},"method":"POST","search":"?a","headers":["A","b"],"enc":"json","body":{"a":1}}`.replace(
      '\\u2028',
      '\u2028',
    ),
    '{"t":"delivery","seq":2,"id":"b","receivedAt":1,"bytes":2,"key":null,"label":{"event":null,"platformId":null,"conversation":null,"text":null},"method":"GET","search":"","headers":[],"enc":"utf8","body":"hi"}',
    '{"t":"attempt","seq":3,"id":"a","n":1,"startedAt":1700000000000.5,"ms":0.25,"outcome":"answered","status":200,"bytes":2,"headers":["X","y"],"enc":"base64","body":"//4="}',
    '{"t":"attempt","seq":4,"id":"a","n":2,"startedAt":1,"ms":2,"outcome":"refused","reason":"ECONNREFUSED"}',
    '{"t":"settled","seq":5,"id":"a","settled":"acknowledged","at":3,"told":200}',
    '{"t":"settled","seq":6,"id":"a","settled":"delivered","at":4,"told":null}',
  ])('is read and written as it always was, to the byte: %s', (line) => {
    const decoded = decodeLine(Buffer.from(line), 'unchecked')
    expect(decoded && encoded(decoded, 'unchecked').toString()).toBe(line)
  })

  it('is damaged, not an error, when its body is missing or was written by hand', () => {
    const line =
      '{"t":"delivery","seq":2,"id":"b","receivedAt":1,"bytes":2,"key":null,"label":{"event":null,"platformId":null,"conversation":null,"text":null},"method":"GET","search":"","headers":[],"enc":"json","body":{}}'
    expect(decodeLine(Buffer.from(line), 'unchecked')?.content?.body.toString()).toBe('{}')
    for (const [from, to] of [
      ['"body":', '"cody":'],
      ['"body":', '"body": '],
      ['"headers":[]', '"headers":["odd"]'],
      ['"headers":[]', '"headers":{}'],
      ['"bytes":2', '"bytes":-2'],
      ['"receivedAt":1', '"receivedAt":1e300'],
    ] as const)
      expect(decodeLine(Buffer.from(line.replace(from, to)), 'unchecked')).toBeNull()
  })
})

describe('A checksum', () => {
  it('lets no line pass that was changed, by a bit or by anything else', () => {
    fc.assert(
      fc.property(anyLine, fc.array(anyDamage, { minLength: 1, maxLength: 3 }), (line, damages) => {
        const whole = encoded(line, 'checked')
        const changed = damages.reduce<Buffer>(damaged, whole)
        fc.pre(!changed.equals(whole))
        expect(decodeLine(changed, 'checked')).toBeNull()
        expect(decodeRecord(changed, 0, changed.length, 'checked')).toBeNull()
      }),
      { numRuns: 1_000 },
    )
  })
})
