// What an earlier run acknowledged and could not deliver any more.
import { messageOf } from '../../core/errors.ts'
import { type Emit, warning } from '../../core/notices.ts'
import type { Journal } from '../../core/ports.ts'
import type { Pipeline } from './pipeline.ts'

/** Older ones are not delivered by themselves: a bot that answers yesterday's words surprises people. */
const YOUNG_MS = 10 * 60_000
const LISTED = 5

/** Queues what is young, oldest first, and names the rest. */
export async function deliverBacklog(options: {
  readonly journal: Pick<Journal, 'undelivered'>
  readonly pipeline: Pick<Pipeline, 'deliver'>
  readonly emit: Emit
  readonly now?: () => number
}): Promise<void> {
  const { journal, pipeline, emit, now = Date.now } = options
  const backlog = journal.undelivered()
  const isYoung = ({ receivedAt }: { readonly receivedAt: number }): boolean => now() - receivedAt < YOUNG_MS
  for (const each of backlog.filter(isYoung)) {
    try {
      pipeline.deliver(await each.load(), each.label, each.attempts)
    } catch (error) {
      emit(warning('stateDamaged', `delivery ${each.id} of an earlier run cannot be read back: ${messageOf(error)}`))
    }
  }
  const old = backlog.filter((each) => !isYoung(each))
  if (old.length === 0) return
  const names = old.slice(0, LISTED).map(({ id, label }) => `${id} (${label.event ?? 'no event'})`)
  const more = old.length > LISTED ? ` and ${old.length - LISTED} more` : ''
  emit(warning('undelivered', `acknowledged by an earlier run and never delivered: ${names.join(', ')}${more}`))
}
