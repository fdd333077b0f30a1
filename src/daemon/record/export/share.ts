// A recorded conversation as it is passed on, with its deliveries: all of it has the same stand-ins for the same people.
import { isUtf8 } from 'node:buffer'
import type { Summary } from '../../../core/delivery.ts'
import { DevHookError } from '../../../core/errors.ts'
import { version } from '../../../core/instance.ts'
import { formatDuration } from '../../../core/text/duration.ts'
import { isDeep } from '../../../core/text/json-layout.ts'
import type { Redact } from '../../../core/text/redact.ts'
import type { AttemptDetail, DeliveryDetail } from '../../../journal/reader.ts'
import { recordFixture } from '../../../protocol/fixture/record.ts'
import { withoutPersonalData } from '../../../protocol/personal-data/replace.ts'
import type { Replacement, StandInKind } from '../../../protocol/personal-data/stand-ins.ts'
import type { SharedAttempt, SharedDelivery, SharedTalk } from '../../../protocol/shared/shared-talk.ts'
import { hideSecrets } from '../hide-secrets.ts'
import { eventsIn, isSaid, type TimedEvent } from './conversation.ts'

export interface ShareOptions {
  /** `null`: secrets stay. */
  readonly redact: Redact | null
  /** Whether people stay who they are. */
  readonly withPeople: boolean
}

export interface SharedConversation {
  readonly talk: SharedTalk
  readonly replaced: readonly Replacement[]
}

/** Makes it of the deliveries of a conversation. Throws `deliveryUnknown` when none of them holds an event. */
export function shareConversation(
  details: readonly DeliveryDetail[],
  { redact, withPeople }: ShareOptions,
): SharedConversation {
  const events = eventsIn(details, redact)
  if (events.length === 0)
    throw new DevHookError('deliveryUnknown', 'no delivery of this conversation holds an event that can be read')
  const { fixture, unasked } = recordFixture(events.filter(isSaid))
  const deliveries = events.map(({ event, payload, detail }) => ({
    event,
    payload,
    attempts: detail.attempts.map((attempt) => wordsOf(attempt, redact)),
  }))
  // All at once, so that nobody has two stand-ins; the fixture first, so that it has those of a fixture alone.
  const { value, replaced } = withPeople
    ? { value: { fixture, deliveries }, replaced: [] }
    : withoutPersonalData({ fixture, deliveries })
  const talk = {
    version,
    fixture: value.fixture,
    deliveries: events.flatMap((event, n) => sharedDelivery(event, value.deliveries[n])),
    unasked,
    replaced: withPeople ? null : countsOf(replaced),
    withSecrets: redact === null,
  }
  return { talk, replaced }
}

type Words = Pick<SharedDelivery, 'event' | 'payload'> & {
  readonly attempts: readonly Pick<SharedAttempt, 'reason' | 'answer'>[]
}

/** The words of a delivery that have been cleaned, with its times. */
function sharedDelivery({ at, isBots, detail }: TimedEvent, words: Words | undefined): readonly SharedDelivery[] {
  if (words === undefined) return []
  const { summary, delivery } = detail
  const attempts = detail.attempts.flatMap((attempt, n) => sharedAttempt(attempt, words.attempts[n]))
  const { id, receivedAt } = delivery
  return [{ ...words, id, at, isBots, receivedAt, fate: fateOf(summary), attempts }]
}

function sharedAttempt(
  { n, attempt, cut }: AttemptDetail,
  words: Words['attempts'][number] | undefined,
): readonly SharedAttempt[] {
  if (words === undefined) return []
  const { startedAt, ms, outcome, replay } = attempt
  const status = attempt.outcome === 'answered' ? attempt.reply.status : null
  return [{ ...words, n, startedAt, ms, outcome, isReplay: replay === true, status, isCut: cut }]
}

/** What an attempt has that is text from outside. */
function wordsOf({ attempt }: AttemptDetail, redact: Redact | null): Pick<SharedAttempt, 'reason' | 'answer'> {
  const clean = (text: string): string => (redact === null ? text : hideSecrets(text, redact))
  if (attempt.outcome !== 'answered') return { reason: clean(attempt.reason), answer: null }
  const { body } = attempt.reply
  if (!isUtf8(body)) return { reason: null, answer: `(${body.length} bytes that are not text)` }
  return { reason: null, answer: answerIn(clean(body.toString('utf8'))) }
}

/** What is found in JSON by the names of its members is not found in a text. */
function answerIn(text: string): unknown {
  if (isDeep(text)) return text
  try {
    return JSON.parse(text)
  } catch {
    // A text, or the beginning of JSON, in which names may be written with escapes.
    return text.replace(/\\u([\da-f]{4})/gi, (_, unit: string) => String.fromCharCode(Number.parseInt(unit, 16)))
  }
}

function fateOf({ settled, outcome, status, ms, ownStatus }: Summary): string {
  const took = ms === null ? '' : ` after ${formatDuration(ms)}`
  if (status !== null) return `${status}${took}`
  if (settled === 'acknowledged') return 'undelivered'
  if (settled === 'returned') return `returned ${ownStatus ?? ''}`.trimEnd()
  return outcome === null ? 'not delivered yet' : `${outcome}${took}`
}

function countsOf(replaced: readonly Replacement[]): ReadonlyMap<StandInKind, number> {
  const counts = new Map<StandInKind, number>()
  for (const { kind } of replaced) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return counts
}
