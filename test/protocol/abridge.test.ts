import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isRecord } from '../../src/core/json.ts'
import { abridge } from '../../src/protocol/abridge.ts'
import { identify } from '../../src/protocol/payload.ts'

const KEPT = new Set(['id', 'text'])
const LONG = 'word '.repeat(1_000)

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return 'not JSON'
  }
}

const abridged = (text: string): string | null => abridge(Buffer.from(text), 0, KEPT)?.toString() ?? null

const isLong = (each: string): boolean => each.length > 100

/** A value with its long strings emptied, but for those of fields that are kept, and without fields of a long name, or none. */
function emptied(value: unknown, name = ''): unknown {
  if (typeof value === 'string') return isLong(value) && !KEPT.has(name) ? '' : value
  if (Array.isArray(value)) return value.map((each) => emptied(each))
  if (!isRecord(value)) return value
  const named = Object.entries(value).filter(([key]) => key !== '' && !isLong(key))
  return Object.fromEntries(named.map(([key, each]) => [key, emptied(each, key)]))
}

const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(LONG, `${LONG}é`, `${LONG}\n`, `${LONG}"`, `\\${LONG}`, `${LONG}\ud800`) },
  fc.constantFrom('', 'id', 'text', '\\', '"', 'é'),
  fc.string({ unit: 'binary', maxLength: 10 }),
)
const name = fc.oneof(fc.constantFrom('id', 'text', 'event', 'data', 'message', 'conversation', 'notes'), text)
const { document } = fc.letrec((tie) => ({
  document: fc.dictionary(name, tie('value'), { maxKeys: 5 }),
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.integer(),
    fc.constantFrom(null, true),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('document'),
  ),
}))

/** JSON, most of it spoiled in one place. */
const nearJson = fc
  .tuple(document, fc.nat(), fc.nat(4), fc.constantFrom('', '', '"', '\\', '{', ',', '\n', '\\u0069', ':'))
  .map(([value, at, gone, instead]) => {
    const json = JSON.stringify(value)
    const place = at % (json.length + 1)
    return instead === '' ? json : json.slice(0, place) + instead + json.slice(place + gone)
  })

describe('A large JSON text that is abridged', () => {
  it('has its long strings emptied, but for those that are read', () => {
    const json = (long: string): string => JSON.stringify({ id: LONG, notes: long, list: [long, 7], text: LONG })
    expect(abridged(json(LONG))).toBe(json(''))
  })

  it.each([
    ['an escape', String.raw`{"notes":"${LONG}\n${LONG}"}`],
    ['a quote', String.raw`{"notes":"${LONG}\\\"${LONG}"}`],
    ['a control character, which is not JSON', `{"notes":"${LONG}\u0001"}`],
    ['a name with an escape', String.raw`{"t\u0065xt":"${LONG}"}`],
    ['the name of one that is read, in a list', `["text","${LONG}"]`],
  ])('keeps a long string with %s', (_, json) => {
    expect(abridged(json)).toBeNull()
  })

  it('finds a backslash and a control character at every place', () => {
    for (let at = 0; at < 8; at += 1)
      for (const odd of ['\u0000', '\u001f', '\\'])
        for (const shift of ['', ' ', '  ', '   ']) {
          const long = `${LONG.slice(0, 2_000 + at)}${odd}${LONG.slice(0, 8 - at)}`
          expect(abridged(`{${shift}"notes":"${long}"}`)).toBeNull()
        }
    for (const plain of ['\u007f', 'é', ' ', ']', '[', '!', '\u{10ffff}'])
      expect(abridged(`{"notes":"${LONG}${plain}"}`)).toBe('{"notes":""}')
  })

  it('gives up a text of many strings, which is parsed as fast', () => {
    const many = JSON.stringify([...Array.from({ length: 10_000 }, String), LONG])
    expect(abridged(many)).toBeNull()
  })

  it('is the same apart from that, and JSON only if the whole is', () => {
    fc.assert(
      fc.property(nearJson, (json) => {
        const left = abridged(json)
        if (left !== null) expect(emptied(parsed(left))).toEqual(emptied(parsed(Buffer.from(json).toString())))
      }),
      { numRuns: 20000 },
    )
  })

  it('has the same label as the whole', () => {
    const delivery = (body: Buffer) => ({ id: 'd', receivedAt: 0, method: 'POST', search: '', headers: [], body })
    const filler = `"filler":"${LONG.repeat(4)}"`
    fc.assert(
      fc.property(nearJson, fc.boolean(), (json, first) => {
        const body = first ? json.replace('{', `{${filler},`) : json.replace(/\}$/, `,${filler}}`)
        const { label } = identify(delivery(Buffer.from(body)))
        // UTF-16 is always parsed whole.
        expect(label).toEqual(identify(delivery(Buffer.from(`\ufeff${Buffer.from(body).toString()}`, 'utf16le'))).label)
      }),
      { numRuns: 200 },
    )
  })
})
