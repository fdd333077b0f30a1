import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isEventPattern, isSubscribed, matchesEvent } from '../../src/protocol/events.ts'

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/)
const name = fc.array(word, { minLength: 1, maxLength: 5 })

describe('Event patterns', () => {
  it.each([
    ['message.create.contact.*', 'message.create.contact.chat', true],
    ['message.create.*.results', 'message.create.contact.results', true],
    ['message.create.*.results', 'message.create.results', false],
    ['message.*', 'message.create.contact.chat', true],
    ['message.*', 'message', false],
    ['*.update', 'conversation.update', true],
    ['*.update', 'message.create.update', false],
    ['organization.*', 'organization.create', true],
    ['message.create', 'message.create.contact', false],
  ])('%s covers %s: %s', (pattern, event, expected) => {
    expect(matchesEvent(pattern, event)).toBe(expected)
  })

  it('cover every name that they were made from by replacing whole words', () => {
    fc.assert(
      fc.property(name, fc.infiniteStream(fc.boolean()), (words, coins) => {
        const pattern = words.map((each) => (coins.next().value ? '*' : each)).join('.')
        expect(matchesEvent(pattern, words.join('.'))).toBe(true)
      }),
    )
  })

  it('with a star at the end cover every longer name as well, and no shorter one', () => {
    fc.assert(
      fc.property(name, name, (head, tail) => {
        const pattern = [...head, '*'].join('.')
        expect(matchesEvent(pattern, [...head, ...tail].join('.'))).toBe(true)
        expect(matchesEvent(pattern, head.join('.'))).toBe(false)
      }),
    )
  })

  it('are words between dots, where a star stands for a whole word', () => {
    expect(['message.*', '*.update', 'a'].every(isEventPattern)).toBe(true)
    expect(['', 'message.', '.x', 'mess*', 'a..b', 'a b'].some(isEventPattern)).toBe(false)
  })

  it('that are missing altogether subscribe to everything', () => {
    expect(isSubscribed(null, 'user.login')).toBe(true)
    expect(isSubscribed([], 'user.login')).toBe(false)
  })
})
