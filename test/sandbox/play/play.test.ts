// A script said again to a bot that does, or does not do, what it did.
import { describe, expect, it } from 'vitest'
import type { Json } from '../../../src/core/json.ts'
import { readScript } from '../../../src/protocol/script/read.ts'
import { scriptText } from '../../../src/protocol/script/script.ts'
import type { SandboxOptions } from '../../../src/sandbox/options.ts'
import { type PlayOptions, playScript } from '../../../src/sandbox/play/play.ts'
import { recordingBotForTest, sandboxForTest } from '../../support/platform/sandboxes.ts'

/** A bot that says what `answers` has for a text: a text, or messages. */
async function play(
  text: string,
  answers: Readonly<Record<string, readonly (string | Json)[]>>,
  { options, ...play }: PlayOptions & { readonly options?: SandboxOptions } = {},
) {
  const bot = await recordingBotForTest({
    onRequest: ({ method, body }) => {
      if (method !== 'POST') return
      const { message, conversation } = JSON.parse(body.toString()).data
      if (message.user === sandbox.botId) return
      for (const answer of answers[message.text] ?? []) {
        const said = typeof answer === 'string' ? { text: answer } : answer
        const type = String(said['text']).startsWith('/') ? 'command' : 'chat'
        sandbox.post(conversation.id, { role: 'agent', type, ...said })
      }
    },
  })
  const sandbox = await sandboxForTest({ registered: { url: bot.url, events: ['message.create.*'] }, ...options })
  const script = readScript(text, 'talk')
  return { ...(await playScript(sandbox, script, { timeoutMs: 300, firstTimeoutMs: 5_000, ...play })), sandbox, script }
}

const HELP = { text: 'What do you need?', actions: [{ type: 'reply', text: 'FAQ', payload: 'HELP_FAQ' }] }
const talk = `Jenny: help
Bot: What do you need? [FAQ]
Jenny presses FAQ
Bot: What would you like to know?
  /set topic faq
Alex (agent): I have this one
  Alex (agent): >off
Bot (unseen: backchannel): Off.`

const answers = {
  help: [HELP],
  HELP_FAQ: ['What would you like to know?', '/set topic faq'],
  '>off': [{ text: 'Off.', isBackchannel: true }],
}

describe('A transcript that is played', () => {
  it('finds no difference in a bot that does the same, and is written as it was', async () => {
    const { differences, transcript } = await play(talk, answers)
    expect(differences).toEqual([])
    expect(transcript).toBe(talk)
  })

  it('names the step at which the bot says something else, and both', async () => {
    const { differences } = await play(talk, { ...answers, HELP_FAQ: ['Ask away!', '/set topic faq'] })
    expect(differences).toEqual([
      {
        step: 2,
        what: 'the answer to `Jenny presses FAQ`',
        expected: 'Bot: What would you like to know?\n  /set topic faq',
        received: 'Bot: Ask away!\n  /set topic faq',
      },
    ])
  })

  it('notices what is said too much, too little, or so that the contact does not see it', async () => {
    const hidden = [{ ...HELP, role: 'bot' }]
    const { differences } = await play(talk, { help: hidden, HELP_FAQ: [], '>off': [...answers['>off'], 'Bye'] })
    expect(differences.map(({ step, received }) => [step, received])).toEqual([
      [1, 'Bot (unseen: role bot): What do you need? [FAQ]'],
      [2, 'Jenny cannot press "FAQ": nothing is offered'],
    ])
    const silent = await play(talk, {
      ...answers,
      HELP_FAQ: ['What would you like to know?'],
      '>off': [...answers['>off'], 'Bye'],
    })
    expect(silent.differences.map(({ step, received }) => [step, received])).toEqual([
      [2, 'Bot: What would you like to know?'],
      [3, 'Bot (unseen: backchannel): Off.\nBot: Bye'],
    ])
  })

  it('compares no commands where none were written down', async () => {
    const { differences, transcript } = await play(talk.replace('  /set topic faq\n', ''), answers)
    expect(differences).toEqual([])
    expect(transcript).not.toContain('/set')
  })

  it('has as many conversations as there are headings, each with a contact of its own', async () => {
    const two =
      '== Jenny ==\nJenny: help\nBot: What do you need? [FAQ]\n\n== Sam ==\nSam: help\nBot: What do you need? [FAQ]'
    const { differences, transcript, sandbox } = await play(two, answers)
    expect(differences).toEqual([])
    expect(transcript).toBe(two)
    expect(
      sandbox
        .data('contacts')
        .list()
        .map(({ name }) => name),
    ).toEqual(expect.arrayContaining(['Jenny', 'Sam']))
  })

  it('leaves the assignment to the routing where that has done it', async () => {
    const assigned = 'Jenny: help\n  Admin (agent): /assign\nBot: What do you need? [FAQ]'
    const { sandbox } = await play(assigned, answers, { options: { arrival: 'assigned' } })
    const texts = sandbox
      .data('messages')
      .list()
      .map(({ text }) => text)
    expect(texts.filter((text) => text === '/assign')).toHaveLength(1)
  })

  it('ends with its signal', async () => {
    const ended = AbortSignal.abort(new Error('enough'))
    await expect(play(talk, answers, { signal: ended })).rejects.toThrow('enough')
  })
})

