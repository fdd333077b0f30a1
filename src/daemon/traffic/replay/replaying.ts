// Replays in a run: sends recorded deliveries through the queue again, because a person asked.
import { onAbort } from '../../../core/async.ts'
import type { Attempt, Delivery, RawHeaders } from '../../../core/delivery.ts'
import { DevHookError } from '../../../core/errors.ts'
import type { Emit } from '../../../core/notices.ts'
import type { Journal, Replayed, Ticket } from '../../../core/ports.ts'
import { createId } from '../../../gateway/intake.ts'
import { type Replayable, replayedBy, settleReplay } from './replay-rules.ts'

/** A recorded delivery on its way to the bot again. */
export interface ReplayItem {
  readonly kind: 'replay'
  readonly delivery: Delivery
  readonly lane: string | null
  readonly headers: RawHeaders
  readonly attempts: number
  /** Called with the attempt that ended the replay. */
  readonly done: (attempt: Attempt) => void
}

export interface ReplayingOptions {
  readonly submit: (item: ReplayItem) => Ticket | null
  /** Whether the delivery with this id is on its way to the bot for the platform. */
  readonly isUnderWay: (id: string) => boolean
  readonly journal: Journal
  readonly emit: Emit
  /** Called when the bot has answered a replay of the delivery with this id. */
  readonly answered: (id: string) => void
}

export interface Replaying {
  /**
   * Forwards a recorded delivery once more, in its lane; resolves when the attempt has ended. While it waits, aborting the signal
   * cancels it. Rejects with `replayRefused` when the delivery is still on its way to the bot, or when too much waits.
   */
  replay(replayable: Replayable, signal?: AbortSignal): Promise<Replayed>
  /** Reports the attempt with which an item left the queue. */
  ended(item: ReplayItem, attempt: Attempt): void
}

/** Creates the replays of a run. */
export function createReplaying(options: ReplayingOptions): Replaying {
  const { submit, isUnderWay, journal, emit, answered } = options
  const underWay = new Set<string>()

  async function replay(replayable: Replayable, signal?: AbortSignal): Promise<Replayed> {
    const { delivery, editOf } = replayable
    const { id, label, attempts } = replayable.recorded
    if (underWay.has(id) || isUnderWay(id))
      throw new DevHookError('replayRefused', `delivery ${id} is still on its way to the bot`)
    const { event, conversation, text, from, own } = label
    const words = { event, conversation, text, from, own, bytes: delivery.body.length }
    emit({ type: 'replay', id, ...words, edited: editOf !== null, ...(editOf !== null && { of: editOf }) })
    underWay.add(id)
    try {
      const attempt = await attemptOf({ delivery, lane: conversation, headers: delivery.headers, attempts }, signal)
      settleReplay(journal, id, attempt)
      if (attempt.outcome === 'answered') answered(id)
      // Not `attempts + 1`: refused attempts may have come first.
      return replayedBy(replayable, journal.find(id)?.attempts ?? attempts + 1, attempt)
    } finally {
      underWay.delete(id)
    }
  }

  /** Submits an item, and resolves with the attempt that ends it. */
  async function attemptOf(item: Omit<ReplayItem, 'kind' | 'done'>, signal?: AbortSignal): Promise<Attempt> {
    let off = (): void => undefined
    const attempt = await new Promise<Attempt>((done) => {
      const delivery: Delivery = { ...item.delivery, again: createId(Date.now()) }
      const ticket = submit({ kind: 'replay', ...item, delivery, done })
      if (ticket === null) throw new DevHookError('replayRefused', 'too many deliveries are waiting for the bot')
      off = onAbort(signal, () => {
        if (ticket.phase === 'waiting') ticket.cancel('taken back')
      })
    })
    off()
    return attempt
  }

  return { replay, ended: ({ done }, attempt) => done(attempt) }
}
