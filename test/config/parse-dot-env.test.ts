import dotenv from 'dotenv'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDotEnv } from '../../src/config/parse-dot-env.ts'

/** What such files are made of, and what makes them hard to read. */
const PIECES = [
  ['A', 'B_1', 'x.y', 'export ', '__proto__', 'v', '$', 'ü', '\0', '{'],
  ['=', ' = ', ': ', ':', '#', ' # ', ' ', '\t', '\uFEFF', '\\', '\\n', "\\'"],
  ["'", '"', '`', '\n', '\r\n', '\r', '\n\n'],
].flat()
const piece = fc.constantFrom(...PIECES)

describe('A file of variables', () => {
  it('is read as dotenv reads it, whatever is in it', () => {
    const text = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(text, (given) => {
        const expected = Object.entries(dotenv.parse(given)).filter(([name]) => name !== '__proto__')
        const { variables } = parseDotEnv(given)
        expect(Object.entries(variables).filter(([name]) => name !== '__proto__')).toEqual(expected)
      }),
      { numRuns: 5_000 },
    )
  })

  it('takes time in proportion to its length, whatever is in it', () => {
    for (const piece of ['\n', ' \n', 'A=1\n', 'nonsense\n', '# a\n', 'A="x\n']) {
      const { variables } = parseDotEnv(piece.repeat(100_000))
      expect(Object.keys(variables).length).toBeLessThan(2)
    }
  })

  it.each([
    ['a byte order mark', '\uFEFFTOKEN=t\nPORT=1', { TOKEN: 't', PORT: '1' }],
    ['an indentation', '  TOKEN=t\n\tPORT=1', { TOKEN: 't', PORT: '1' }],
    ['a heading without #', 'Bot settings\nTOKEN=t', { TOKEN: 't' }],
    ['colons', 'TOKEN: t\nPORT: 1', { TOKEN: 't', PORT: '1' }],
    ['export', 'export  TOKEN=t\nexport PORT=1', { TOKEN: 't', PORT: '1' }],
    ['line ends of Windows', 'TOKEN=t\r\nPORT=1\r\n', { TOKEN: 't', PORT: '1' }],
    ['line ends of old Macs', 'TOKEN=t\rPORT=1', { TOKEN: 't', PORT: '1' }],
    [
      'a value of several lines',
      'KEY="-----BEGIN\nabc\n-----END"\nPORT=1',
      { KEY: '-----BEGIN\nabc\n-----END', PORT: '1' },
    ],
    ['escaped line ends', 'A="x\\ny"\nB=\'x\\ny\'', { A: 'x\ny', B: 'x\\ny' }],
    ['comments', '# one\nA=x # two\nB="x # three" # four\n#C=1', { A: 'x', B: 'x # three' }],
    ['nothing', 'A=\nB=""\nC', { A: '', B: '' }],
    ['a variable twice', 'A=1\nA=2', { A: '2' }],
  ])('with %s is read', (_, text, expected) => {
    expect(dotenv.parse(text)).toEqual(expected)
    expect(parseDotEnv(text).variables).toEqual(expected)
  })

  it.each([
    ['Bot settings\nTOKEN=t', ['line 1 is neither NAME=value nor a comment, so it is not read']],
    ['\uFEFFTOKEN=t\n\n# a\nsecret words\r\nPORT=1\nlast', [4, 6].map(unread)],
    ['A=1\nTOKEN t\nB=2\nhttp://x', [2, 4].map(unread)],
    ['A="x\nB=1', ['line 1 has a quote that is not closed at the end of its value, so it is part of the value']],
    ["\n\n  A='x' y", ['line 3 has a quote that is not closed at the end of its value, so it is part of the value']],
    ['A="x\ny"\n\n#z\n  # z\nB=1 # c', []],
    ['', []],
    ['x\n'.repeat(8), [1, 2, 3, 4, 5].map(unread).concat('3 more of its lines are not read, or not as they look')],
  ])('names what it does not read, and shows none of it: %j', (text, problems) => {
    expect(parseDotEnv(text).problems).toEqual(problems)
  })
})

function unread(line: number): string {
  return `line ${line} is neither NAME=value nor a comment, so it is not read`
}
