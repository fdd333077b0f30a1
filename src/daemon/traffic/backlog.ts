// What an earlier run acknowledged and did not deliver before its end.
import { messageOf } from '../../core/errors.ts'
import { type Emit, warning } from '../../core/notices.ts'
import type { Journal } from '../../core/ports.ts'
import { DELIVERABLE_MS } from '../../journal/prune/prune.ts'
import type { Pipeline } from './pipeline.ts'

/** How many deliveries the warning names. */
const MAX_LISTED = 5

/** Queues what is recent enough, oldest first, and names the rest in a warning. */
export async function deliverBacklog(options: {
  readonly journal: Pick<Journal, 'undelivered'>
  readonly pipeline: Pick<Pipeline, 'deliver'>
  readonly emit: Emit
  readonly now?: () => number
}): Promise<void> {
  const { journal, pipeline, emit, now = Date.now } = options
  const backlog = journal.undelivered()
  const isRecent = ({ receivedAt }: { readonly receivedAt: number }): boolean => now() - receivedAt < DELIVERABLE_MS
  for (const each of backlog.filter(isRecent)) {
    try {
      pipeline.deliver(await each.load(), each.label, each.attempts)
    } catch (error) {
      emit(warning('stateDamaged', `delivery ${each.id} of an earlier run cannot be read back: ${messageOf(error)}`))
    }
  }
  const old = backlog.filter((each) => !isRecent(each))
  if (old.length === 0) return
  const names = old.slice(0, MAX_LISTED).map(({ id, label }) => `${id} (${label.event ?? 'no event'})`)
  const more = old.length > MAX_LISTED ? ` and ${old.length - MAX_LISTED} more` : ''
  emit(warning('undelivered', `acknowledged by an earlier run and never delivered: ${names.join(', ')}${more}`))
}
