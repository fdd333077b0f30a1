// The placeholders in the texts of event templates: which there are, and what replaces them.
import { isRecord, type Json } from '../../core/json.ts'
import { SPREAD } from './template.ts'

/** Every placeholder that a template may hold: `{{bot.id}}`. */
export const PLACEHOLDERS = [
  'id',
  'time',
  'text',
  'api',
  'organization.id',
  'organization.name',
  'bot.id',
  'bot.name',
  'agent.id',
  'agent.name',
  'contact.id',
  'contact.name',
  'by.id',
  'by.name',
  'conversation.id',
  'conversation.type',
  'message.id',
  'message.type',
] as const

type Placeholder = (typeof PLACEHOLDERS)[number]

/** What replaces each placeholder. */
export type Values = Readonly<Record<Placeholder, string>>

/** A placeholder anywhere in a text. */
const PLACEHOLDER = /\{\{([^{}]*)\}\}/g

const isPlaceholder = (name: string): name is Placeholder => PLACEHOLDERS.some((known) => known === name)

/** The names in double braces that are not placeholders. */
export const unknownPlaceholders = (text: string): readonly string[] =>
  [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name).filter((name) => !isPlaceholder(name))

/** The text with values in place of placeholders. */
export const fillText = (text: string, values: Values): string =>
  text.replace(PLACEHOLDER, (whole, name: string) => (isPlaceholder(name) ? values[name] : whole))

/** Gives the part of this name, filled in. */
export type PartOf = (name: string) => Json

/** A copy of a value of a template: every text filled in, and every object begun with the part that it names. */
export function fillValue(value: unknown, values: Values, part: PartOf): unknown {
  if (typeof value === 'string') return fillText(value, values)
  if (Array.isArray(value)) return value.map((item) => fillValue(item, values, part))
  return isRecord(value) ? fillObject(value, values, part) : value
}

/** The same for an object. */
export function fillObject(value: Json, values: Values, part: PartOf): Json {
  const entries = Object.entries(value).flatMap(([key, entry]) =>
    key === SPREAD ? Object.entries(part(String(entry))) : [[key, fillValue(entry, values, part)] as const],
  )
  return Object.fromEntries(entries)
}
