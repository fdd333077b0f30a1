// The answers that dev-hook gives in its own name.
import type { Reply } from '../../core/delivery.ts'
import type { Journal } from '../../core/ports.ts'

const TEXT = ['content-type', 'text/plain; charset=utf-8'] as const

const text = (status: number, words: string): Reply => ({ status, headers: TEXT, body: Buffer.from(`${words}\n`) })

export interface Replies {
  text(status: number, words: string): Reply
  /** "Received", in our own name. Only for what is on disk. */
  readonly received: Reply
  /** A bound is reached: the platform may come again soon. */
  readonly full: Reply
  /** `received` once the delivery is on disk; 503 when the disk refuses, so that the platform keeps it. */
  afterSync(id: string): Promise<Reply>
}

/** Creates the answers. */
export function createReplies(journal: Pick<Journal, 'synced'>): Replies {
  const received = text(200, 'received')
  return {
    text,
    received,
    full: { ...text(503, 'too many deliveries are waiting for the bot'), headers: [...TEXT, 'retry-after', '5'] },
    afterSync: (id) =>
      journal.synced(id).then(
        () => received,
        // The journal has announced it; the platform is told nothing that is not true.
        () => text(503, 'the delivery could not be recorded'),
      ),
  }
}
