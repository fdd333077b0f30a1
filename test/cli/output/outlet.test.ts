// A way out for lines, whoever reads them.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createOutlet, drainedOrStopped, type Outlet } from '../../../src/cli/output/outlet.ts'
import { createFakeClock, settled } from '../../support/fake-clock.ts'

const notShown = (lines: number): string => `(${lines} not shown)`

/** A reader that takes a piece of text only when it is asked to. */
function slowReader(most?: number) {
  const taken: string[] = []
  let take: ((written: boolean) => void) | null = null
  let advance = (): void => undefined
  const outlet = createOutlet(
    (text, advanced) =>
      new Promise((resolve) => {
        advance = advanced
        take = (written) => {
          take = null
          if (written) taken.push(text)
          resolve(written)
        }
      }),
    most,
  )
  const read = async (written = true): Promise<void> => {
    take?.(written)
    await settled()
  }
  return { outlet, taken, read, waits: () => take !== null, advance: () => advance() }
}

const isSettled = async (promise: Promise<unknown>): Promise<boolean> => {
  let over = false
  void promise.finally(() => {
    over = true
  })
  await settled()
  return over
}

const say = (outlet: Outlet, text: string): void => outlet.write(`${text}\n`, 1, notShown)

describe('An outlet', () => {
  it('keeps the order, and sends what has gathered meanwhile in one piece', async () => {
    const { outlet, taken, read } = slowReader()
    for (const text of ['a', 'b', 'c']) say(outlet, text)
    await read()
    await read()
    expect(taken).toEqual(['a\n', 'b\nc\n'])
  })

  it('drops what a reader is too slow for, and says in its place how many lines that were', async () => {
    const { outlet, taken, read } = slowReader(3)
    for (const text of ['a', 'b', 'c', 'd', 'e']) say(outlet, text)
    await read()
    say(outlet, 'f')
    await read()
    say(outlet, 'g')
    await read()
    await read()
    expect(taken.join('')).toBe('a\nb\nc\n(2 not shown)\nf\ng\n')
  })

  it('says how many lines were dropped as soon as there is room, also when no other line follows', async () => {
    const { outlet, taken, read } = slowReader(0)
    for (const text of ['a', 'b', 'c', 'd']) say(outlet, text)
    await read()
    await read()
    expect(taken.join('')).toBe('a\nb\n(2 not shown)\n')
  })

  it('never drops what is to be kept', async () => {
    const { outlet, taken, read, waits } = slowReader(3)
    for (let n = 0; n < 100; n += 1) outlet.write(`${n}\n`, 1, null)
    while (waits()) await read()
    expect(taken.join('').trimEnd().split('\n')).toEqual(Array.from({ length: 100 }, (_, n) => String(n)))
  })

  it('counts what did not get through, and tries the next line all the same', async () => {
    const { outlet, taken, read } = slowReader()
    say(outlet, 'a')
    say(outlet, 'b')
    await read(false)
    await read(false)
    expect(taken).toEqual([])
    say(outlet, 'c')
    await read()
    expect(taken.join('')).toBe('(2 not shown)\nc\n')
  })

  it('does not try again by itself what did not get through', async () => {
    const { outlet, read, waits } = slowReader()
    say(outlet, 'a')
    await read(false)
    expect(waits()).toBe(false)
  })

  it('is drained when all is written; settled when nothing waits that is to be kept', async () => {
    const { outlet, read } = slowReader()
    say(outlet, 'a')
    expect(await isSettled(outlet.settled())).toBe(true)
    outlet.write('b\n', 1, null)
    const settled = outlet.settled()
    const drained = outlet.drained()
    await read()
    expect(await isSettled(settled)).toBe(false)
    await read()
    expect(await isSettled(settled)).toBe(true)
    expect(await isSettled(drained)).toBe(true)
  })

  it('is drained also when nobody reads any more', async () => {
    const { outlet, read } = slowReader()
    say(outlet, 'a')
    outlet.write('b\n', 1, null)
    const drained = Promise.all([outlet.drained(), outlet.settled()])
    await read(false)
    await read(false)
    expect(await isSettled(drained)).toBe(true)
  })

  it('is waited for as long as somebody reads on, and a moment when nobody does', async () => {
    const clock = createFakeClock()
    const slow = slowReader()
    const stopped = slowReader()
    for (const line of ['a', 'b', 'c']) say(slow.outlet, line)
    say(stopped.outlet, 'a')
    let isOver = false
    const over = drainedOrStopped([slow.outlet, stopped.outlet], 1_000, clock).then(() => {
      isOver = true
    })
    for (let n = 0; n < 5; n += 1) {
      await clock.pass(900)
      expect(isOver).toBe(false)
      slow.advance()
    }
    await clock.pass(900)
    expect(isOver).toBe(false)
    await clock.pass(100)
    await over
    expect(clock.timers()).toBe(0)
  })

  it('is not waited for any longer when all is written', async () => {
    const clock = createFakeClock()
    const { outlet, read } = slowReader()
    say(outlet, 'a')
    const over = drainedOrStopped([outlet], 1_000, clock)
    await read()
    await over
    expect(clock.timers()).toBe(0)
  })

  it('loses no line without counting it, whatever the reader does, and holds no more than it may', async () => {
    const steps = fc.array(
      fc.oneof(fc.constant('write' as const), fc.constant('read' as const), fc.constant('fail' as const)),
    )
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 0, max: 20 }), async (moves, most) => {
        const { outlet, taken, read, waits } = slowReader(most)
        let written = 0
        for (const move of moves) {
          if (move === 'write') say(outlet, `line ${written++}`)
          else await read(move === 'read')
        }
        say(outlet, `line ${written++}`)
        while (waits()) await read()
        // A last line finds room, and with it the count of all that was lost at the very end.
        say(outlet, `line ${written++}`)
        while (waits()) await read()
        const lines = taken.join('').trimEnd().split('\n')
        const lost = lines.map((line) => Number(/\((\d+) not shown\)/.exec(line)?.[1] ?? 0)).reduce((a, b) => a + b, 0)
        const shown = lines
          .map((line) => /^line (\d+)$/.exec(line)?.[1])
          .filter((n) => n !== undefined)
          .map(Number)
        expect(shown).toEqual(shown.toSorted((a, b) => a - b))
        expect(new Set(shown).size).toBe(shown.length)
        expect(shown.length + lost).toBe(written)
      }),
    )
  })

  it('keep what is written while they are held, as far as there is room, in order', () => {
    const sent: string[] = []
    const outlet = createOutlet((text) => {
      sent.push(text)
      return true
    }, 8)
    say(outlet, 'before')
    const letGo = outlet.hold()
    for (const line of ['one', 'two', 'three', 'four', 'five']) say(outlet, line)
    expect(sent).toEqual(['before\n'])
    letGo()
    expect(sent.join('')).toBe('before\none\ntwo\nthree\n(2 not shown)\n')
    say(outlet, 'after')
    expect(sent.at(-1)).toBe('after\n')
  })
})
