import { EventEmitter } from 'node:events'
import xterm from '@xterm/headless'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createFooter, type FooterView } from '../../../src/cli/output/footer.ts'

/** A terminal with a footer on it. */
function screenForTest(columns = 40, rows = 12) {
  const terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 1_000, allowProposedApi: true })
  onTestFinished(() => terminal.dispose())
  const size = Object.assign(new EventEmitter(), { columns, rows })
  let written = Promise.resolve()
  const write = (text: string): void => {
    written = written.then(() => new Promise((resolve) => terminal.write(text.replace(/(?<!\r)\n/g, '\r\n'), resolve)))
  }
  const footer = createFooter(write, size as never)
  return {
    footer,
    /** Writes a line above the footer. */
    say: (line: string) => write(footer.above(`${line}\n`)),
    /** What stands on the terminal, what has scrolled out of it included, and where the cursor is. */
    look: async () => {
      await written
      const { active } = terminal.buffer
      const lines = Array.from({ length: active.length }, (_, i) => active.getLine(i)?.translateToString(true) ?? '')
      while (lines.at(-1) === '') lines.pop()
      return { lines, cursor: [active.cursorY + active.baseY, active.cursorX] }
    },
    resize: async (to: number) => {
      await written
      terminal.resize(to, rows)
      size.columns = to
      size.emit('resize')
    },
  }
}

const typed = (text: string, cursor = text.length): FooterView => ({
  rows: [`Jenny › ${text}`, 'bot ready'],
  cursor: { row: 0, before: `Jenny › ${text.slice(0, cursor)}` },
})

describe('What stays at the bottom of the terminal', () => {
  it('is below all that is written, with the cursor where it was', async () => {
    const { footer, say, look } = screenForTest()
    footer.show(typed('hello', 3))
    say('one')
    say('two')
    expect(await look()).toEqual({ lines: ['one', 'two', 'Jenny › hello', 'bot ready'], cursor: [2, 11] })
    footer.show({ rows: ['a', 'b', 'c', 'd'], cursor: { row: 2, before: 'c' } })
    say('three')
    expect(await look()).toEqual({ lines: ['one', 'two', 'three', 'a', 'b', 'c', 'd'], cursor: [5, 1] })
    footer.show(null)
    expect(await look()).toEqual({ lines: ['one', 'two', 'three'], cursor: [3, 0] })
  })

  it('leaves nothing of itself behind where the screen scrolls', async () => {
    const { footer, say, look } = screenForTest(40, 5)
    footer.show(typed('hi'))
    const lines = Array.from({ length: 30 }, (_, n) => `line ${n}`)
    lines.forEach(say)
    expect((await look()).lines).toEqual([...lines, 'Jenny › hi', 'bot ready'])
  })

  it('takes one row of the terminal for each of its own, however wide it is, and goes whole', async () => {
    const { footer, say, look } = screenForTest(20)
    say('before')
    footer.show({ rows: ['x'.repeat(50), '👨‍👩‍👧'.repeat(15), 'end'], cursor: { row: 0, before: '' } })
    expect((await look()).lines).toHaveLength(4)
    say('between')
    footer.show(null)
    expect((await look()).lines).toEqual(['before', 'between'])
  })

  it('is one picture in each write, so that nothing flickers', () => {
    const written: string[] = []
    const footer = createFooter(
      (text) => void written.push(text),
      Object.assign(new EventEmitter(), { columns: 40, rows: 12 }) as never,
    )
    footer.show(typed('hi'))
    written.push(footer.above('one\n'))
    footer.show(null)
    expect(written).toHaveLength(3)
    for (const text of written)
      expect([text.startsWith('\u001b[?2026h'), text.endsWith('\u001b[?2026l')]).toEqual([true, true])
  })

  it('writes nothing around a text when nothing is shown', () => {
    const { footer } = screenForTest()
    expect(footer.above('one\n')).toBe('one\n')
  })

  it.each([
    ['narrower', 40, 13],
    ['wider', 20, 60],
  ])('goes whole when the terminal has become %s', async (_, from, to) => {
    const { footer, say, look, resize } = screenForTest(from)
    say('before')
    footer.show({ rows: ['Jenny › a text of', 'two rows', 'and a status'], cursor: { row: 1, before: 'two' } })
    await resize(to)
    footer.show(typed('x'))
    say('after')
    footer.show(null)
    expect((await look()).lines).toEqual(['before', 'after'])
  })

  it('leaves exactly what was written, whatever is shown and written meanwhile', async () => {
    const row = fc.constantFrom(
      '',
      'short',
      'of some length',
      'Jenny › 日本 x',
      'a row that is nearly forty columns wide',
    )
    const view = fc
      .record({ rows: fc.array(row, { minLength: 1, maxLength: 5 }), at: fc.nat(4), cut: fc.nat(20) })
      .map(({ rows, at, cut }): FooterView => {
        const cursor = at % rows.length
        return { rows, cursor: { row: cursor, before: rows[cursor]?.slice(0, cut) ?? '' } }
      })
    const step = fc.oneof(
      fc.record({ show: fc.option(view) }),
      fc.record({ say: fc.constantFrom('one', 'x'.repeat(95), '') }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const withFooter = screenForTest()
        const alone = screenForTest()
        for (const one of steps) {
          if ('show' in one) withFooter.footer.show(one.show)
          else {
            withFooter.say(one.say)
            alone.say(one.say)
          }
        }
        withFooter.footer.show(null)
        const expected = await alone.look()
        const found = await withFooter.look()
        expect(found.lines).toEqual(expected.lines)
        expect(found.cursor[1]).toBe(0)
      }),
    )
  })
})
