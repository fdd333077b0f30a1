import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedactor } from '../../../src/core/text/redact.ts'
import { shareConversation } from '../../../src/daemon/record/export/share.ts'
import { readScript } from '../../../src/protocol/script/read.ts'
import { writeShared } from '../../../src/protocol/shared/write-shared.ts'
import { recordedTalk } from '../../support/recorded-talk.ts'

const { redact } = createRedactor(['s3cret-of-the-bot'])
const OPTIONS = { redact, withPeople: false } as const

/** The file as somebody who looks for a value may read it: as it is, with its references resolved, and with its escapes. */
const readings = (file: string): readonly string[] => {
  const resolved = file.replace(/&#x([\da-f]+);/g, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
  const unescaped = resolved.replace(/\\u([\da-f]{4})/g, (_, unit: string) =>
    String.fromCharCode(Number.parseInt(unit, 16)),
  )
  return [file, resolved, unescaped]
}

describe('A conversation that is shared', () => {
  it('has the same stand-in for somebody in its text, its deliveries and its data, and says how many there are', () => {
    const details = recordedTalk([
      { text: 'I am Jenny, jenny@firm.example' },
      { text: 'Hi Jenny Jones', own: true, answer: '{"for":"jenny@firm.example","key":"s3cret-of-the-bot"}' },
    ])
    const { talk, replaced } = shareConversation(details, OPTIONS)
    const file = writeShared(talk)
    expect(file).not.toMatch(/jenny|firm|s3cret/i)
    expect(file).toContain('I am Robin, person1@example.com')
    expect(file).toContain('2 names, 1 e-mail address, 5 ids, each with a stand-in; known secrets are [redacted]')
    expect(readScript(file, 'a.html').steps[0]?.acts[0]?.line).toMatchObject({
      text: 'I am Robin, person1@example.com',
    })
    expect(replaced.find(({ kind }) => kind === 'e-mail address')?.original).toBe('jenny@firm.example')
  })

  it('shows what the bot said in its answers, unless it is told of its own messages', () => {
    const answer = JSON.stringify({ messages: [{ text: 'Hello from the answer', role: 'agent' }] })
    const told = (own: true | undefined): string =>
      writeShared(
        shareConversation(
          recordedTalk([
            { text: 'hi', answer },
            { text: 'bye', ...(own && { own }) },
          ]),
          OPTIONS,
        ).talk,
      )
    expect(told(undefined)).toContain('<p class="words" dir="auto">Hello from the answer</p>')
    expect(told(true)).not.toContain('<p class="words" dir="auto">Hello from the answer</p>')
  })

  const word = fc.stringMatching(/^[A-Z][a-zéüøß]{3,9}$/).map((text) => `Q${text}x`)
  const digits = fc.stringMatching(/^[1-9]\d{8,10}$/)
  const person = fc.record({
    name: fc.tuple(word, word).map((parts) => parts.join(' ')),
    email: fc.tuple(word, word).map(([a, b]) => `${a}.${b}@firm.example`),
    telephone: digits.map((text) => `+${text}`),
    street: word.map((text) => `${text} lane 12`),
    id: fc.stringMatching(/^[0-9a-f]{24}$/),
  })

  it('holds nobody who is in it: not in a text, an attribute, an answer, a reason or the data', () => {
    fc.assert(
      fc.property(person, person, fc.boolean(), (one, other, inText) => {
        const said = Object.values(one).join(', ')
        const details = recordedTalk([
          { text: said, conversation: { name: one.name, contact: { name: one.name, email: one.email } } },
          {
            text: Object.values(other).join('\n'),
            user: other.id,
            role: 'agent',
            conversation: { participants: [{ user: other.id, name: other.name, role: 'agent' }] },
            message: {
              items: [{ title: one.name, mediaUrl: `https://firm.example/${one.id}` }],
              meta: { [one.email]: one.street, quotedMessage: said },
              profile: { ...one, address: other.street },
            },
            answer: inText ? `no ${said}` : JSON.stringify({ street: one.street, customer: other, said }),
          },
        ])
        const file = writeShared(shareConversation(details, OPTIONS).talk)
        for (const reading of readings(file.toLowerCase())) {
          for (const { name, email, telephone, street, id } of [one, other]) {
            for (const value of [...name.split(' '), email, telephone, street, id])
              expect(reading).not.toContain(value.toLowerCase())
          }
        }
      }),
    )
  })

  it('leaves out what nobody could write back', () => {
    const [first, deep] = recordedTalk([{ text: 'hi' }, { text: 'deep' }])
    if (first === undefined || deep === undefined) throw new Error('there are two')
    const body = Buffer.from(
      `{"event":"message.create.contact.chat","data":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
    )
    const { talk } = shareConversation([first, { ...deep, delivery: { ...deep.delivery, body } }], OPTIONS)
    expect(talk.deliveries).toHaveLength(1)
  })
})
