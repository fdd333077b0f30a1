// Which recorded deliveries a command line means.

import { DevHookError } from '../../core/errors.ts'
import type { DeliveryFilter } from '../../journal/reader.ts'
import { searchableText } from '../../protocol/body-json.ts'
import { isEventPattern } from '../../protocol/events.ts'
import { isBefore, isConversation, isEvent, isSince, type RowTest } from '../../protocol/query/keys.ts'
import { hasOutcome, OUTCOME_NAMES } from '../../protocol/query/outcomes.ts'
import { readTime, TIMES } from '../../protocol/query/point-in-time.ts'
import { allOf, anyOf, type DeliveryQuery, problemWords, readQuery } from '../../protocol/query/query.ts'
import { countOf, listOf, type Own, textOf } from '../command-line/own-flags.ts'

/** Reads the filters of a command line: those of the flags, and what `--query` says. Throws `usage` for a value that means nothing. */
export function readFilter(own: Own, now: number = Date.now()): DeliveryFilter {
  const query = queryOf(own, now)
  const body = query?.body ?? null
  const last = countOf(own, 'last')
  return {
    where: allOf([...(query === null ? [] : [query.fits]), ...flagTests(own, now)]),
    ...(body !== null && { content: (content) => body(searchableText(content.headers, content.body)) }),
    ...(last !== null && { last }),
  }
}

function queryOf(own: Own, now: number): DeliveryQuery | null {
  const text = textOf(own, 'query')
  if (text === null) return null
  const query = readQuery(text, now)
  if ('fits' in query) return query
  throw new DevHookError('usage', `the filter has a mistake in ${problemWords(query)}`, {
    remedy: `allowed here: ${query.allowed}`,
  })
}

function flagTests(own: Own, now: number): RowTest[] {
  const conversations = listOf(own, 'conversation')
  const since = timeOf(own, 'since', now)
  const until = timeOf(own, 'until', now)
  return [
    ...testsOf(own, 'event', (pattern) => (isEventPattern(pattern) ? isEvent(pattern) : null), 'an event pattern'),
    ...testsOf(own, 'outcome', hasOutcome, `one of ${OUTCOME_NAMES.join(', ')}`),
    ...(conversations === null ? [] : [anyOf(conversations.map(isConversation))]),
    ...(since === null ? [] : [isSince(since)]),
    ...(until === null ? [] : [isBefore(until)]),
  ]
}

/** What a flag asks whose values are joined by commas: one of them has to fit. */
function testsOf(own: Own, flag: string, read: (value: string) => RowTest | null, expected: string): RowTest[] {
  const parts = listOf(own, flag)
  if (parts === null) return []
  const tests = parts.map((part) => {
    const test = read(part)
    if (test === null) throw new DevHookError('usage', `\`${part}\` (from --${flag}) is not ${expected}`)
    return test
  })
  return [anyOf(tests)]
}

function timeOf(own: Own, flag: string, now: number): number | null {
  const text = textOf(own, flag)
  const time = text === null ? null : readTime(text, now)
  if (text !== null && time === null)
    throw new DevHookError('usage', `\`${text}\` (from --${flag}) is not a time: give ${TIMES}`)
  return time
}
