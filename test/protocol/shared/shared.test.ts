import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DevHookError } from '../../../src/core/errors.ts'
import { shareConversation } from '../../../src/daemon/record/export/share.ts'
import { scriptOfFixture } from '../../../src/protocol/script/from-fixture.ts'
import { readScript } from '../../../src/protocol/script/read.ts'
import { writeShared } from '../../../src/protocol/shared/write-shared.ts'
import { HOSTILE } from '../../support/outside-text.ts'
import { type RecordedMessage, recordedTalk } from '../../support/recorded-talk.ts'

const AS_IT_IS = { redact: null, withPeople: true } as const

const shared = (messages: readonly RecordedMessage[], options: Parameters<typeof shareConversation>[1] = AS_IT_IS) =>
  shareConversation(recordedTalk(messages), options).talk

const written = (...messages: readonly RecordedMessage[]): string => writeShared(shared(messages))

/** What a person reads in it: without tags, and with every reference resolved. */
const textIn = (file: string): string =>
  file
    .slice(file.indexOf('<header>'), file.indexOf('<script'))
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#x([\da-f]+);/g, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replace(/\s+/g, ' ')
    .replaceAll(' ,', ',')

/** Every tag in it, by name. */
const tagsIn = (file: string): ReadonlySet<string> =>
  new Set([...file.matchAll(/<\/?([a-z!]\w*)/gi)].map(([, name = '']) => name.toLowerCase()))

const PLAIN_TAGS = tagsIn(
  written({ text: 'hi', message: { actions: [{ text: 'a', uri: 'b' }], items: [{ title: 'c' }], results: [{}] } }),
)

function problemOf(read: () => unknown): DevHookError {
  try {
    read()
  } catch (error) {
    if (error instanceof DevHookError) return error
    throw error
  }
  throw new Error('it was read')
}

const HOSTILE_TEXTS = [
  ...Object.values(HOSTILE),
  '</script><script>alert(1)</script>',
  '<!--<script>',
  '<svg/onload=alert(1)>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '&lt;b&gt; &amp;',
  'javascript:alert(1)',
  ']]><style>*{display:none}</style>',
]

const anyText = fc.oneof(
  fc.constantFrom(...HOSTILE_TEXTS),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('<', '>', '&', '"', "'", '/', 'script', '!--', '\n', '\r', '\u2028', '\ud800') }),
)

