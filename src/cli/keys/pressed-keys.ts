// Which keys a person pressed: what is pasted, or typed ahead for something else, does not count.
import type { Key } from 'node:readline'

export interface PressedKeys {
  /** A key as the terminal gives it. */
  add(text: string | undefined, key: Key): void
}

/** They write nothing, or what nobody pastes alone. */
const MOVING = new Set([
  'up',
  'down',
  'left',
  'right',
  'home',
  'end',
  'pageup',
  'pagedown',
  'return',
  'escape',
  'backspace',
])

/** They move, too, and are text all the same. */
const MOVING_LETTERS = new Set(['j', 'k', ' '])

/**
 * Calls `press` for each key that counts, in order. What comes at once, within a turn of the event loop, was pasted: it counts only
 * where it is one key over and over, which is impatience and meant once, or keys that move, of a connection that is slow.
 */
export function createPressedKeys(press: (key: string) => void): PressedKeys {
  let turn: string[] = []
  let isPasting = false

  function decide(): void {
    const keys = turn
    turn = []
    const [first, ...others] = keys
    if (first === undefined) return
    if (keys.every((key) => MOVING.has(key))) keys.forEach(press)
    else if (others.every((key) => key === first)) (MOVING_LETTERS.has(first) ? keys : [first]).forEach(press)
  }

  return {
    add: (text, key) => {
      if (key.name === 'paste-start' || key.name === 'paste-end') isPasting = key.name === 'paste-start'
      if (isPasting || key.name === 'paste-end' || key.ctrl === true || isWithAlt(key)) return
      if (turn.length === 0) queueMicrotask(decide)
      turn.push(nameOf(text, key))
    },
  }
}

// Esc comes as what Alt is told by.
const isWithAlt = ({ meta, name }: Key): boolean => meta === true && name !== 'escape'

/** What it writes, if that can be seen; else its name. */
const nameOf = (text: string | undefined, key: Key): string =>
  text !== undefined && /^[ -~]$/.test(text) ? text : (key.name ?? '')
