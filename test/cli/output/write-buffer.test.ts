import { describe, expect, it } from 'vitest'
import type { Outlet } from '../../../src/cli/output/outlet.ts'
import { createLines } from '../../../src/cli/output/write-buffer.ts'
import { createFakeClock } from '../../support/fake-clock.ts'

describe('Lines on their way out', () => {
  const start = () => {
    const writes: string[] = []
    const outlet = (name: string): Outlet => ({
      write: (text, count) => void writes.push(`${name} ${count} ${text}`),
      hold: () => () => undefined,
      drained: () => Promise.resolve(),
      settled: () => Promise.resolve(),
      onAdvanced: () => () => undefined,
    })
    const clock = createFakeClock()
    return { writes, out: outlet('out'), err: outlet('err'), lines: createLines(clock), pass: clock.pass }
  }

  it('leave together with those of the same turn of the event loop, in order between the streams', async () => {
    const { writes, out, err, lines, pass } = start()
    lines.add(out, 'a', null)
    lines.add(out, 'b', null)
    lines.add(err, 'c', null)
    lines.add(out, 'd', null)
    expect(writes).toEqual([])
    await pass(0)
    expect(writes).toEqual(['out 2 a\nb\n', 'err 1 c\n', 'out 1 d\n'])
  })

  it('gather for a moment in a flood, and not any longer', async () => {
    const { writes, out, lines, pass } = start()
    lines.add(out, 'a', null)
    await pass(0)
    lines.add(out, 'b', null)
    await pass(9)
    lines.add(out, 'c', null)
    expect(writes).toEqual(['out 1 a\n'])
    await pass(1)
    expect(writes).toEqual(['out 1 a\n', 'out 2 b\nc\n'])
  })

  it('leave a thousand at a time where more come in one turn of the event loop', async () => {
    const { writes, out, err, lines, pass } = start()
    for (let n = 0; n < 2_500; n += 1) lines.add(n % 1_000 === 0 ? err : out, 'a', null)
    expect(writes.map((text) => text.slice(0, 8))).toEqual(['err 1 a\n', 'out 999 ', 'err 1 a\n', 'out 999 '])
    await pass(10)
    expect(writes.slice(4).map((text) => text.slice(0, 8))).toEqual(['err 1 a\n', 'out 499 '])
  })

  it('are made when they leave, in the order in which they were given', async () => {
    const { writes, out, lines, pass } = start()
    const made: string[] = []
    const line = (text: string) => () => {
      made.push(text)
      return text
    }
    lines.add(out, line('a'), null)
    lines.add(out, 'b', null)
    lines.add(out, line('c'), null)
    expect(made).toEqual([])
    await pass(0)
    expect(made).toEqual(['a', 'c'])
    expect(writes).toEqual(['out 3 a\nb\nc\n'])
  })

  it('leave at once when they are told to, and only once', async () => {
    const { writes, out, lines, pass } = start()
    lines.add(out, 'a', null)
    lines.flush()
    await pass(20)
    expect(writes).toEqual(['out 1 a\n'])
  })
})
