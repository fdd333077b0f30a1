import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quoted, readTerms, type Term } from '../../../src/protocol/query/terms.ts'

const termsOf = (text: string): readonly Term[] => {
  const terms = readTerms(text)
  if ('message' in terms) throw new Error(terms.message)
  return terms
}

const meant = (text: string) =>
  termsOf(text).map(({ isNegated, key, values }) => [isNegated, key, ...values.map((value) => value.text)])

const problemOf = (text: string) => {
  const problem = readTerms(text)
  if (!('message' in problem)) throw new Error('it was accepted')
  return problem
}

describe('The terms of a filter', () => {
  it('are words, and values after a key', () => {
    expect(meant('refund event:message.*  status:5xx')).toEqual([
      [false, null, 'refund'],
      [false, 'event', 'message.*'],
      [false, 'status', '5xx'],
    ])
    expect(meant('  ')).toEqual([])
  })

  it('are turned round by a minus, and have several values between commas', () => {
    expect(meant('-outcome:refused,timed-out -word a-b')).toEqual([
      [true, 'outcome', 'refused', 'timed-out'],
      [true, null, 'word'],
      [false, null, 'a-b'],
    ])
    expect(meant('refund,cancel -"two words",b')).toEqual([
      [false, null, 'refund', 'cancel'],
      [true, null, 'two words', 'b'],
    ])
  })

  it('keep a comma that stands between no two words', () => {
    expect(meant('hello, there ,x a,b, ,')).toEqual([
      [false, null, 'hello,'],
      [false, null, 'there'],
      [false, null, ',x'],
      [false, null, 'a', 'b,'],
      [false, null, ','],
    ])
  })

  it('hold anything between quotes', () => {
    expect(meant('"two words" body:"say \\"hi\\", \\\\o/",x "event:a"')).toEqual([
      [false, null, 'two words'],
      [false, 'body', 'say "hi", \\o/', 'x'],
      [false, null, 'event:a'],
    ])
  })

  it('are words where no letter stands before the colon', () => {
    expect(meant('12:04 :) it"s')).toEqual([
      [false, null, '12:04'],
      [false, null, ':)'],
      [false, null, 'it"s'],
    ])
  })

  it.each([
    ['event:', 6, 'nothing follows `event:`'],
    ['event:a,', 8, 'nothing follows `event:a,`'],
    ['a - b', 3, 'nothing follows `-`'],
    ['-', 1, 'nothing follows `-`'],
    ['say "hi', 4, 'a quote is not closed'],
    ['"a"b', 3, '`b` follows a quoted text'],
    ['"a", b', 4, 'nothing follows `"a",`'],
    ['text:"a"b', 8, '`b` follows a quoted text'],
  ])('say where %j is wrong', (text, start, message) => {
    expect(problemOf(text)).toMatchObject({ start, message })
  })

  it('are the same again when they are written out with quotes', () => {
    const value = fc.string({ minLength: 1, unit: 'binary' })
    const term = fc.record({
      isNegated: fc.boolean(),
      key: fc.constantFrom(null, 'event', 'text'),
      texts: fc.array(value, { minLength: 1, maxLength: 3 }),
    })
    fc.assert(
      fc.property(fc.array(term), (given) => {
        const text = given
          .map(
            ({ isNegated, key, texts }) =>
              `${isNegated ? '-' : ''}${key === null ? '' : `${key}:`}${texts.map(quoted).join()}`,
          )
          .join(' ')
        expect(meant(text)).toEqual(given.map(({ isNegated, key, texts }) => [isNegated, key, ...texts]))
      }),
    )
  })

  it('stand where they say, in any text, or the problem does', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'b', ':', '-', ',', '"', ' ', '\\', '\t') }), (text) => {
        const terms = readTerms(text)
        if ('message' in terms) {
          expect(terms.start).toBeLessThanOrEqual(terms.end)
          expect(terms.end).toBeLessThanOrEqual(text.length)
          return
        }
        let end = 0
        for (const term of terms) {
          expect(text.slice(end, term.start).trim()).toBe('')
          expect(text.slice(term.start, term.end).trim()).not.toBe('')
          end = term.end
        }
        expect(text.slice(end).trim()).toBe('')
      }),
    )
  })
})
