// The rules of a replay, with a run or without one: what may be forwarded again, how, and what its end means for the record.
import type { Attempt, Delivery } from '../../../core/delivery.ts'
import { DevHookError } from '../../../core/errors.ts'
import type { Journal, RecordedDelivery, Replayed } from '../../../core/ports.ts'
import { createId } from '../../../gateway/intake.ts'
import { identify } from '../../../protocol/payload.ts'
import { checkSignature, resign } from '../../../protocol/signature.ts'

/** Finds the delivery that is to be forwarded again. Throws `deliveryUnknown`, or `replayRefused` for what the guard kept from the bot. */
export function findReplayable(journal: Pick<Journal, 'find'>, id: string): RecordedDelivery {
  const recorded = journal.find(id)
  if (recorded === null) throw new DevHookError('deliveryUnknown', `no delivery ${id} is recorded`)
  if (recorded.settled !== 'rejected') return recorded
  throw new DevHookError('replayRefused', `delivery ${id} was rejected, so it is not replayed to the bot either`)
}

/**
 * A delivery as the bot gets it again: with the bytes that were recorded, or with another body. It is signed anew where the bot
 * would find the signature wrong: the body is another one, or the secret is.
 */
export function forBot(recorded: Delivery, body: Buffer | null, secret: string | null): Delivery {
  const delivery = body === null ? recorded : { ...recorded, body }
  if (secret === null) return delivery
  const verdict = checkSignature(delivery.headers, delivery.body, secret)
  // What came unsigned goes unsigned.
  if (verdict === 'right' || (verdict === 'missing' && body === null)) return delivery
  return { ...delivery, headers: resign(delivery.headers, delivery.body, secret) }
}

/**
 * Records the attempt that ended a replay as the fate of the delivery if the bot answered. Any other changes nothing here: what was
 * delivered stays delivered, and an acknowledged delivery that broke is settled by the attempt itself.
 */
export function settleReplay(journal: Pick<Journal, 'settle'>, id: string, attempt: Attempt): void {
  if (attempt.outcome === 'answered') journal.settle(id, 'delivered')
}

/** What is to be forwarded again, and what is recorded of it. */
export interface Replayable {
  readonly delivery: Delivery
  readonly recorded: RecordedDelivery
  /** Of an edited copy: the id of the delivery that was edited. */
  readonly editOf: string | null
}

/**
 * What a replay forwards: the recorded delivery, or an edited copy, which is recorded as a delivery of its own, so that what was
 * sent is kept. Rejects with `stateDamaged`, or with `replayRefused` when the copy cannot be recorded.
 */
export async function prepareReplay(
  journal: Pick<Journal, 'record' | 'find'>,
  recorded: RecordedDelivery,
  body: Buffer | null,
  secret: string | null,
): Promise<Replayable> {
  const delivery = forBot(await recorded.load(), body, secret)
  if (body === null) return { delivery, recorded, editOf: null }
  const now = Date.now()
  const copy = { ...delivery, id: createId(now), receivedAt: now }
  const { id: editOf } = recorded
  // Without a key: it must not answer for what the platform sends.
  const found = journal.record(copy, identify(copy).label, null, editOf) ? journal.find(copy.id) : null
  if (found === null) throw new DevHookError('replayRefused', 'the edited copy cannot be recorded, so it is not sent')
  return { delivery: copy, recorded: found, editOf }
}

/** The attempt as it is given back to whoever asked. */
export function replayedBy(
  { delivery: { id }, editOf }: Pick<Replayable, 'delivery' | 'editOf'>,
  n: number,
  attempt: Attempt,
): Replayed {
  const { outcome, ms } = attempt
  const which = { id, n, ...(editOf !== null && { editOf }) }
  if (outcome !== 'answered') return { ...which, outcome, status: null, ms, reason: attempt.reason }
  return { ...which, outcome, status: attempt.reply.status, ms, reason: null }
}
