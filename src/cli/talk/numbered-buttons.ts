// The numbers by which buttons are pressed at the prompt, in one conversation.
import type { Button } from '../../protocol/buttons.ts'

/** A button that can be pressed, and whether the contact sees it. */
export interface NumberedButton {
  readonly button: Button
  readonly isSeen: boolean
}

export interface NumberedButtons {
  /** Gives a button the next number, from 1 where something was done since the last one was given. */
  add(button: NumberedButton): number
  /** Somebody has said or pressed something: quick replies go, and numbering starts over with the next button. */
  acted(): void
  /** The button with this number; `null` for none, or one that has gone. */
  get(number: number): NumberedButton | null
}

/** Creates the numbers of a conversation in which nothing can be pressed yet. */
export function createNumberedButtons(): NumberedButtons {
  let buttons: (NumberedButton | null)[] = []
  let isOver = false
  return {
    add: (button) => {
      if (isOver) buttons = []
      isOver = false
      buttons.push(button)
      return buttons.length
    },
    acted: () => {
      isOver = true
      buttons = buttons.map((one) => (one?.button.type === 'reply' ? null : one))
    },
    get: (number) => buttons[number - 1] ?? null,
  }
}
