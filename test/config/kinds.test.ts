import { describe, expect, it } from 'vitest'
import { OPTION_KEYS, optionOf } from '../../src/config/options.ts'

const KINDS = OPTION_KEYS.map((key) => ({ key, ...optionOf(key) }))

describe('The kind of an option', () => {
  it('repeats exactly where it reads a list', () => {
    const lists = KINDS.filter(({ kind }) => {
      const texts = ['message.create.contact', 'event:message.create.contact']
      return texts.map(kind.read).some((parsed) => 'value' in parsed && Array.isArray(parsed.value))
    })
    expect(KINDS.filter(({ kind }) => kind.repeats).map(({ key }) => key)).toEqual(lists.map(({ key }) => key))
    expect(lists.map(({ key }) => key)).toEqual(['watch', 'events', 'only'])
  })

  it('can be off where it reads `false` as itself and is no switch, and where a switch may be on by itself', () => {
    const offs = KINDS.filter(({ kind }) => {
      const parsed = kind.read(false)
      return kind.shown !== null && 'value' in parsed && parsed.value === false
    })
    expect(offs.map(({ key }) => key)).toEqual(['watch'])
    expect(KINDS.filter(({ kind }) => kind.canBeOff).map(({ key }) => key)).toEqual(['watch', 'json'])
  })

  it('reads a default as a config file holds it', () => {
    for (const { kind, fallback } of KINDS) {
      if (fallback !== null) expect(kind.read(kind.inFile(fallback))).toEqual({ value: fallback })
    }
  })
})
