// The rules of a replay, with a run or without one: what may be forwarded again, how, and what its end means for the record.
import type { Attempt, Delivery } from '../../core/delivery.ts'
import { DevHookError } from '../../core/errors.ts'
import type { Journal, RecordedDelivery, Replayed } from '../../core/ports.ts'
import { checkSignature, resign } from '../../protocol/signature.ts'

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

/** The attempt as it is given back to whoever asked. */
export function replayedBy(id: string, n: number, attempt: Attempt): Replayed {
  const { outcome, ms } = attempt
  if (outcome !== 'answered') return { id, n, outcome, status: null, ms, reason: attempt.reason }
  return { id, n, outcome, status: attempt.reply.status, ms, reason: null }
}
