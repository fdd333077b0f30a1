import { describe, expect, it } from 'vitest'
import { createLines } from '../../src/cli/write-buffer.ts'
import { createFakeClock } from '../support/fake-clock.ts'

describe('Lines on their way out', () => {
  const start = () => {
    const writes: string[] = []
    const stream = (name: string) => ({ write: (text: string) => writes.push(`${name} ${text}`) > 0 })
    const clock = createFakeClock()
    return { writes, out: stream('out'), err: stream('err'), lines: createLines(clock), pass: clock.pass }
  }

  it('leave together with those of the same turn of the event loop, in order between the streams', async () => {
    const { writes, out, err, lines, pass } = start()
    lines.add(out, 'a')
    lines.add(out, 'b')
    lines.add(err, 'c')
    lines.add(out, 'd')
    expect(writes).toEqual([])
    await pass(0)
    expect(writes).toEqual(['out a\nb\n', 'err c\n', 'out d\n'])
  })

  it('gather for a moment in a flood, and not any longer', async () => {
    const { writes, out, lines, pass } = start()
    lines.add(out, 'a')
    await pass(0)
    lines.add(out, 'b')
    await pass(9)
    lines.add(out, 'c')
    expect(writes).toEqual(['out a\n'])
    await pass(1)
    expect(writes).toEqual(['out a\n', 'out b\nc\n'])
  })

  it('leave at once when they are told to, and only once', async () => {
    const { writes, out, lines, pass } = start()
    lines.add(out, 'a')
    lines.flush()
    await pass(20)
    expect(writes).toEqual(['out a\n'])
  })
})
