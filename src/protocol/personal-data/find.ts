// Finding personal data in documents of the platform: by the names of their fields, and by who somebody is.
import { asRecord, asText, isRecord, type Json, textIn } from '../../core/json.ts'
import { isOfPlatform } from './platform-words.ts'

/** What was found, in the order of its first appearance. */
export interface PersonalData {
  /** Whole names, and parts of them that stand alone. */
  readonly names: readonly string[]
  /** Everything else that a field says to be personal: addresses, numbers, places. */
  readonly values: readonly string[]
  /** The short names that the platform gives documents. */
  readonly slugs: readonly string[]
}

interface Findings {
  readonly names: Set<string>
  readonly bots: Set<string>
  readonly values: Set<string>
  readonly slugs: Set<string>
}

const NAME_PART =
  /^(?:given|family|first|last|middle|sur|full|nick|display|user|contact|customer|client|maiden)_?-?names?$/i
const PERSONAL =
  /(?:e-?mail|telephone|phone(?:_?number)?|mobile|fax|whatsapp|address|street|house_?(?:no|number)|postal_?code|post_?code|zip(?:_?code)?|city|town|birth_?(?:day|date)?|date_?of_?birth|dob|iban|bsn|ssn|passport|licen[cs]e_?plate|kenteken|latitude|longitude|ip_?address|avatar)$/i
/** The members of a document that are somebody. */
const SOMEBODY = /^(?:contact|user|agent|author|assignee|participants?|profile|customer|person|people|contacts|users)$/i

/** Whether a field of this name is personal. */
export const isPersonalField = (name: string): boolean => PERSONAL.test(name)

/** Looks through documents of any depth. */
export function findPersonalData(documents: readonly unknown[]): PersonalData {
  const found: Findings = { names: new Set(), bots: new Set(), values: new Set(), slugs: new Set() }
  // Without recursion: what comes from outside may be nested more deeply than the stack allows.
  const open: { readonly value: unknown; readonly key: string; readonly isPersonal: boolean }[] = documents
    .map((value) => ({ value, key: '', isPersonal: false }))
    .toReversed()
  const known = new Map<unknown, string>()
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, key, isPersonal } = next
    if (Array.isArray(value)) open.push(...value.map((item) => ({ value: item, key, isPersonal })).toReversed())
    else if (isRecord(value)) {
      // Nothing else is in what is there a second time under the same name.
      if (known.get(value) === key && !isPersonal) continue
      known.set(value, key)
      noteDocument(value, key, found)
      const members = Object.entries(value).map(([name, member]) => {
        if (!isPersonal) noteField(name, member, found)
        return { value: member, key: name, isPersonal: isPersonal || isPersonalField(name) }
      })
      open.push(...members.toReversed())
    } else if (isPersonal) noteValue(value, found)
  }
  const names = [...found.names].filter((name) => !found.bots.has(name) && !isOfPlatform(name))
  return { names, values: [...found.values], slugs: [...found.slugs] }
}

/** What a document says by being what it is. */
function noteDocument(document: Json, key: string, found: Findings): void {
  const name = textIn(document, 'name')
  // A message has a role, too.
  const isBot = document['role'] === 'bot' && !('text' in document)
  if (isBot) {
    for (const own of [name, textIn(document, 'displayName')]) if (own !== null) found.bots.add(own)
    return
  }
  const isContactTalk = key === 'conversation' && (document['type'] ?? 'contact') === 'contact'
  if (name !== null && (SOMEBODY.test(key) || isContactTalk || looksLikeSomebody(document))) found.names.add(name)
  const whole = [textIn(document, 'givenName'), textIn(document, 'familyName')].filter((part) => part !== null)
  if (whole.length > 1) found.names.add(whole.join(' '))
  const slug = textIn(document, 'slug')
  if (slug !== null) found.slugs.add(slug)
  notePair(document, found)
  noteText(document, found)
}

const looksLikeSomebody = (document: Json): boolean =>
  ['guest', 'agent', 'admin'].includes(String(document['role'])) && 'user' in document

/** `{name: 'email', value: …}`, as results of forms and fields are written. */
function notePair(document: Json, found: Findings): void {
  const field = textIn(document, 'key') ?? textIn(document, 'name')
  if (field === null) return
  for (const member of ['value', 'values']) noteFilledIn(field, document[member], found)
}

/** What a message says about itself: `.email …` and `/set email …`, and who did something. */
function noteText(document: Json, found: Findings): void {
  const text = textIn(document, 'text') ?? ''
  const [, field, value] = /^(?:\.|\/set\s+@?)(\S+)\s+(.*)$/s.exec(text) ?? []
  if (field !== undefined) noteFilledIn(field, value, found)
  const [, actor] =
    /^(?:User|Contact) (.{1,100}?) (?:created|updated|deleted|logged|did) /.exec(textIn(document, 'summary') ?? '') ??
    []
  if (actor !== undefined) found.names.add(actor)
  const target = textIn(asRecord(document['meta']), 'targetName')
  if (target !== null) found.names.add(target)
}

/** In a form a field called `name` is about whoever fills it in. */
function noteFilledIn(field: string, value: unknown, found: Findings): void {
  noteField(/^(?:full_?)?name$/i.test(field) ? 'fullName' : field, value, found)
}

function noteField(name: string, value: unknown, found: Findings): void {
  const values = Array.isArray(value) ? value : [value]
  for (const each of values) {
    const text = asText(each)
    if (NAME_PART.test(name) && text !== null) found.names.add(text)
    else if (isPersonalField(name)) noteValue(each, found)
  }
}

function noteValue(value: unknown, found: Findings): void {
  if (typeof value === 'string' || typeof value === 'number') found.values.add(String(value))
}
