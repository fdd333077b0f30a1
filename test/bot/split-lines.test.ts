// What cutting a stream into lines promises.
import { PassThrough } from 'node:stream'
import { stripVTControlCharacters, toUSVString } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { onLines } from '../../src/bot/split-lines.ts'
import { createFakeClock } from '../support/fake-clock.ts'

async function linesOf(chunks: readonly Buffer[], longest?: number): Promise<string[]> {
  const stream = new PassThrough()
  const lines: string[] = []
  // No time passes: half a line waits for its rest.
  onLines(stream, (line) => void lines.push(line), {
    clock: createFakeClock(),
    ...(longest !== undefined && { longest }),
  })
  for (const chunk of chunks) stream.write(chunk)
  stream.end()
  await new Promise((resolve) => stream.once('close', resolve))
  return lines
}

/** Cuts bytes at some places, characters and sequences in the middle too. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b)
  return [0, ...at].map((from, i) => bytes.subarray(from, at[i] ?? bytes.length))
}

const textOf = (...units: readonly string[]): fc.Arbitrary<string> => fc.string({ unit: fc.constantFrom(...units) })

const COLOURS = ['\u001b[31m', '\u001b[0m', '\u001b[1;38;5;196m', '\u001b[4:3m', '\u001b[m', '\u009b32m']
const OTHERS = [
  [
    '\u001b[2J',
    '\u001b[H',
    '\u001b[?1049h',
    '\u001b[?25l',
    '\u001b[10;10H',
    '\u001b[1A',
    '\u001b[2K',
    '\u001b[>4m',
    '\u001bc',
  ],
  [
    '\u001b]0;title\u0007',
    '\u001b]52;c;aGk=\u001b\\',
    '\u001b]8;;http://x\u0007',
    '\u001bP1$r\u001b\\',
    '\u001b_x\u001b\\',
  ],
  [
    '\u009b2J',
    '\u009d0;x\u009c',
    '\u0090q\u009c',
    '\u0085',
    '\u008d',
    '\u0007',
    '\b',
    '\u000b',
    '\u000c',
    '\u0000',
    '\u007f',
  ],
  ['\u001b(0', '\u001b7', '\u001b#8', '\u001b[!p', '\u001b[0 q', '\u001b[200~', '\u202e', '\u2066'],
].flat()

const ESC = '\u001b'
const COLOUR = new RegExp(`${ESC}\\[[\\d;:]*m`, 'g')
/** What must not be left of them, beside colours. */
const HARMFUL = /(?!\t)[\p{Cc}\u202a-\u202e\u2066-\u2069]/u

describe('Splitting output into lines', () => {
  it('however the bytes arrive, the lines are those of the text', async () => {
    await fc.assert(
      fc.asyncProperty(textOf('a', 'ü', '😀', '\n', ' '), fc.array(fc.nat()), async (given, places) => {
        const expected = given.split('\n')
        if (expected.at(-1) === '') expected.pop()
        expect(await linesOf(cut(Buffer.from(given), places))).toEqual(expected)
      }),
    )
  })

  it('however the bytes are cut, the lines are the same, whatever is in them', async () => {
    const text = textOf('a', 'ü', '😀', '\n', '\r', '\u001b', '[', ']', '3', ';', 'm', '\\', ...COLOURS, ...OTHERS)
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat()), async (given, places) => {
        const bytes = Buffer.from(given)
        const lines = await linesOf([bytes])
        expect(await linesOf(cut(bytes, places))).toEqual(lines)
        for (const line of lines) expect(line.replaceAll(COLOUR, '')).not.toMatch(HARMFUL)
      }),
      { numRuns: 500 },
    )
  })

  it('a line that is too long comes in pieces, and nothing of it is lost', async () => {
    await fc.assert(
      fc.asyncProperty(textOf('a', 'b', '😀', '\n'), fc.array(fc.nat()), async (given, places) => {
        const lines = await linesOf(cut(Buffer.from(given), places), 3)
        expect(lines.every((line) => line.length <= 3 && toUSVString(line) === line)).toBe(true)
        expect(lines.join('')).toBe(given.replaceAll('\n', ''))
      }),
    )
  })

  it.each(OTHERS)('leaves out what a terminal would act on: %j', async (sequence) => {
    expect(await linesOf([Buffer.from(`one${sequence}two\nthree`)])).toEqual(['onetwo', 'three'])
  })

  it.each([
    ['\u001b[31mred\u001b[0m', ['\u001b[31mred\u001b[0m']],
    ['\u001b[31mred\nstill\u001b[0m\nno more', ['\u001b[31mred\u001b[0m', '\u001b[31mstill\u001b[0m', 'no more']],
    [
      '\u001b[1m\u001b[31mboth\n\n\u001b[0;32mgreen\nso',
      [
        '\u001b[1m\u001b[31mboth\u001b[0m',
        '',
        '\u001b[1m\u001b[31m\u001b[0;32mgreen\u001b[0m',
        '\u001b[0;32mso\u001b[0m',
      ],
    ],
    ['\u009b31mred', ['\u001b[31mred\u001b[0m']],
  ])('keeps colours, each line with its own: %j', async (text, lines) => {
    expect(await linesOf([Buffer.from(text)])).toEqual(lines)
  })

  it('of a sequence without an end no more than its line is lost', async () => {
    const text = 'a\u001b]0;title\nb\u001b[31\nc\u001bP\nd\u001b'
    expect(await linesOf([Buffer.from(text)])).toEqual(['a', 'b', 'c', 'd'])
  })

  it('a carriage return ends a line, and a line end of Windows is one', async () => {
    expect(await linesOf([Buffer.from('one\r'), Buffer.from('\ntwo\r\n\r\n10 %\r20 %\r\r\nend\r')])).toEqual([
      'one',
      'two',
      '',
      '10 %',
      '20 %',
      'end',
    ])
  })

  it('half a line is shown after a moment, and then the rest of it', async () => {
    const clock = createFakeClock()
    const stream = new PassThrough()
    const lines: string[] = []
    onLines(stream, (line) => void lines.push(stripVTControlCharacters(line)), { clock })
    const says = async (text: string): Promise<void> => {
      stream.write(text)
      await new Promise(setImmediate)
    }
    await says('\u001b[1mname? ')
    await clock.pass(100)
    expect(lines).toEqual([])
    await says('(you) ')
    await clock.pass(49)
    expect(lines).toEqual([])
    await clock.pass(1)
    expect(lines).toEqual(['name? (you) '])
    await says('Jenny\nhello\n')
    await says('again? ')
    await clock.pass(150)
    await says('\n\nbye\n')
    expect(lines).toEqual(['name? (you) ', 'Jenny', 'hello', 'again? ', '', 'bye'])
  })
})
