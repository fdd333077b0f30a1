// The filter of `--only`: which deliveries are mine.
import type { Json } from '../../core/json.ts'
import { isEventPattern, matchesEvent } from '../events.ts'
import type { FilterProblem } from '../query/reading.ts'
import { type OnlyTerm, readOnlyTerms } from './filter-text.ts'
import { subjectOf } from './subject.ts'

/** Whether a delivery is wanted, by its payload; `null` for a body that is not a JSON object, which never is. */
export type OnlyFilter = (payload: Json | null) => boolean

/** Reads a filter, or says what is wrong with it. */
export function readOnly(text: string): OnlyFilter | FilterProblem {
  const terms = readOnlyTerms(text)
  if ('message' in terms) return terms
  const odd = terms.find(({ key, value }) => key === 'event' && !isEventPattern(value))
  if (odd === undefined) return filterOf(terms)
  const { start, end, value } = odd
  return { start, end, message: `\`${value}\` is not an event`, allowed: 'an event, or a pattern such as `message.*`' }
}

/** What any of several filters wants. */
export const anyOnly =
  (filters: readonly OnlyFilter[]): OnlyFilter =>
  (payload) =>
    filters.some((filter) => filter(payload))

function filterOf(terms: readonly OnlyTerm[]): OnlyFilter {
  const valuesOf = (key: OnlyTerm['key']): readonly string[] =>
    terms.filter((term) => term.key === key).map(({ value }) => folded(value))
  const conversations = new Set(valuesOf('conversation'))
  const contacts = new Set(valuesOf('contact').flatMap(spellings))
  const events = valuesOf('event')
  const texts = valuesOf('text')

  return (payload) => {
    if (payload === null) return false
    const { event, conversation, contact, said } = subjectOf(payload)
    if (conversation !== null && conversations.has(folded(conversation))) return true
    const name = event?.toLowerCase()
    if (name !== undefined && events.some((pattern) => matchesEvent(pattern, name))) return true
    if (contacts.size > 0 && contact.some((known) => spellings(folded(known)).some((one) => contacts.has(one))))
      return true
    if (said === null || texts.length === 0) return false
    const words = folded(said)
    return texts.some((wanted) => words.includes(wanted))
  }
}

/** As people compare texts: whatever the case of letters, however an accent is encoded, one space for many. */
const folded = (text: string): string => text.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim()

const TELEPHONE = /^(?:\+|00)?[\d\s()./-]{5,30}$/

/** A folded text, and where it may be a telephone number, that number as it is dialled: `+31 6 12-34 56 78` is `+31612345678`. */
function spellings(text: string): readonly string[] {
  if (!TELEPHONE.test(text)) return [text]
  return [text, text.replace(/[^\d+]/g, '').replace(/^00/, '+')]
}