describe('A fixture that is played', () => {
  const conversation = {
    id: '5c1a99e410419f5fb88cb5f2',
    type: 'contact',
    name: 'Jenny',
    contact: 'u'.repeat(24),
    participants: [{ user: 'b'.repeat(24), name: 'Helper', role: 'bot' }],
  }
  const step = (message: Json & { readonly type?: string }, replies?: readonly Json[]) => ({
    event: `message.create.contact.${message.type ?? 'chat'}`,
    payload: { data: { conversation, message: { role: 'contact', user: 'u'.repeat(24), ...message } } },
    ...(replies !== undefined && { replies }),
  })
  const fixture = (...steps: readonly Json[]): string => JSON.stringify({ version: 1, name: 'help', steps })
  const reply = { role: 'agent', ...HELP }

  it('says the same, presses by payload, and names the bot by its new id', async () => {
    const mention = {
      type: 'mention',
      role: 'agent',
      user: 'a'.repeat(24),
      text: 'hey',
      meta: { targetUser: 'b'.repeat(24) },
    }
    const text = fixture(
      step({ text: 'help' }, [reply]),
      step({ type: 'postback', text: 'HELP_FAQ', actions: [{ text: 'FAQ', payload: 'HELP_FAQ' }] }, []),
      step(mention, [{ role: 'agent', text: 'Yes?' }]),
    )
    const { differences, script, sandbox } = await play(text, { help: [HELP], hey: ['Yes?'] })
    expect(scriptText(script)).toBe(
      'Jenny: help\nBot: What do you need? [FAQ]\nJenny presses FAQ\nAgent (agent, unseen: mention): hey\nBot: Yes?',
    )
    expect(differences).toEqual([])
    const mentioned = sandbox
      .data('messages')
      .list()
      .find(({ type }) => type === 'mention')
    expect(mentioned?.['meta']).toEqual({ targetUser: sandbox.botId })
  })

  it('compares nothing where the answer is not known', async () => {
    const { differences, transcript } = await play(fixture(step({ text: 'help' })), { help: [HELP] })
    expect(differences).toEqual([])
    expect(transcript).toBe('Jenny: help\nBot: What do you need? [FAQ]')
  })
})

describe('A script that cannot be played', () => {
  it.each([
    ['Bot: hi\nJenny: hi', 'nobody has said anything before `Bot: hi`'],
    ['', 'nobody says anything in it'],
    ['{"version": 1, "steps": []}', 'nobody says anything in it'],
    ['Jenny: hi\nSam: hi', 'Sam speaks in the conversation of Jenny'],
  ])('%j is refused', (text, sentence) => {
    expect(() => readScript(text, 'talk')).toThrow(`talk: ${sentence}`)
  })
})
