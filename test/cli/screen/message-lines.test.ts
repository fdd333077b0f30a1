import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { colorsFor } from '../../../src/cli/output/colors.ts'
import { answerLines, messageLines } from '../../../src/cli/screen/message-lines.ts'
import { widthOf } from '../../../src/cli/screen/text-width.ts'
import type { ShownMessage } from '../../../src/core/notices.ts'
import { expectHarmless, HOSTILE } from '../../support/outside-text.ts'

const HI: ShownMessage = { role: 'bot', name: 'bot', text: 'hi', id: 'm', conversation: 'c', kind: 'chat' }

const lines = (fields: Partial<ShownMessage>, columns = 80): readonly string[] =>
  messageLines({ ...HI, ...fields }, colorsFor(false), columns)

describe('A message on the screen', () => {
  it('has who said it, and goes on below its own beginning', () => {
    expect(lines({})).toEqual(['bot › hi'])
    const text = 'a text that is longer than the terminal is wide'
    expect(lines({ text }, 30)).toEqual(['bot › a text that is longer', '    than the terminal is wide'])
    expect(lines({ text: text.repeat(2) }, 60)).toEqual([
      'bot › a text that is longer than the terminal is widea text',
      '      that is longer than the terminal is wide',
    ])
    expect(lines({ text: 'a\nb', lines: ['a', 'b'] })).toEqual(['bot › a', '      b'])
  })

  it('says why the contact does not see it', () => {
    expect(lines({ unseen: 'role' })).toEqual(['bot › hi (the contact does not see this: the role is "bot")'])
    expect(lines({ unseen: 'backchannel' })[0]).toContain('in the backchannel')
    expect(lines({ unseen: 'type', kind: 'report' })[0]).toContain('a report is for the team')
    expect(lines({ unseen: 'type', kind: 'command', text: '/set step 1' })).toEqual(['bot › /set step 1'])
    expect(lines({ unseen: 'type', kind: 'results', text: 'Test Drive' })).toEqual(['bot sends the form Test Drive'])
  })

  it('says to whom a conversation is given', () => {
    expect(lines({ kind: 'command', unseen: 'type', text: '/assign', to: ['Alex', 'Bob'] })).toEqual([
      'bot › /assign (to Alex, Bob)',
    ])
  })

  it('shows what can be pressed, by which number, and where links lead', () => {
    const buttons = [
      { number: 1, text: 'Settings', payload: 'S' },
      { number: 2, text: 'Site', uri: 'https://example.com/' },
    ]
    expect(lines({ buttons })).toEqual(['bot › hi', '      [1 Settings]  [2 Site] https://example.com/'])
    expect(lines({ text: '', buttons })).toEqual(['bot › [1 Settings]  [2 Site] https://example.com/'])
  })

  it('shows items one below the other, with their pictures', () => {
    const audi = { title: 'Audi A3', description: 'compact', picture: 'https://example.com/a.png' }
    const items = [
      { ...audi, buttons: [{ number: 1, text: 'Choose' }] },
      { title: 'BMW', buttons: [] },
    ]
    expect(lines({ text: '', kind: 'card', title: 'Cars', items })).toEqual([
      'bot › Cars',
      '      - Audi A3',
      '        compact',
      '        picture https://example.com/a.png',
      '        [1 Choose]',
      '      - BMW',
    ])
  })

  it.each([
    [{ contentType: 'image/png', text: 'https://example.com/a.png' }, 'bot › picture https://example.com/a.png'],
    [
      { contentType: 'application/pdf', text: 'https://example.com/a' },
      'bot › file (application/pdf) https://example.com/a',
    ],
    [{ contentType: 'text/url', text: 'https://example.com/' }, 'bot › https://example.com/'],
    [
      { role: 'contact', name: 'Jenny', kind: 'postback', text: 'FAQ', buttons: [{ text: 'Questions' }] },
      'Jenny presses Questions',
    ],
    [{ role: 'contact', name: 'Jenny', kind: 'field', text: '.brand Audi A3' }, 'Jenny fills in brand: Audi A3'],
    [{ kind: 'form', text: '+Test Drive', fields: ['brand', 'model'] }, 'bot opens the form Test Drive (brand, model)'],
    [{ kind: 'form', text: '-Test Drive' }, 'bot closes the form Test Drive'],
    [{ elsewhere: 'Review' }, '[Review] bot › hi'],
    [{ quote: 'how?', text: 'so' }, 'bot › > how?'],
  ] as const)('%j reads %j', (fields, line) => {
    expect(lines(fields)[0]).toBe(line)
  })

  it('on stdout is what the contact sees, and nothing else', () => {
    expect(answerLines({ ...HI, buttons: [{ text: 'Yes' }] })).toEqual(['hi', '[Yes]'])
  })

  it('moves nothing and leaves no line, whatever is in it, and is no wider than its words', () => {
    const text = fc.oneof(
      fc.constantFrom(...Object.values(HOSTILE).map((one) => one.slice(0, 300))),
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.string({ maxLength: 120 }),
    )
    const button = fc.record({ text, uri: text, number: fc.nat(99) }, { requiredKeys: ['text'] })
    const buttons = fc.array(button, { maxLength: 4 })
    const message = fc.record(
      {
        role: fc.constantFrom('bot', 'contact', 'agent'),
        name: text,
        text,
        id: text,
        conversation: text,
        kind: fc.oneof(text, fc.constantFrom('chat', 'form', 'field', 'postback', 'command', 'report')),
        unseen: fc.constantFrom('role', 'backchannel', 'type', 'widget-call'),
        elsewhere: text,
        contentType: text,
        lines: fc.array(text, { maxLength: 4 }),
        title: text,
        quote: text,
        buttons,
        items: fc.array(fc.record({ title: text, description: text, picture: text, buttons }), { maxLength: 3 }),
        fields: fc.array(text, { maxLength: 3 }),
      },
      { requiredKeys: ['role', 'name', 'text', 'id', 'conversation', 'kind'] },
    )
    fc.assert(
      fc.property(message, fc.integer({ min: 20, max: 120 }), (given, columns) => {
        const shown = messageLines(given, colorsFor(true), columns).map(stripVTControlCharacters)
        expect(shown.length).toBeGreaterThan(0)
        for (const line of [...shown, ...answerLines(given)]) {
          expectHarmless(line)
          expect(line).not.toContain('\n')
        }
        for (const line of shown) {
          const longest = Math.max(...line.split(/\s+/u).map(widthOf))
          expect(widthOf(line)).toBeLessThanOrEqual(Math.max(columns, longest + 40))
        }
      }),
    )
  })
})
