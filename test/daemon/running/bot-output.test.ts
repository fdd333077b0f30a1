// What the bot has printed, as it is kept for whoever looks later.
import { describe, expect, it } from 'vitest'
import { createPrintedLines } from '../../../src/daemon/running/bot-output.ts'

function printingForTest(kept?: { readonly lines: number; readonly characters: number }) {
  const printed = createPrintedLines(kept, () => 0)
  const print = (line: string): void => printed.add('stdout', line)
  const lines = () => printed.list().map(({ line }) => line)
  return { print, lines, printed }
}

describe('What the bot prints', () => {
  it('is kept with its times', () => {
    const { print, printed } = printingForTest()
    print('hello')
    expect(printed.list()).toEqual([{ time: '1970-01-01T00:00:00.000Z', stream: 'stdout', line: 'hello' }])
  })

  it('is kept as far as its last lines go, and as it takes little room', () => {
    const { print, lines } = printingForTest({ lines: 3, characters: 1_000 })
    for (let n = 0; n < 20; n += 1) print(`line ${n}`)
    expect(lines()).toEqual(['line 17', 'line 18', 'line 19'])
    const long = printingForTest({ lines: 100, characters: 10 })
    for (let n = 0; n < 20; n += 1) long.print('x'.repeat(6))
    expect(long.lines().length).toBeLessThan(4)
    long.print('y'.repeat(100))
    expect(long.lines()).toEqual(['y'.repeat(100)])
  })
})
