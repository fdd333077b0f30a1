// Replay on save: one delivery is forwarded to the bot again each time that somebody has restarted it.

import type { Summary } from '../../core/delivery.ts'
import { asDevHookError } from '../../core/errors.ts'
import type { Off } from '../../core/listeners.ts'
import { type Emit, errorNotice, type Notices } from '../../core/notices.ts'
import type { Replayed } from '../../core/ports.ts'

/** What is replayed: a delivery by its id, or for `null` the last one at that time. */
export interface ReplayedOnSave {
  readonly id: string | null
}

export interface ReplayOnSave {
  current(): ReplayedOnSave | null
  /** Switches it on, over to another delivery, or off with `null`. */
  set(wish: ReplayedOnSave | null): void
  /** A save, or a person, restarts the bot: once it is ready the delivery follows. */
  restarting(): void
}

export interface ReplayOnSaveOptions {
  readonly notices: Pick<Notices, 'on'>
  readonly emit: Emit
  /** Whether dev-hook starts the bot, and so knows why it was started. */
  readonly isSupervised: boolean
  /** Everything that was recorded, newest first. */
  summaries(): Iterable<Summary>
  replay(id: string): Promise<Replayed>
  /** Called when it is switched on, over or off. */
  changed(): void
}

/** After so many in a row that the bot did not answer, of a bot that something else restarts each time. */
const MAX_UNANSWERED = 5

/** Creates it, switched off: while it is, nothing is listened to. */
export function createReplayOnSave(options: ReplayOnSaveOptions): ReplayOnSave {
  const { notices, emit, isSupervised } = options
  let wish: ReplayedOnSave | null = null
  let off: Off = () => undefined
  /** A bot that crashes over the delivery, and is started again by itself, is not to be given it for ever. */
  let isAwaited = false
  let unanswered = 0

  async function replay(): Promise<void> {
    const id = wish?.id ?? lastOf(options.summaries())
    if (wish === null || id === null) return
    try {
      const { outcome } = await options.replay(id)
      unanswered = outcome === 'answered' ? 0 : unanswered + 1
    } catch (error) {
      unanswered += 1
      emit(errorNotice(asDevHookError(error)))
    }
    if (!isSupervised && unanswered >= MAX_UNANSWERED) set(null)
  }

  function set(next: ReplayedOnSave | null): void {
    off()
    wish = next
    unanswered = 0
    // Whoever switches it on has the bot as it is now.
    isAwaited = false
    options.changed()
    if (next === null) return
    off = notices.on((notice) => {
      if (notice.type !== 'bot') return
      if (notice.state !== 'ready') {
        // Of a bot that something else runs it is not known why it was started.
        if (!isSupervised) isAwaited = true
        return
      }
      if (!isAwaited) return
      isAwaited = false
      void replay()
    })
  }

  return {
    current: () => wish,
    set,
    restarting: () => {
      isAwaited = true
    },
  }
}

/** The last delivery that the bot has not caused itself: a message if there is one; `null` for none, and for one that it gets anyway. */
function lastOf(summaries: Iterable<Summary>): string | null {
  let last: Summary | null = null
  for (const summary of summaries) {
    const { label, settled } = summary
    if (settled === 'rejected' || label.own === true) continue
    last ??= summary
    // `/assign` and its like come with what somebody says.
    if (label.text === null || label.text.startsWith('/')) continue
    last = summary
    break
  }
  const isWaiting = last?.settled === null || last?.settled === 'acknowledged'
  return last === null || isWaiting ? null : last.id
}
