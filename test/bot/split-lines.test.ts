// What cutting a stream into lines promises.
import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { onLines } from '../../src/bot/split-lines.ts'

async function linesOf(chunks: readonly Buffer[], longest?: number): Promise<string[]> {
  const stream = new PassThrough()
  const lines: string[] = []
  onLines(stream, (line) => void lines.push(line), longest)
  for (const chunk of chunks) stream.write(chunk)
  stream.end()
  await new Promise((resolve) => stream.once('close', resolve))
  return lines
}

/** Cuts bytes at some places, characters in the middle too. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b)
  return [0, ...at].map((from, i) => bytes.subarray(from, at[i] ?? bytes.length))
}

describe('Splitting output into lines', () => {
  it('however the bytes arrive, the lines are those of the text', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'ü', '😀', '\n', '\u001b[31m', ' ') })
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat()), async (given, places) => {
        const expected = given.split('\n')
        if (expected.at(-1) === '') expected.pop()
        expect(await linesOf(cut(Buffer.from(given), places))).toEqual(expected)
      }),
    )
  })

  it('a line that is too long comes in pieces, and nothing of it is lost', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom('a', 'b', '\n') }),
        fc.array(fc.nat()),
        async (given, places) => {
          const lines = await linesOf(cut(Buffer.from(given), places), 3)
          expect(lines.every((line) => line.length <= 3)).toBe(true)
          expect(lines.join('')).toBe(given.replaceAll('\n', ''))
        },
      ),
    )
  })

  it('a line end of Windows is not part of the line', async () => {
    expect(await linesOf([Buffer.from('one\r'), Buffer.from('\ntwo\r\n')])).toEqual(['one', 'two'])
  })
})
