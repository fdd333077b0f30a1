import type { Key } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createLineEditor, LINE_BREAK, type LineEditor } from '../../../src/cli/talk/line-editor.ts'

interface Typist {
  readonly editor: LineEditor
  readonly entered: readonly string[]
  readonly type: (text: string) => void
  readonly press: (...names: readonly string[]) => void
}

function typist(): Typist {
  const entered: string[] = []
  const editor = createLineEditor((line) => entered.push(line))
  onTestFinished(editor.close)
  const keyOf = (name: string): Key => {
    const [modifier, letter] = name.startsWith('ctrl-') ? ['ctrl', name.slice(5)] : [null, name]
    return { name: letter, ctrl: modifier === 'ctrl', meta: false, shift: false }
  }
  return {
    editor,
    entered,
    type: (text) => {
      for (const one of text) editor.press(one, { name: one, ctrl: false, meta: false, shift: false })
    },
    press: (...names) => {
      for (const name of names) editor.press(name === 'return' ? '\r' : undefined, keyOf(name))
    },
  }
}

describe('The line that is typed', () => {
  it('is edited as in a shell', () => {
    const { editor, entered, type, press } = typist()
    type('hello wrld')
    press('left', 'left', 'left')
    type('o')
    press('ctrl-a')
    type('> ')
    press('ctrl-e', 'backspace')
    expect([editor.text, editor.cursor]).toEqual(['> hello worl', 12])
    press('return')
    expect(entered).toEqual(['> hello worl'])
    expect(editor.text).toBe('')
  })

  it('remembers what was entered, the same once', () => {
    const { editor, type, press } = typist()
    for (const line of ['one', 'two', 'one']) {
      type(line)
      press('return')
    }
    type('half')
    press('up')
    expect(editor.text).toBe('half')
    press('ctrl-u', 'up')
    expect(editor.text).toBe('one')
    press('up')
    expect(editor.text).toBe('two')
    press('down', 'down')
    expect(editor.text).toBe('')
  })

  it.each([
    ['a family', '👨‍👩‍👧'],
    ['a flag', '🇳🇱'],
    ['a letter with a mark', 'e\u0301'],
    ['a plain letter', 'x'],
  ])('passes and deletes %s as one character', (_, character) => {
    const { editor, type, press } = typist()
    type(`a${character}b`)
    press('left', 'left')
    expect(editor.cursor).toBe(1)
    press('right')
    expect(editor.cursor).toBe(1 + character.length)
    press('backspace')
    expect(editor.text).toBe('ab')
    type(character)
    press('left', 'delete')
    expect(editor.text).toBe('ab')
  })

  it('takes what is pasted whole, and enters it with its lines', () => {
    const { editor, entered, type, press } = typist()
    type('see: ')
    editor.insert('one\r\ntwo\tx\u0007\n')
    expect(editor.text).toBe(`see: one${LINE_BREAK}two  x${LINE_BREAK}`)
    expect(entered).toEqual([])
    press('return')
    expect(entered).toEqual(['see: one\ntwo  x\n'])
    press('up')
    expect(editor.text).toBe(`see: one${LINE_BREAK}two  x${LINE_BREAK}`)
  })

  it('is replaced as a whole', () => {
    const { editor, type, press } = typist()
    type('/as al')
    press('left')
    editor.replace('/as Alex ')
    expect([editor.text, editor.cursor]).toEqual(['/as Alex ', 9])
  })
})