describe('A shared file', () => {
  it('is read as a chat: who says what and when, what can be pressed, and why the contact does not see it', () => {
    const text = textIn(
      written(
        { text: 'A tandem, please' },
        {
          text: 'Which one?',
          own: true,
          message: {
            actions: [
              { type: 'reply', text: 'Daisy', payload: 'd' },
              { type: 'link', text: 'All', uri: 'https://bikes.example' },
            ],
          },
        },
        {
          text: 'd',
          event: 'message.create.contact.postback',
          message: { type: 'postback', actions: [{ text: 'Daisy' }] },
        },
        { text: 'a regular', own: true, message: { isBackchannel: true } },
        { text: 'https://bikes.example/d.png', own: true, message: { contentType: 'image/png' } },
        { text: '<p>Bye, <b>you</b></p>', own: true, message: { contentType: 'text/html' } },
        { text: '/leave', own: true, event: 'message.create.contact.command', message: { type: 'command' } },
        { text: 'bye', answer: null },
        { text: '', event: 'conversation.update' },
      ),
    )
    for (const part of [
      'Jenny Jones and Bikes',
      '27 November 2026',
      'Jenny Jones 09:30:00 A tandem, please',
      'Bikes bot 09:30:01 Which one? Daisy All https://bikes.example',
      'Jenny Jones presses 09:30:02 Daisy',
      'a regular The contact does not see this: it is in the backchannel.',
      'image/png https://bikes.example/d.png',
      'Bye, you delivery',
      '/leave The contact does not see this: it is a command.',
      'delivery · 200 after 35ms',
      'received 09:30:00.000 attempt 1 sent 09:30:00.005, answered 200 after 35ms',
      'delivery · undelivered',
      'refused: connect ECONNREFUSED 127.0.0.1:3000 after 35ms',
      '09:30:08 conversation.update',
    ])
      expect(text).toContain(part)
  })

  it('says the same to a bot as the fixture of the same conversation, whatever is said in it', () => {
    const talk = fc.array(fc.record({ text: anyText, own: fc.constantFrom(true as const, undefined) }), {
      maxLength: 4,
    })
    fc.assert(
      fc.property(anyText, talk, (first, rest) => {
        const messages = [{ text: first }, ...rest.map(({ text, own }) => ({ text, ...(own && { own }) }))]
        const conversation = shared(messages, { redact: null, withPeople: false })
        const file = writeShared(conversation)
        expect(readScript(file, 'talk.html')).toEqual(scriptOfFixture(wellFormed(conversation.fixture)))
        expect(readScript(`\ufeff${file.replaceAll('\n', '\r\n')}\r\n`, 'talk.html').steps).toHaveLength(
          scriptOfFixture(conversation.fixture).steps.length,
        )
      }),
    )
  })

  it('has no markup but its own, and printable ASCII alone, whatever anybody says, is called or sends', () => {
    fc.assert(
      fc.property(anyText, anyText, (text, other) => {
        const file = written({
          text,
          conversation: { name: other, participants: [{ user: 'u', name: other, role: 'bot' }] },
          message: {
            actions: [{ type: 'link', text: other, uri: text }],
            items: [{ title: other, description: text, mediaUrl: other }],
            meta: { quotedMessage: text },
            results: [{ name: other, value: text }],
            contentType: 'text/plain',
          },
          answer: text,
        })
        expect([...tagsIn(file)].filter((tag) => !PLAIN_TAGS.has(tag) && tag !== 'blockquote')).toEqual([])
        expect(file.match(/[^\t\n -~]/g)).toBeNull()
        expect(file.match(/<script/g)).toHaveLength(1)
      }),
    )
  })

  it('shows the beginning of what is very long, and plays all of it', () => {
    const long = 'x'.repeat(1_000_000)
    const file = written({ text: long })
    expect(file.length).toBeLessThan(1_100_000)
    const [step] = readScript(file, 'talk.html').steps
    expect(step?.acts[0]?.line).toMatchObject({ text: long })
  })

  it('has a bounded size beside its data, however many deliveries there are', () => {
    const many = Array.from({ length: 500 }, () => ({ text: 'y'.repeat(30_000) }))
    const file = written(...many)
    expect(file.indexOf('<script')).toBeLessThan(8_000_000)
    expect(textIn(file)).toContain('not shown: there are too many')
  })

  it('is not written when it would be larger than a file that is read', () => {
    const problem = problemOf(() => written(...Array.from({ length: 7 }, () => ({ text: '<'.repeat(1_000_000) }))))
    expect(problem.message).toMatch(/^the file would have \d+(\.\d)? MiB, more than 32 MiB$/)
  })

  const whole = written({ text: 'hi' }, { text: 'Hello!', own: true })
  it.each([
    [
      'any page',
      '<!doctype html>\n<html><body>Jenny: hi</body></html>',
      /not a conversation that dev-hook has exported/,
      /--as html/,
    ],
    ['a picture', '<svg xmlns="http://www.w3.org/2000/svg"/>', /not a conversation that dev-hook/, /--as html/],
    [
      'one of a later version',
      whole.replace('content="1 sha256', 'content="2 sha256'),
      /has the form 2/,
      /update dev-hook/,
    ],
    ['one that was cut short', whole.slice(0, -40), /a part of the file is missing/, /sent again/],
    ['one with another text', whole.replace('>hi<', '>ho<'), /changed after it was exported/, /as it was exported/],
    ['one with other data', whole.replace('"text":"hi"', '"text":"ho"'), /changed after/, /--as transcript/],
  ])('is refused with what is wrong and what to do: %s', (_, file, sentence, remedy) => {
    const problem = problemOf(() => readScript(file, 'talk.html'))
    expect(problem.is('fixtureInvalid')).toBe(true)
    expect(problem.message).toMatch(sentence)
    expect(problem.message).toContain('talk.html')
    expect(problem.remedy).toMatch(remedy)
  })
})

/** As JSON for other programs has it: half a character is replaced. */
const wellFormed = <T>(value: T): T => JSON.parse(JSON.stringify(value).replace(/\\ud[89a-f][\da-f]{2}/g, '\ufffd'))
