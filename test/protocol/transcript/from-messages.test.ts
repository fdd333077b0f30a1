import { describe, expect, it } from 'vitest'
import { buildConversation, buildMessage } from '../../../src/protocol/documents.ts'
import type { Role } from '../../../src/protocol/resources.ts'
import { formatLine } from '../../../src/protocol/transcript/format.ts'
import { lineOf } from '../../../src/protocol/transcript/from-messages.ts'
import type { TranscriptSpeaker } from '../../../src/protocol/transcript/model.ts'

const time = new Date(0)
const conversation = buildConversation({ id: '5c1a99e410419f5fb88cb5f2', organization: 'o', name: 'Jenny', time })
const bot: TranscriptSpeaker = { is: 'bot' }
const jenny: TranscriptSpeaker = { is: 'contact', name: 'Jenny' }
const alex: TranscriptSpeaker = { is: 'agent', name: 'Alex' }

const line = (by: TranscriptSpeaker, role: Role, type: string, text: string, more = {}): string =>
  formatLine(
    lineOf(
      buildMessage({ id: '5c1a974dabcdb128d0e90e93', conversation, type, role, author: 'u', text, more, time }),
      by,
    ),
  )

describe('A message in a transcript', () => {
  it.each([
    [jenny, 'contact', 'chat', 'hi', {}, 'Jenny: hi'],
    [bot, 'agent', 'chat', 'Hello!', {}, 'Bot: Hello!'],
    [bot, 'bot', 'chat', 'Hello!', {}, 'Bot (unseen: role bot): Hello!'],
    [alex, 'agent', 'chat', 'rude', { isBackchannel: true }, 'Alex (agent, unseen: backchannel): rude'],
    [alex, 'agent', 'mention', '@Bot help', {}, 'Alex (agent, unseen: mention): @Bot help'],
    [bot, 'agent', 'chat', '>cs /notify', {}, 'Bot (unseen: widget call): >cs /notify'],
    [bot, 'agent', 'command', '/set topic faq', {}, '  /set topic faq'],
    [alex, 'agent', 'command', '>help', {}, '  Alex (agent): >help'],
    [jenny, 'contact', 'postback', 'FAQ_1', { actions: [{ text: 'FAQ', payload: 'FAQ_1' }] }, 'Jenny presses FAQ'],
    [jenny, 'contact', 'postback', 'FAQ_1', {}, 'Jenny presses FAQ_1'],
    [bot, 'bot', 'form', '+Test drive', {}, 'Bot opens the form Test drive'],
    [bot, 'bot', 'form', '-Test drive', {}, 'Bot closes the form Test drive'],
    [jenny, 'contact', 'field', '.email a@example.com', {}, 'Jenny fills in email: a@example.com'],
    [
      bot,
      'agent',
      'chat',
      'https://example.com/a.png',
      { contentType: 'image/png' },
      'Bot (image/png): https://example.com/a.png',
    ],
    [
      bot,
      'agent',
      'card',
      '',
      { actions: [{ text: 'Site', uri: 'https://example.com' }] },
      'Bot: [Site](https://example.com)',
    ],
    [
      bot,
      'agent',
      'card',
      'Cars',
      {
        items: [
          { title: 'Golf', description: 'small', mediaUrl: 'https://example.com/g', actions: [{ text: 'Book' }] },
        ],
      },
      'Bot: Cars\n  - Golf: small <https://example.com/g> [Book]',
    ],
  ] as const)('%j as %s, %s, %j %j is %j', (by, role, type, text, more, expected) => {
    expect(line(by, role, type, text, more)).toBe(expected)
  })
})
