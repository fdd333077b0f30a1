// The same delivery again: which one was the first, and what this one is answered.
import { orAfter } from '../../core/async.ts'
import { isSuccess, type Reply } from '../../core/delivery.ts'
import type { Journal, Settled } from '../../core/ports.ts'

import type { First, Redeliveries } from './redeliveries.ts'
import type { Replies } from './replies.ts'

export interface Again {
  /** The first delivery of a key, of this run or an earlier one; `null` when there is none that was received. */
  firstOf(key: string): First | null
  /** What the first one gets; never forwarded twice. */
  answer(first: First): Promise<Reply>
}

/** What the platform was told "received" of. */
const RECEIVED: ReadonlySet<Settled> = new Set(['delivered', 'acknowledged', 'interrupted'])

/** Creates it; an answer comes within `patienceMs`. */
export function createAgain(options: {
  readonly redeliveries: Redeliveries
  readonly journal: Pick<Journal, 'seen'>
  readonly replies: Replies
  readonly patienceMs: number
  readonly now: () => number
}): Again {
  const { redeliveries, journal, replies, patienceMs, now } = options

  async function answerOfThen(id: string, key: string): Promise<Reply> {
    // A replay may have brought to the bot what the platform was refused then; and if the answer cannot be read, that the
    // delivery was received is still true.
    const reply = await journal
      .seen(key)
      ?.answer()
      .catch(() => null)
    return reply && isSuccess(reply.status) ? reply : replies.afterSync(id)
  }

  return {
    firstOf: (key) => {
      const known = redeliveries.first(key)
      if (known) return known
      const seen = journal.seen(key)
      if (seen === null || seen.settled === null || !RECEIVED.has(seen.settled)) return null
      return { key, id: seen.id, at: now(), recorded: true, state: 'answered', answers: null }
    },
    answer: async ({ id, key, state, answers }) => {
      if (state === 'kept') return replies.afterSync(id)
      if (answers === null) return answerOfThen(id, key)
      const { told, final } = answers
      const received = told.then((reply) => (isSuccess(reply.status) ? reply : final))
      return orAfter(received, patienceMs, () => replies.text(503, 'the bot has not answered yet'))
    },
  }
}
