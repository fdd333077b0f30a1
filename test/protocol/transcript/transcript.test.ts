import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatTranscript } from '../../../src/protocol/transcript/format.ts'
import type { Scene, Transcript, TranscriptLine, TranscriptSpeaker } from '../../../src/protocol/transcript/model.ts'
import { UNSEEN_REASONS } from '../../../src/protocol/transcript/model.ts'
import { parseTranscript } from '../../../src/protocol/transcript/parse.ts'

const bot: TranscriptSpeaker = { is: 'bot' }
const jenny: TranscriptSpeaker = { is: 'contact', name: 'Jenny' }
const alex: TranscriptSpeaker = { is: 'agent', name: 'Alex' }

const says = (by: TranscriptSpeaker, text: string, more: object = {}): TranscriptLine => ({
  kind: 'says',
  by,
  unseen: [],
  contentType: 'text/plain',
  text,
  buttons: [],
  items: [],
  ...more,
})
const buttons = (...texts: string[]) => texts.map((text) => ({ text, link: null }))
const single = (...lines: TranscriptLine[]): Transcript => [{ heading: null, lines }]

describe('A transcript', () => {
  it('is as plain as the talk is', () => {
    const transcript = single(
      says(jenny, 'help'),
      says(bot, 'What do you need?', { buttons: buttons('Settings', 'FAQ', 'A human') }),
      { kind: 'presses', by: jenny, unseen: [], button: 'FAQ' },
      says(bot, 'What would you like to know?'),
      { kind: 'command', by: bot, text: '/set topic faq' },
      says(jenny, 'opening hours: when?'),
      says(bot, 'From nine to five.'),
    )
    const text = [
      'Jenny: help',
      'Bot: What do you need? [Settings] [FAQ] [A human]',
      'Jenny presses FAQ',
      'Bot: What would you like to know?',
      '  /set topic faq',
      'Jenny: opening hours: when?',
      'Bot: From nine to five.',
    ].join('\n')
    expect(formatTranscript(transcript)).toBe(text)
    expect(parseTranscript(text)).toEqual(transcript)
  })

  it('shows lines, items, pictures, forms, notes, and who does not see what', () => {
    const transcript: Transcript = [
      {
        heading: 'Jenny',
        lines: [
          says(bot, 'Two lines:\n\n  the [second]', {
            buttons: [{ text: 'More', link: 'https://example.com/(a)' }],
            items: [
              {
                title: 'Golf: red',
                description: 'small',
                picture: 'https://example.com/g.png',
                buttons: buttons('Book'),
              },
              { title: 'Polo', description: '', picture: null, buttons: [] },
            ],
          }),
          says(bot, 'https://example.com/cat.png', { contentType: 'image/png' }),
          says(bot, 'Hello!', { unseen: ['role bot'] }),
          says(alex, '@Bot help', { unseen: ['mention', 'backchannel'] }),
          { kind: 'command', by: alex, text: '/join' },
        ],
      },
      {
        heading: 'Sam',
        lines: [
          { kind: 'opens', by: bot, unseen: [], form: 'Test drive' },
          { kind: 'fills', by: { is: 'contact', name: 'Bot' }, unseen: [], field: 'email', value: 'sam@example.com' },
          { kind: 'closes', by: bot, unseen: [], form: 'Test drive' },
          { kind: 'note', text: 'POST /v2/conversations 201' },
        ],
      },
    ]
    const text = String.raw`== Jenny ==
Bot: Two lines:
  |
  |   the \[second] [More](https://example.com/\(a\))
  - Golf\: red: small <https://example.com/g.png> [Book]
  - Polo
Bot (image/png): https://example.com/cat.png
Bot (unseen: role bot): Hello!
Alex (agent, unseen: mention, backchannel): @Bot help
  Alex (agent): /join

== Sam ==
Bot opens the form Test drive
"Bot" fills in email: sam@example.com
Bot closes the form Test drive
  # POST /v2/conversations 201`
    expect(formatTranscript(transcript)).toBe(text)
    expect(parseTranscript(text)).toEqual(transcript)
  })

  it('is read from any system, with empty lines and notes anywhere', () => {
    expect(parseTranscript('\ufeff# a note\r\n\r\n\r\nJenny:   hi  \r\n\tBot: bare\r\n')).toEqual(
      single({ kind: 'note', text: 'a note' }, says(jenny, 'hi'), { kind: 'command', by: bot, text: 'bare' }),
    )
    expect(parseTranscript('\n')).toEqual([])
  })
})

