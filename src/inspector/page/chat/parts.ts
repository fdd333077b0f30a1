// What a message can show, read from its document without trusting it.
import { asRecord, isRecord, type Json, textIn } from '../../../core/json.ts'
import type { OutputOf } from '../../operations/table.ts'

export type ChatMessage = OutputOf<'conversation'>['messages'][number]

export type ChatPerson = OutputOf<'people'>['people'][number]

export interface ChatAction {
  readonly text: string
  readonly payload: string | null
  readonly type: string
  readonly uri: string | null
}

export interface CarouselItem {
  readonly title: string
  readonly description: string | null
  readonly picture: string | null
  readonly actions: readonly ChatAction[]
}

const listIn = (from: Json, key: string): readonly Json[] => {
  const value = from[key]
  return Array.isArray(value) ? value.filter(isRecord) : []
}

const actionOf = (action: Json): ChatAction => ({
  text: textIn(action, 'text') ?? textIn(action, 'payload') ?? 'button without text',
  payload: textIn(action, 'payload'),
  type: textIn(action, 'type') ?? 'postback',
  uri: textIn(action, 'uri'),
})

export const actionsOf = (from: Json): readonly ChatAction[] => listIn(from, 'actions').map(actionOf)

export const itemsOf = ({ document }: ChatMessage): readonly CarouselItem[] =>
  listIn(document, 'items').map((item) => ({
    title: textIn(item, 'title') ?? 'card without title',
    description: textIn(item, 'description'),
    picture: textIn(item, 'mediaUrl'),
    actions: actionsOf(item),
  }))

/** The type of what it carries, where that is no text: `image/png`. */
export function mediaOf({ document }: ChatMessage): string | null {
  const type = textIn(document, 'contentType')
  return type === null || type.startsWith('text/') ? null : type
}

export const quoteOf = ({ document }: ChatMessage): string | null => {
  const meta = asRecord(document['meta'])
  const quote = meta?.['quotedMessage']
  return typeof quote === 'string' ? quote : textIn(quote, 'text')
}

/** What a form, its fields or its results hold: a name and a value each. */
export const resultsOf = ({ document }: ChatMessage): readonly (readonly [string, string])[] =>
  listIn(document, 'results').map((result) => [
    textIn(result, 'name') ?? textIn(result, 'key') ?? 'field',
    valueText(result['values'] ?? result['value']),
  ])

const valueText = (value: unknown): string =>
  Array.isArray(value)
    ? value.map(valueText).join(', ')
    : typeof value === 'string'
      ? value
      : JSON.stringify(value ?? '')
