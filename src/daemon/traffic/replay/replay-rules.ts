// The rules of a replay, in a run or without one: what may be replayed, with which bytes, and what the journal records of it.
import type { Attempt, Delivery } from '../../../core/delivery.ts'
import { DevHookError } from '../../../core/errors.ts'
import type { Journal, RecordedDelivery, Replayed } from '../../../core/ports.ts'
import { createId } from '../../../gateway/intake.ts'
import { identify } from '../../../protocol/payload.ts'
import { checkSignature, resign } from '../../../protocol/signature.ts'

/** Finds the delivery to replay. Throws `deliveryUnknown`, or `replayRefused` for one that the signature guard rejected. */
export function findReplayable(journal: Pick<Journal, 'find'>, id: string): RecordedDelivery {
  const recorded = journal.find(id)
  if (recorded === null) throw new DevHookError('deliveryUnknown', `no delivery ${id} is recorded`)
  if (recorded.settled !== 'rejected') return recorded
  throw new DevHookError('replayRefused', `delivery ${id} was rejected, so it is not replayed to the bot either`)
}

/**
 * A delivery as the bot gets it again: with the recorded body, or with another one. It is signed anew if the bot would find its
 * signature wrong, because the body or the secret has changed.
 */
export function forBot(recorded: Delivery, body: Buffer | null, secret: string | null): Delivery {
  const delivery = body === null ? recorded : { ...recorded, body }
  if (secret === null) return delivery
  const verdict = checkSignature(delivery.headers, delivery.body, secret)
  // What arrived unsigned stays unsigned, unless it was edited.
  if (verdict === 'right' || (verdict === 'missing' && body === null)) return delivery
  return { ...delivery, headers: resign(delivery.headers, delivery.body, secret) }
}

/**
 * Settles a replayed delivery as delivered if the bot answered. Any other attempt changes nothing: what was delivered stays delivered,
 * and an acknowledged delivery whose connection broke is settled by the attempt itself.
 */
export function settleReplay(journal: Pick<Journal, 'settle'>, id: string, attempt: Attempt): void {
  if (attempt.outcome === 'answered') journal.settle(id, 'delivered')
}

/** A delivery to replay, and its record. */
export interface Replayable {
  readonly delivery: Delivery
  readonly recorded: RecordedDelivery
  /** The id of the delivery of which this is an edited copy; `null` if it is not one. */
  readonly editOf: string | null
}

/**
 * Prepares the replay of a recorded delivery, with its own body (`null`) or another one. An edited copy is recorded as a delivery of its
 * own. Rejects with `stateDamaged`, or with `replayRefused` when the copy cannot be recorded.
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
  // Without a key: no delivery of the platform is a redelivery of the copy.
  const found = journal.record(copy, identify(copy).label, null, editOf) ? journal.find(copy.id) : null
  if (found === null) throw new DevHookError('replayRefused', 'the edited copy cannot be recorded, so it is not sent')
  return { delivery: copy, recorded: found, editOf }
}

/** The result of a replay, from the attempt that ended it. */
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
