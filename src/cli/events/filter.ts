// Which recorded deliveries a command line means.

import { isSuccess } from '../../core/delivery.ts'
import { DevHookError } from '../../core/errors.ts'

import type { DeliveryFilter } from '../../journal/reader.ts'
import type { Summary } from '../../journal/summary.ts'
import { isEventPattern, isSubscribed } from '../../protocol/events.ts'
import { readTime, TIMES } from './point-in-time.ts'

/** The values of a command's own flags. */
export type Own = Readonly<Record<string, unknown>>

/** Reads the filters of a command line. Throws `usage` for a value that means nothing. */
export function readFilter(own: Own, now: number = Date.now()): DeliveryFilter {
  const conversation = textOf(own, 'conversation')
  const events = listOf(own, 'event')
  const wrong = events?.find((pattern) => !isEventPattern(pattern))
  if (wrong !== undefined) throw usage(`\`${wrong}\` (from --event) is not an event pattern`)
  const outcomes = outcomesOf(own)
  const since = timeOf(own, 'since', now)
  const until = timeOf(own, 'until', now)
  const last = countOf(own, 'last')
  return {
    where: (summary) =>
      (events === null || (summary.label.event !== null && isSubscribed(events, summary.label.event))) &&
      (conversation === null || summary.label.conversation === conversation) &&
      (outcomes === null || outcomes.some((outcome) => OUTCOMES[outcome](summary))),
    ...(since !== null && { since }),
    ...(until !== null && { until }),
    ...(last !== null && { last }),
  }
}

/** A delivery that the bot has not had, or did not take well. */
export const isFailed = ({ settled, answered }: Summary): boolean =>
  settled === 'acknowledged' || settled === 'interrupted' || (answered !== null && !isSuccess(answered))

const ended =
  (outcome: Summary['outcome']) =>
  (summary: Summary): boolean =>
    summary.outcome === outcome

const settled =
  (fate: Summary['settled']) =>
  (summary: Summary): boolean =>
    summary.settled === fate

const OUTCOMES = {
  answered: ended('answered'),
  refused: ended('refused'),
  interrupted: (summary: Summary): boolean => settled('interrupted')(summary) || ended('interrupted')(summary),
  'timed-out': ended('timed-out'),
  cancelled: ended('cancelled'),
  delivered: settled('delivered'),
  undelivered: settled('acknowledged'),
  returned: settled('returned'),
  rejected: settled('rejected'),
  failed: isFailed,
} as const

/** The outcomes that a delivery may have, as people name them. */
export const OUTCOME_NAMES: readonly string[] = Object.keys(OUTCOMES)

const isOutcome = (name: string): name is keyof typeof OUTCOMES => Object.hasOwn(OUTCOMES, name)

function outcomesOf(own: Own): readonly (keyof typeof OUTCOMES)[] | null {
  const names = listOf(own, 'outcome')
  const wrong = names?.find((name) => !isOutcome(name))
  if (wrong !== undefined) throw usage(`\`${wrong}\` (from --outcome) is not one of ${OUTCOME_NAMES.join(', ')}`)
  return names?.filter(isOutcome) ?? null
}

/** The text of a flag; `null` when it was not given. */
export function textOf(own: Own, flag: string): string | null {
  const value = own[flag]
  return typeof value === 'string' ? value : null
}

function listOf(own: Own, flag: string): readonly string[] | null {
  const text = textOf(own, flag)
  return text === null ? null : text.split(',').map((part) => part.trim())
}

/** The number of a flag, 1 when it was given without; `null` when it was not given. */
export function countOf(own: Own, flag: string): number | null {
  if (own[flag] === true) return 1
  const text = textOf(own, flag)
  if (text === null) return null
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new DevHookError('usage', `\`${text}\` (from --${flag}) is not a number of deliveries`, {
      remedy: 'give a whole number from 1 on',
    })
  return Number(text)
}

function timeOf(own: Own, flag: string, now: number): number | null {
  const text = textOf(own, flag)
  const time = text === null ? null : readTime(text, now)
  if (text !== null && time === null) throw usage(`\`${text}\` (from --${flag}) is not a time: give ${TIMES}`)
  return time
}

const usage = (message: string): DevHookError =>
  new DevHookError('usage', message, { remedy: 'see `dev-hook events --help`' })
