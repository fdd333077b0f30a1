import type { Key } from 'node:readline'
import { describe, expect, it } from 'vitest'
import { createPressedKeys } from '../../../src/cli/keys/pressed-keys.ts'
import { settled } from '../../support/fake-clock.ts'

/** A key by its name, or the letter that it writes. */
const keyOf = (name: string): readonly [string | undefined, Key] =>
  name.length === 1 ? [name, { name }] : [undefined, { name, meta: name === 'escape' }]

/** What counts of the keys of some turns of the event loop. */
async function counted(...turns: readonly (readonly string[])[]): Promise<readonly string[]> {
  const pressed: string[] = []
  const keys = createPressedKeys((key) => void pressed.push(key))
  for (const turn of turns) {
    for (const name of turn) keys.add(...keyOf(name))
    await settled()
  }
  return pressed
}

describe('The keys that were pressed', () => {
  it('are those of which one comes at a time', async () => {
    expect(await counted(['up'], ['j'], ['return'], ['r'], ['?'], ['escape'])).toEqual([
      'up',
      'j',
      'return',
      'r',
      '?',
      'escape',
    ])
  })

  it('are none of a text that comes at once', async () => {
    expect(await counted(['p', 'l', 'e', 'a', 's', 'e', ' ', 'q', 'u', 'i', 't', 'return'], ['p'])).toEqual(['p'])
    expect(await counted(['paste-start', 'q', 'paste-end'], ['paste-start'], ['q'], ['paste-end'], ['r'])).toEqual([
      'r',
    ])
  })

  it('are all that move, also where a slow connection brings them together, and one of what is pressed impatiently', async () => {
    expect(await counted(['up', 'up', 'return'])).toEqual(['up', 'up', 'return'])
    expect(await counted(['j', 'j', 'j'])).toEqual(['j', 'j', 'j'])
    expect(await counted(['r', 'r', 'r'])).toEqual(['r'])
  })

  it('are none with Ctrl or Alt', async () => {
    const pressed: string[] = []
    const keys = createPressedKeys((key) => void pressed.push(key))
    keys.add('\u0011', { name: 'q', ctrl: true })
    keys.add('\u001bq', { name: 'q', meta: true })
    await settled()
    expect(pressed).toEqual([])
  })
})
