// What a message can show besides its text, read from its document without trusting it.

import { asRecord, asText, isRecord, type Json, textIn } from '../../core/json.ts'
import { htmlLines } from '../../core/text/html-lines.ts'

/** Something that can be pressed; `uri` is where it leads, `null` for what comes back to the bot. */
export interface OfferedAction {
  readonly text: string
  readonly payload: string | null
  readonly type: string
  readonly uri: string | null
}

/** One of the cards of a message. */
export interface OfferedCard {
  readonly title: string
  readonly description: string | null
  /** Its address. */
  readonly picture: string | null
  readonly actions: readonly OfferedAction[]
}

const listIn = (from: Json, key: string): readonly Json[] => {
  const value = from[key]
  return Array.isArray(value) ? value.filter(isRecord) : []
}

const actionOf = (action: Json): OfferedAction => ({
  text: textIn(action, 'text') ?? textIn(action, 'payload') ?? 'button without text',
  payload: textIn(action, 'payload'),
  type: textIn(action, 'type') ?? 'postback',
  uri: textIn(action, 'uri') ?? textIn(action, 'url'),
})

export const actionsIn = (from: Json): readonly OfferedAction[] => listIn(from, 'actions').map(actionOf)

export const cardsIn = (message: Json): readonly OfferedCard[] =>
  listIn(message, 'items').map((item) => ({
    title: textIn(item, 'title') ?? 'card without title',
    description: textIn(item, 'description'),
    picture: textIn(item, 'mediaUrl'),
    actions: actionsIn(item),
  }))

/** The type of the file whose address its text is: `image/png`; `null` where it is text. */
export function fileTypeIn(message: Json): string | null {
  const type = textIn(message, 'contentType')
  return type === null || type.startsWith('text/') ? null : type
}

/** What it says as it is read: of HTML the lines, without tags. */
export const wordsIn = (message: Json, text: string): string =>
  /^text\/html\b/i.test(textIn(message, 'contentType') ?? '') ? htmlLines(text).join('\n') : text

/** What it answers to. */
export const quoteIn = (message: Json): string | null => {
  const quote = asRecord(message['meta'])?.['quotedMessage']
  return asText(quote) ?? textIn(quote, 'text')
}

/** What a form, its fields or its results hold: a name and a value each. */
export const resultsIn = (message: Json): readonly (readonly [name: string, value: string])[] =>
  listIn(message, 'results').map((result) => [
    textIn(result, 'name') ?? textIn(result, 'key') ?? 'field',
    valueText(result['values'] ?? result['value']),
  ])

const valueText = (value: unknown): string =>
  Array.isArray(value)
    ? value.map(valueText).join(', ')
    : typeof value === 'string'
      ? value
      : JSON.stringify(value ?? '')
