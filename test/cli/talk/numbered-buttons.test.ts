import { describe, expect, it } from 'vitest'
import { createNumberedButtons, type NumberedButton } from '../../../src/cli/talk/numbered-buttons.ts'

const aButton = (text: string, type = 'postback'): NumberedButton => ({
  button: { text, type, payload: text, uri: null, action: {} },
  isSeen: true,
})

describe('The numbers of buttons', () => {
  it('go on while nothing is said, and begin anew after that', () => {
    const numbers = createNumberedButtons()
    expect(['a', 'b'].map((text) => numbers.add(aButton(text)))).toEqual([1, 2])
    expect(numbers.add(aButton('c'))).toBe(3)
    numbers.acted()
    // What was shown stays, until something else is.
    expect(numbers.get(2)?.button.text).toBe('b')
    expect(numbers.add(aButton('d'))).toBe(1)
    expect([numbers.get(1)?.button.text, numbers.get(2)]).toEqual(['d', null])
  })

  it('lose the quick replies once something is said', () => {
    const numbers = createNumberedButtons()
    numbers.add(aButton('now', 'reply'))
    numbers.add(aButton('later'))
    numbers.acted()
    expect([numbers.get(1), numbers.get(2)?.button.text]).toEqual([null, 'later'])
    expect([numbers.get(0), numbers.get(3)]).toEqual([null, null])
  })
})
