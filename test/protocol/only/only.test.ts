import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '../../../src/core/json.ts'
import { anyOnly, readOnly } from '../../../src/protocol/only/filter.ts'
import { onlyTermText, readOnlyTerms } from '../../../src/protocol/only/filter-text.ts'
import { problemWords } from '../../../src/protocol/query/query.ts'

const filterOf = (text: string) => {
  const filter = readOnly(text)
  if ('message' in filter) throw new Error(problemWords(filter))
  return filter
}

const CONTACT = '2c7d240b8f6f960dbb41cf76'

/** What the platform sends when Jenny Jones says something. */
const said = (text: string, more: { readonly message?: Json; readonly conversation?: Json } = {}): Json => ({
  event: 'message.create.contact.chat',
  activity: { summary: 'User Jenny Jones created a chat message' },
  data: {
    conversation: { id: 'C1', type: 'contact', name: 'Jenny Jones', contact: CONTACT, ...more.conversation },
    message: { role: 'contact', type: 'chat', user: CONTACT, contact: CONTACT, text, ...more.message },
  },
})

const contactUpdate: Json = {
  event: 'contact.update',
  data: {
    contact: {
      id: CONTACT,
      name: 'Jenny Jones',
      conversation: 'C1',
      profile: { givenName: 'Jenny', familyName: 'Jones', email: 'Jenny@Example.com', telephone: '+31612345678' },
    },
  },
}

describe('The filter of --only', () => {
  it.each([
    ['conversation:C1', said('hi'), true],
    ['conversation:c1', said('hi'), true],
    ['conversation:C1', contactUpdate, true],
    ['conversation:C', said('hi'), false],
    ['event:message.*', said('hi'), true],
    ['event:Message.Create.*.chat', said('hi'), true],
    ['event:contact.*', said('hi'), false],
    ['text:refund', said('I want a REFUND'), true],
    ['text:want  a refund', said('I want\na refund'), true],
    ['text:refund a', said('a refund'), false],
    ['text:"café, please"', said('a cafe\u0301, please'), true],
    ['text:hi', said('hi', { message: { role: 'agent', user: 'A1', contact: null } }), false],
    [`contact:${CONTACT.toUpperCase()}`, said('hi'), true],
    ['contact:jenny jones', said('hi'), true],
    ['contact:"Jenny  Jones"', contactUpdate, true],
    ['contact:Jenny', said('hi'), false],
    ['contact:jenny@example.com', contactUpdate, true],
    ['contact:+31 6 12 34 56 78', contactUpdate, true],
    ['contact:0031-6-12345678', contactUpdate, true],
    ['contact:0612345678', contactUpdate, false],
    ['contact:Jenny Jones', said('hi', { message: { role: 'agent', user: 'A1' } }), true],
    ['contact:Alex Agent', { data: { conversation: { type: 'agent', name: 'Alex Agent', id: 'C2' } } }, false],
    ['text:nothing,event:message.create.*', said('hi'), true],
    ['text:nothing, contact:nobody', said('hi'), false],
    ['text:nothing,hi', said('hi'), true],
    ['contact:"Jones, Jenny",jenny jones,event:bot.*', said('hi'), true],
    ['text:nothing,12', said('hi'), false],
    ['event:message.*', {}, false],
    ['event:message.*', null, false],
  ])('%s', (text, payload, expected) => {
    expect(filterOf(text)(payload)).toBe(expected)
  })

  it('finds a contact in a populated document, a participant and the links', () => {
    const populated = said('hi', {
      conversation: { contact: { id: CONTACT, profile: { email: 'j@x.nl' } }, name: 'Chat 12' },
    })
    expect(filterOf('contact:J@X.nl')(populated)).toBe(true)
    const joined = {
      data: { conversation: { id: 'C', participants: [{ user: 'U7', name: 'Piet', role: 'contact' }] } },
    }
    expect(filterOf('contact:piet')(joined)).toBe(true)
    expect(filterOf('contact:u7')({ data: { links: { contact: 'https://api.test/v2/contacts/U7' } } })).toBe(true)
  })

  it('is true of what any of several filters wants', () => {
    const any = anyOnly([filterOf('text:refund'), filterOf('conversation:C1')])
    expect(any(said('hi'))).toBe(true)
    expect(any(said('hi', { conversation: { id: 'C2' } }))).toBe(false)
    expect(any(said('refund', { conversation: { id: 'C2' } }))).toBe(true)
  })

  it.each([
    ['', 1, 'nothing is given here'],
    ['event:a,', 9, 'nothing is given here'],
    ['event:a, ,text:b', 10, 'nothing is given here'],
    ['jenny', 1, '`jenny` has no key in front of it'],
    ['text:hi, there', 10, '`there` has no key in front of it'],
    ['text:hi,,there', 9, 'nothing is given here'],
    ['hi,text:there', 1, '`hi` has no key in front of it'],
    ['text:hi, conv:a', 10, 'unknown key `conv`'],
    ['contact:', 9, 'nothing follows `contact:`'],
    ['contact:" "', 12, 'nothing follows `contact:`'],
    ['text:say "hi"', 10, 'there is a quote inside a value'],
    ['text:"hi', 6, 'a quote is not closed'],
    ['text:"hi" there', 11, '`t` follows a quoted value'],
    ['event:message.**', 1, '`message.**` is not an event'],
  ])('says what is wrong with `%s`, and where', (text, column, message) => {
    const problem = readOnly(text)
    if (!('message' in problem)) throw new Error('it was accepted')
    expect(problemWords(problem)).toBe(`column ${column}: ${message}`)
    expect(problem.allowed).not.toBe('')
    expect(problem.end).toBeGreaterThanOrEqual(problem.start)
  })

  it('is bounded', () => {
    expect(readOnly(`text:${'a'.repeat(20_000)}`)).toMatchObject({ message: 'the filter is too long' })
    expect(readOnly('text:a,'.repeat(500).slice(0, -1))).toMatchObject({ message: 'the filter asks for too much' })
  })

  it('reads back any values as they were written', () => {
    const key = fc.constantFrom('conversation', 'contact', 'event', 'text' as const)
    const value = fc
      .oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.stringMatching(/^[ab",\\: ]+$/))
      .map((text) => text.trim())
      .filter((text) => text !== '')
    fc.assert(
      fc.property(fc.array(fc.record({ key, value }), { minLength: 1, maxLength: 20 }), (terms) => {
        const read = readOnlyTerms(terms.map(onlyTermText).join(', '))
        expect(read).toMatchObject(terms)
      }),
    )
  })

  it('never throws, whatever the filter or the payload', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), (text, payload) => {
        const filter = readOnly(text)
        const event = readOnly('event:a.*,contact:a,text:a,conversation:a')
        if ('message' in event) throw new Error(event.message)
        event({ data: payload, event: 'b' })
        if ('message' in filter) expect(filter.start).toBeLessThanOrEqual(text.length)
      }),
    )
  })
})
