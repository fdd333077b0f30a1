// Messages of the platform as lines of a transcript.
import { isRecord, type Json, textIn, valueIn } from '../../core/json.ts'
import type { Message } from '../resources.ts'
import { unseenByContact } from '../visibility.ts'
import {
  PLAIN,
  type TranscriptButton,
  type TranscriptItem,
  type TranscriptLine,
  type TranscriptSpeaker,
  UNSEEN_REASONS,
  type UnseenReason,
} from './model.ts'

/** The line that a message is; `by` has said it. */
export function lineOf(message: Message, by: TranscriptSpeaker): TranscriptLine {
  const { type, text } = message
  if (type === 'command') return { kind: 'command', by, text }
  const done = { by, unseen: reasonsOf(message) }
  if (type === 'postback') return { kind: 'presses', ...done, button: pressed(message) }
  const [, sign, form] = type === 'form' ? (/^([+-])\s*(.*)$/s.exec(text) ?? []) : []
  if (form !== undefined) return { kind: sign === '+' ? 'opens' : 'closes', ...done, form }
  const [, field, value = ''] = type === 'field' ? (/^\.(\S+)\s*(.*)$/s.exec(text) ?? []) : []
  if (field !== undefined) return { kind: 'fills', ...done, field, value }
  return {
    kind: 'says',
    ...done,
    contentType: textIn(message, 'contentType') ?? PLAIN,
    text,
    buttons: listIn(message, 'actions').map(buttonOf),
    items: listIn(message, 'items').map(itemOf),
  }
}

/** All the reasons why the contact does not see a message. */
function reasonsOf(message: Message): readonly UnseenReason[] {
  const { type, isBackchannel } = message
  const hidden = unseenByContact({ ...message, isBackchannel: false })
  const byType = UNSEEN_REASONS.find((reason) => reason === type)
  return [
    ...(hidden === 'type' && byType !== undefined ? [byType] : []),
    ...(hidden === 'widget-call' ? (['widget call'] as const) : []),
    ...(hidden === 'role' ? (['role bot'] as const) : []),
    ...(isBackchannel ? (['backchannel'] as const) : []),
  ]
}

/** What was written on the button; its payload where that is not known. */
const pressed = (message: Message): string => textIn(listIn(message, 'actions')[0], 'text') ?? message.text

const listIn = (from: unknown, field: string): readonly Json[] => {
  const list = valueIn(from, field)
  return Array.isArray(list) ? list.filter(isRecord) : []
}

const buttonOf = (action: Json): TranscriptButton => ({
  text: textIn(action, 'text') ?? textIn(action, 'payload') ?? '',
  link: textIn(action, 'uri') ?? textIn(action, 'url'),
})

const itemOf = (item: Json): TranscriptItem => ({
  title: textIn(item, 'title') ?? '',
  description: textIn(item, 'description') ?? '',
  picture: textIn(item, 'mediaUrl'),
  buttons: listIn(item, 'actions').map(buttonOf),
})
