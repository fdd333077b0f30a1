// The keys of a filter: what each of them asks of a delivery, and what may follow it.
import { isEventPattern, matchesEvent } from '../events.ts'
import { type FilteredRow, hasOutcome, OUTCOME_NAMES } from './outcomes.ts'
import { readTime, TIMES } from './point-in-time.ts'

/** What one value asks of a row. */
export type RowTest = (row: FilteredRow) => boolean

/** What one value asks of the text of a body. */
export type BodyTest = (text: string) => boolean

export type FilterKey = {
  /** What may follow it, for help and errors. */
  readonly values: string
  /** For help: what it finds. */
  readonly finds: string
} & (
  | {
      readonly of: 'row'
      /** What a value asks; `null` for one that means nothing. */
      readonly test: (value: string, now: number) => RowTest | null
    }
  | { readonly of: 'body'; readonly test: (value: string) => BodyTest }
)

/** Any event that one of these patterns covers. */
export const isEvent =
  (pattern: string): RowTest =>
  ({ label }) =>
    label.event !== null && matchesEvent(pattern, label.event)

/** This conversation and no other. */
export const isConversation =
  (id: string): RowTest =>
  ({ label }) =>
    label.conversation === id

export const isSince =
  (time: number): RowTest =>
  ({ receivedAt }) =>
    receivedAt >= time

export const isBefore =
  (time: number): RowTest =>
  ({ receivedAt }) =>
    receivedAt < time

/** Whether a text contains another one, whatever the case of their letters. */
export function contains(words: string): (text: string) => boolean {
  const wanted = words.toLowerCase()
  return (text) => text.toLowerCase().includes(wanted)
}

/** A word without a key: in what the delivery says about itself. */
export function isAbout(words: string): RowTest {
  const has = contains(words)
  return ({ label: { text, from, event } }) => has(text ?? '') || has(from ?? '') || has(event ?? '')
}

/** Ids are cut short on the screen, at either end. */
const isIdLike =
  (given: string) =>
  (id: string | null): boolean =>
    id !== null && (id.startsWith(given) || id.endsWith(given))

const STATUS = /^(?:[1-5]xx|[1-5]\d\d)$/i

function hasStatus(value: string): RowTest | null {
  if (!STATUS.test(value)) return null
  const isClass = /xx$/i.test(value)
  return ({ status, ownStatus }) => {
    const shown = String(status ?? ownStatus ?? '')
    return isClass ? shown[0] === value[0] : shown === value
  }
}

const KINDS: ReadonlyMap<string, RowTest> = new Map<string, RowTest>([
  ['own', ({ label }) => label.own === true],
  ['edited', ({ editOf }) => editOf !== null],
  ['replayed', ({ replays }) => replays > 0],
  ['retried', ({ attempts, replays }) => attempts - replays > 1],
  ['waiting', ({ settled }) => settled === null || settled === 'acknowledged'],
])

const searchIn = (read: (row: FilteredRow) => string | null | undefined) => (value: string) => {
  const has = contains(value)
  return (row: FilteredRow): boolean => has(read(row) ?? '')
}

const timed = (test: (time: number) => RowTest) => (value: string, now: number) => {
  const time = readTime(value, now)
  return time === null ? null : test(time)
}

const KEY_TABLE: Readonly<Record<string, FilterKey>> = {
  event: {
    of: 'row',
    values: 'an event, or a pattern such as `message.*`',
    finds: 'events, as in a subscription',
    test: (value) => (isEventPattern(value) ? isEvent(value) : null),
  },
  conv: {
    of: 'row',
    values: 'the id of a conversation, or its beginning or end',
    finds: 'one conversation',
    test: (value) => {
      const isLike = isIdLike(value)
      return ({ label }) => isLike(label.conversation)
    },
  },
  outcome: { of: 'row', values: OUTCOME_NAMES.join(', '), finds: 'what became of it', test: hasOutcome },
  status: { of: 'row', values: 'a status such as `404`, or `5xx`', finds: 'the status of the answer', test: hasStatus },
  since: { of: 'row', values: TIMES, finds: 'received from this time on', test: timed(isSince) },
  until: { of: 'row', values: TIMES, finds: 'received before this time', test: timed(isBefore) },
  text: { of: 'row', values: 'words', finds: 'what was said', test: searchIn(({ label }) => label.text) },
  from: { of: 'row', values: 'a name', finds: 'who said it', test: searchIn(({ label }) => label.from) },
  id: {
    of: 'row',
    values: 'the id of a delivery, or its beginning or end',
    finds: 'one delivery',
    test: (value) => {
      const isLike = isIdLike(value)
      return ({ id }) => isLike(id)
    },
  },
  is: {
    of: 'row',
    values: [...KINDS.keys()].join(', '),
    finds: 'what is special about it',
    test: (value) => KINDS.get(value) ?? null,
  },
  body: { of: 'body', values: 'words', finds: 'anything in the body', test: contains },
}

/** Every key, in the order in which help lists them. */
export const FILTER_KEYS: ReadonlyMap<string, FilterKey> = new Map(Object.entries(KEY_TABLE))
