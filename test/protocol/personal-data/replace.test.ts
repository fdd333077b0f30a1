import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isRecord } from '../../../src/core/json.ts'
import { isOfPlatform } from '../../../src/protocol/personal-data/platform-words.ts'
import { withoutPersonalData } from '../../../src/protocol/personal-data/replace.ts'

const ID = '5c1a99e410419f5fb88cb5f2'
const person = { user: ID, name: 'Jenny Jones', role: 'guest' }
const bot = { user: 'b'.repeat(24), name: 'Helper', role: 'bot' }
const talk = (text: string, more = {}) => ({
  event: 'message.create.contact.chat',
  data: {
    conversation: { type: 'contact', name: 'Jenny Jones', participants: [person, bot], ...more },
    message: { text },
  },
})
const textOf = (text: string, more = {}): string => withoutPersonalData(talk(text, more)).value.data.message.text

describe('Personal data', () => {
  it.each([
    ['I am Jenny Jones', 'I am Robin Doe'],
    ['jenny here, JENNY JONES', 'Robin here, Robin Doe'],
    ['Hi Jenny! Mrs. Jones?', 'Hi Robin! Mrs. Doe?'],
    ['Jennyfer is somebody else, Helper', 'Jennyfer is somebody else, Helper'],
    ['mail jenny.jones@corp.example or J.B@corp.example', 'mail person1@example.com or person2@example.com'],
    ['call +31 6 1234 5678 or (06) 12345678.', 'call +15550100001 or +15550100002.'],
    [`see https://api.example/v2/users/${ID}.`, 'see https://api.example/v2/users/000000000000000000000001.'],
    ['go to https://shop.example/cart?token=abc, now', 'go to https://example.com/link-1, now'],
    ['https://shop.example/reset/aZ09aZ09aZ09aZ09aZ09', 'https://example.com/link-1'],
    ['https://shop.example/Jenny%20Jones', 'https://shop.example/Robin Doe'],
    ['on 2021-10-10 for 1.250,00', 'on 2021-10-10 for 1.250,00'],
  ])('in %j is replaced: %j', (text, expected) => {
    expect(textOf(text)).toBe(expected)
  })

  it('has the same stand-in everywhere, and two people have two', () => {
    const { value } = withoutPersonalData({
      ...talk('Sam Smith asked Jenny Jones about j@corp.example', {
        contact: { name: 'Sam Smith', email: 'J@corp.example' },
      }),
      activity: { summary: 'User Jenny Jones created a chat message' },
    })
    expect(value.data.conversation).toMatchObject({
      name: 'Robin Doe',
      participants: [{ name: 'Robin Doe' }, { name: 'Helper' }],
      contact: { name: 'Kim Roe', email: 'person1@example.com' },
    })
    expect(value.data.message.text).toBe('Kim Roe asked Robin Doe about person1@example.com')
    expect(value.activity.summary).toBe('User Robin Doe created a chat message')
  })

  it('is known by the names of fields, in profiles, forms, commands and results', () => {
    const { value } = withoutPersonalData({
      profile: { address: { street: 'Dorpsstraat 5', city: 'Ee', number: 5 }, telephone: 31612345678, vip: true },
      messages: [
        { type: 'field', text: '.firstName Piet' },
        { type: 'command', text: '/set postalCode 9131 AB' },
        { type: 'report', results: [{ name: 'city', value: 'Dokkum' }] },
      ],
      text: 'Piet of Dorpsstraat 5, 9131 AB Dokkum: 31612345678',
      time: '2021-10-10T14:04:20.660Z',
    })
    const text = JSON.stringify(value)
    for (const original of ['Dorpsstraat', 'Piet', '9131', 'Dokkum', '31612345678', '"Ee"'])
      expect(text).not.toContain(original)
    expect(value.profile).toMatchObject({ vip: true, telephone: 0 })
    expect(value.time).toBe('2021-10-10T14:04:20.660Z')
  })

  it('gets stand-ins that nobody in it is called', () => {
    const { value, replaced } = withoutPersonalData(
      talk('robin, Kim and Poe', { participants: [{ ...person, name: 'Robin Roe' }] }),
    )
    expect(JSON.stringify(value)).not.toMatch(/robin|roe/i)
    expect(replaced.map(({ standIn }) => standIn)).not.toContain('Kim Roe')
  })

  it('leaves roles, types and names of members what they are, whatever somebody is called', () => {
    const agent = { ...person, name: 'Alex Agent', role: 'agent' }
    const given = {
      headers: { 'User-Agent': 'Web1on1' },
      ...talk('@bot ask Agent, user', { participants: [agent, { ...agent, name: 'Sam User Chat' }] }),
      agent: { scope: 'guest agent bot', meta: { targetName: 'bot' } },
    }
    const { value } = withoutPersonalData(given)
    expect(value).toMatchObject({
      headers: { 'User-Agent': 'Web1on1' },
      event: 'message.create.contact.chat',
      data: { conversation: { participants: [{ role: 'agent' }, { role: 'agent' }] } },
      agent: { scope: 'guest agent bot', meta: { targetName: 'bot' } },
    })
    const names = value.data.conversation.participants.map(({ name }) => name).join(' ')
    expect(`${names} ${value.data.message.text}`).not.toMatch(/alex|agent|user|chat/i)
    expect(value.data.message.text).toMatch(/^@bot /)
  })

  it('knows every word of the templates that is not said by somebody', async () => {
    const words = new Set<string>()
    const collect = (value: unknown): void => {
      if (Array.isArray(value)) value.forEach(collect)
      else if (isRecord(value)) {
        for (const [name, member] of Object.entries(value)) {
          if (/^[a-z]+$/.test(name)) words.add(name)
          if (typeof member === 'string' && /^(?:event|type|role|status|scope)$/.test(name)) words.add(member)
          collect(member)
        }
      }
    }
    const folder = fileURLToPath(new URL('../../../config/events/', import.meta.url))
    for (const file of await readdir(folder)) collect(JSON.parse(await readFile(join(folder, file), 'utf8')))
    const said = new Set([...words].filter((word) => /^[a-z.]+$/.test(word) && !isOfPlatform(word)))
    expect([...said]).toEqual([])
  })

  it('is listed with what stands for it', () => {
    expect(withoutPersonalData(talk('I am Jenny')).replaced).toEqual([
      { kind: 'name', original: 'Jenny Jones', standIn: 'Robin Doe' },
      { kind: 'id', original: ID, standIn: '000000000000000000000001' },
      { kind: 'id', original: 'b'.repeat(24), standIn: '000000000000000000000002' },
      { kind: 'name', original: 'Jenny', standIn: 'Robin' },
    ])
  })

  it('of tens of thousands is replaced as that of a few is', () => {
    const people = Array.from({ length: 20_000 }, (_, n) => ({ firstName: `Qq${n}x`, email: `q${n}@firm.example` }))
    const text = people.map(({ firstName, email }) => `${firstName} (${email})`).join(' ')
    const { value, replaced } = withoutPersonalData({ people, text })
    expect(value.text).not.toMatch(/qq|firm/i)
    expect(replaced).toHaveLength(40_000)
  })

  it.each([
    ['ΣΟΦΟΣ said hi', 'Σοφος'],
    ['JOSÉ said hi', 'Jose\u0301'],
    ['İpek said hi', 'İpek'],
    ['🦄🦄🦄 said hi', '🦄🦄🦄'],
    ['+31 (0)6-12 said hi', '+31 (0)6-12'],
  ])('in %j is found as %s', (said, fullName) => {
    expect(withoutPersonalData({ profile: { fullName }, text: said }).value.text).toBe('Robin said hi')
  })

  const word = fc.stringMatching(/^[A-Z][a-zéüøß]{3,9}$/).map((text) => `Q${text}x`)
  const digits = fc.stringMatching(/^[1-9]\d{8,10}$/)
  const original = fc.record({
    name: fc.tuple(word, word).map((parts) => parts.join(' ')),
    email: fc.tuple(word, word).map(([a, b]) => `${a}.${b}@firm.example`),
    telephone: digits.map((text) => `+${text}`),
    street: word.map((text) => `${text} lane 12`),
    id: fc.stringMatching(/^[0-9a-f]{24}$/),
    link: fc.tuple(word, digits).map(([a, b]) => `https://firm.example/${a}?key=${b}`),
  })

  it('of nobody survives anywhere, whatever the texts around it are', () => {
    const around = fc.array(fc.string({ unit: fc.constantFrom(' ', ',', '"', '\n', '(', 'ok', '.') }), {
      minLength: 8,
      maxLength: 8,
    })
    fc.assert(
      fc.property(fc.array(original, { minLength: 1, maxLength: 3 }), around, fc.boolean(), (people, glue, shout) => {
        const said = people.flatMap((one) => Object.values(one)).map((value, n) => ` ${glue[n % 8]} ${value} `)
        const text = shout ? said.join('').replaceAll(/Q\S+x/g, (name) => name.toUpperCase()) : said.join('')
        const given = {
          data: {
            conversation: {
              participants: people.map(({ name, id }) => ({ user: id, name, role: 'guest' })),
              profiles: people.map(({ email, telephone, street }) => ({ email, telephone, street })),
            },
            message: { text, meta: { [people[0]?.email ?? '']: text } },
          },
        }
        const clean = JSON.stringify(withoutPersonalData(given).value).toLowerCase()
        for (const one of people) {
          const parts = [
            ...Object.values(one),
            ...one.name.split(' '),
            one.email.split('@')[0] ?? '',
            one.telephone.slice(1),
          ]
          for (const part of parts) expect(clean).not.toContain(part.toLowerCase())
        }
      }),
    )
  })
})
