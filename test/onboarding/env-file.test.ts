import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDotEnv } from '../../src/config/parse-dot-env.ts'
import { setVariables } from '../../src/onboarding/env-file.ts'

const NAMES = ['TOKEN', 'SECRET', 'REFRESH_TOKEN', 'PORT', 'OTHER']
/** What tokens and secrets are made of, and what makes them hard to write down. */
const value = fc.string({ unit: fc.constantFrom(...'abcXYZ019+/=_-.#$\\ '.split('')), minLength: 1, maxLength: 40 })
const line = fc.oneof(
  fc
    .tuple(fc.constantFrom(...NAMES), fc.constantFrom('', 'x', '"a b"', "'#'", 'a # b', '""'))
    .map((pair) => pair.join('=')),
  fc.constantFrom('', '# TOKEN=not this one', 'export SECRET=old', '  PORT = 3000', 'nonsense'),
)
const file = fc
  .tuple(fc.array(line, { maxLength: 8 }), fc.constantFrom('\n', '\r\n'), fc.boolean())
  .map(([lines, eol, ends]) => lines.join(eol) + (ends && lines.length > 0 ? eol : ''))

describe('A .env that is changed', () => {
  it('holds the new value, and every other one as before, whatever is in it', () => {
    fc.assert(
      fc.property(
        file,
        fc.constantFrom(...NAMES),
        value.filter((text) => text.trim() === text),
        (text, name, set) => {
          const after = parseDotEnv(setVariables(text, [{ name, value: set }])).variables
          const { [name]: got, ...others } = after
          const { [name]: _, ...before } = parseDotEnv(text).variables
          expect(got).toBe(set)
          expect(others).toEqual(before)
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('stays as it is, to the byte, when the value is there already', () => {
    fc.assert(
      fc.property(file, (text) => {
        const variables = Object.entries(parseDotEnv(text).variables).map(([name, set]) => ({ name, value: set ?? '' }))
        expect(setVariables(text, variables)).toBe(text)
      }),
    )
  })

  it('keeps comments, order and line ends, and fills in what stands there empty', () => {
    const text = '# the bot\r\nTOKEN=\r\nOTHER=1'
    const after = setVariables(text, [
      { name: 'TOKEN', value: 'a.b.c' },
      { name: 'SECRET', value: 'k==' },
    ])
    expect(after).toBe('# the bot\r\nTOKEN=a.b.c\r\nOTHER=1\r\nSECRET=k==\r\n')
  })

  it('is made when there is none', () => {
    expect(setVariables(null, [{ name: 'TOKEN', value: 'a#b' }])).toBe('TOKEN="a#b"\n')
  })
})