describe('A transcript that cannot be read', () => {
  it.each([
    ['Jenny: hi\nhello there', '2:1', 'expected a name, then `:` and what is said: `Jenny: hi`'],
    ['Jenny: see [1] there', '1:16', 'a button must be at the end: write `\\[` for a bracket that is part of the text'],
    ['Jenny: see [1', '1:12', 'the bracket is not closed with `]`'],
    ['Jenny: C:\\home', '1:10', '`\\h` is not an escape: write `\\\\` for a backslash'],
    ['Jenny: \\u{110000}', '1:8', '`\\u` is not an escape'],
    ['Jenny (vip): hi', '1:8', 'expected `agent`, a content type, or `unseen:` with the reason'],
    ['Bot (unseen: shy): hi', '1:14', '`unseen:` has one of role bot, backchannel'],
    ['Bot (agent): hi', '1:12', 'Bot is the bot, not an agent'],
    ['Alex (agent', '1:12', 'expected `)` or `,`'],
    ['"Jenny: hi', '1:1', 'the quote is not closed'],
    ['Jenny {work}: hi', '1:1', 'a name like this is written in quotes'],
    ['  | more', '1:1', 'a line that begins with `|` goes on with something that was said'],
    ['Jenny presses A\n  - Golf', '2:1', 'a line that begins with `-` is an item of something that was said'],
    ['Bot: hi [A]\n  | more', '2:4', 'the text goes on after its buttons'],
    ['== Jenny', '1:9', 'a heading ends with `==`'],
    ['Jenny fills in email', '1:21', 'expected `:` and the value of the field'],
    ['  Alex (agent) waves', '1:15', 'an indented line is a command'],
    ['Jenny (text/html) presses A', '1:27', 'a content type is that of something said'],
  ])('%j is refused at %s', (text, place, sentence) => {
    expect(() => parseTranscript(text, 'talk.txt')).toThrow(`talk.txt:${place} ${sentence}`)
  })

  it('is refused with a sentence and a place, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from('Jenny: [](){}<>"\\|-=#/ u\n\t'), ' presses ') }),
        (text) => {
          try {
            expect(parseTranscript(formatTranscript(parseTranscript(text)))).toEqual(parseTranscript(text))
          } catch (error) {
            expect(error).toMatchObject({
              code: 'DEVHOOK_FIXTURE_INVALID',
              message: expect.stringMatching(/^transcript:\d+:\d+ \S/),
            })
          }
        },
      ),
    )
  })
})

const nasty = fc.constantFrom(
  ...Array.from('[](){}<>"\'\\|-=#/:,.! \t\n\r\u0000\u202e\u2028\u00a0\ufeff\u200b'),
  '\ud800',
  '\udc00',
  'a',
  'Bot',
  ' presses ',
  ' (agent)',
  '  ',
  '🙂',
)
const text = fc.oneof(fc.string({ unit: nasty }), fc.string({ unit: 'binary' }), fc.constant('hi'))
const speaker: fc.Arbitrary<TranscriptSpeaker> = fc.oneof(
  fc.constant(bot),
  fc.record({ is: fc.constantFrom('contact' as const, 'agent' as const), name: text }),
)
const button = fc.record({ text, link: fc.option(text) })
const done = { by: speaker, unseen: fc.uniqueArray(fc.constantFrom(...UNSEEN_REASONS), { maxLength: 3 }) }
const line: fc.Arbitrary<TranscriptLine> = fc.oneof(
  fc.record({
    kind: fc.constant('says' as const),
    ...done,
    contentType: fc.oneof(fc.constantFrom('text/plain', 'text/html'), text),
    text,
    buttons: fc.array(button, { maxLength: 3 }),
    items: fc.array(
      fc.record({
        title: text,
        description: text,
        picture: fc.option(text),
        buttons: fc.array(button, { maxLength: 2 }),
      }),
      { maxLength: 2 },
    ),
  }),
  fc.record({ kind: fc.constant('presses' as const), ...done, button: text }),
  fc.record({ kind: fc.constantFrom('opens' as const, 'closes' as const), ...done, form: text }),
  fc.record({ kind: fc.constant('fills' as const), ...done, field: text, value: text }),
  fc.record({ kind: fc.constant('command' as const), by: speaker, text }),
  fc.record({ kind: fc.constant('note' as const), text }),
)
const scene: fc.Arbitrary<Scene> = fc.record({ heading: text, lines: fc.array(line, { maxLength: 6 }) })
const transcript: fc.Arbitrary<Transcript> = fc.oneof(
  fc.array(scene, { maxLength: 3 }),
  fc.array(line, { minLength: 1, maxLength: 6 }).map((lines) => [{ heading: null, lines }]),
)

describe('Any transcript', () => {
  it('is read back as it was written, by whatever text it has', () => {
    fc.assert(
      fc.property(transcript, (given) => {
        expect(parseTranscript(formatTranscript(given))).toEqual(given)
      }),
      { numRuns: 1_000 },
    )
  })

  it('is read back after an editor has taken white space off the ends of lines, or written other line breaks', () => {
    fc.assert(
      fc.property(transcript, (given) => {
        const saved = formatTranscript(given)
          .split('\n')
          .map((each) => each.trimEnd())
          .join('\r\n')
        expect(parseTranscript(`${saved}\r\n`)).toEqual(given)
      }),
      { numRuns: 500 },
    )
  })

  it('is shown without anything that a terminal acts on', () => {
    fc.assert(
      fc.property(transcript, (given) => {
        expect(formatTranscript(given).replaceAll('\n', '')).not.toMatch(
          /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Surrogate}]/u,
        )
      }),
    )
  })
})
