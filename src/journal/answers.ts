// A recorded delivery as the corridor uses it: loaded from disk, and answered as it was the first time.
import type { Delivery, Reply } from '../core/delivery.ts'
import { DevHookError } from '../core/errors.ts'
import type { RecordedDelivery, Seen } from '../core/ports.ts'
import type { Content } from './format/line-codec.ts'
import type { KeyRecord } from './format/record-format.ts'
import { answerTo, type IndexEntry, type IndexedRecord } from './index/entry.ts'
import { KEY_KEPT_MS } from './prune/pruned-keys.ts'

/** Reads headers and body of a record; `null` when there are none, or they are gone or damaged. */
export type ReadContent = (from: IndexedRecord['content']) => Promise<Content | null>

/** The delivery of an index entry. Only `load` reads from disk. */
export function recordedDelivery(entry: IndexEntry, read: ReadContent): RecordedDelivery {
  const { delivery, summary, attempts } = entry
  const { id, receivedAt, label } = delivery.record
  return {
    id,
    receivedAt,
    label,
    settled: summary.settled,
    attempts: attempts.at(-1)?.record.n ?? 0,
    load: () => load(entry, read),
  }
}

async function load({ delivery: { record, content: from } }: IndexEntry, read: ReadContent): Promise<Delivery> {
  const { id, receivedAt, method, search } = record
  const content = await read(from)
  if (content === null) throw new DevHookError('stateDamaged', `delivery ${id} cannot be read back`)
  return { id, receivedAt, method, search, ...content }
}

/** What is known of the first delivery when it comes again; `null` when the first came more than a day ago. */
export function seenDelivery(of: IndexEntry | KeyRecord, now: number, read: ReadContent): Seen | null {
  const { id, receivedAt } = 'delivery' in of ? of.delivery.record : of
  if (now - receivedAt > KEY_KEPT_MS) return null
  if ('delivery' in of) return { id, settled: of.summary.settled, answer: () => replyOf(of, read) }
  const { settled, status } = of
  return { id, settled, answer: async () => (status === null ? null : statusOnly(status)) }
}

/** The answer that the platform was given; only its status if dev-hook gave it, or if the bot's body is not recorded in full. */
async function replyOf(entry: IndexEntry, read: ReadContent): Promise<Reply | null> {
  const answer = answerTo(entry)
  if (answer === null) return null
  if (typeof answer === 'number') return statusOnly(answer)
  if (answer.record.outcome !== 'answered') return null
  const { status, bytes } = answer.record
  const content = await read(answer.content)
  return content?.body.length === bytes ? { status, ...content } : statusOnly(status)
}

const statusOnly = (status: number): Reply => ({ status, headers: [], body: Buffer.alloc(0) })
