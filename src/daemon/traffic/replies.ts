// The answers that dev-hook itself gives to the platform.
import type { Reply } from '../../core/delivery.ts'
import type { Journal } from '../../core/ports.ts'

const TEXT = ['content-type', 'text/plain; charset=utf-8'] as const

const text = (status: number, words: string): Reply => ({ status, headers: TEXT, body: Buffer.from(`${words}\n`) })

export interface Replies {
  /** A plain text. */
  text(status: number, words: string): Reply
  /** 200, only for a delivery that is on disk. */
  readonly received: Reply
  /** 503 with `Retry-After`, for when a bound is reached. */
  readonly full: Reply
  /** Resolves with `received` once the delivery with this id is on disk; with a 503 if the disk refuses. */
  afterSync(id: string): Promise<Reply>
}

/** Creates the answers of a run. */
export function createReplies(journal: Pick<Journal, 'synced'>): Replies {
  const received = text(200, 'received')
  return {
    text,
    received,
    full: { ...text(503, 'too many deliveries are waiting for the bot'), headers: [...TEXT, 'retry-after', '5'] },
    afterSync: (id) =>
      journal.synced(id).then(
        () => received,
        // The journal has reported why.
        () => text(503, 'the delivery could not be recorded'),
      ),
  }
}
