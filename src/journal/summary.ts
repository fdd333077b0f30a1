// One row of a list of deliveries: everything that the log has of a delivery but its bytes.
import type { Summary } from '../core/delivery.ts'
import type { AttemptRecord } from './format/record-format.ts'
import { type IndexEntry, lastAnswered } from './index/entry.ts'

/** The row of an entry, as it is now. */
export function summarize(entry: IndexEntry): Summary {
  const { delivery, attempts, settled, answer } = entry
  const { id, receivedAt, method, search, label, bytes, editOf } = delivery.record
  const last = attempts.at(-1)?.record
  return {
    id,
    receivedAt,
    method,
    search,
    label,
    bytes,
    settled,
    attempts: attempts.length,
    replays: attempts.filter(({ record }) => record.replay === true).length,
    editOf: editOf ?? null,
    outcome: last?.outcome ?? null,
    status: statusOf(last),
    answered: statusOf(lastAnswered(entry)?.record),
    ms: last?.ms ?? null,
    ownStatus: typeof answer === 'number' ? answer : null,
  }
}

const statusOf = (attempt: AttemptRecord | undefined): number | null =>
  attempt?.outcome === 'answered' ? attempt.status : null
