// Chaos in a delivery: late, after the next one, and once more.
import { rejectOnAbort } from '../../core/async.ts'
import type { Off } from '../../core/listeners.ts'
import { formatDuration } from '../../core/text/duration.ts'
import type { Activity } from '../time/activity.ts'
import type { PlatformClock } from '../time/platform-clock.ts'
import type { Chaos, DeliveryChaos } from './chaos.ts'
import { createReorder } from './reorder.ts'

/** One delivery, as far as it concerns chaos. */
export interface DisturbedDelivery {
  /** What it is called. */
  readonly name: string
  /** Its webhook and its conversation. */
  readonly lane: string
  /** Makes attempts until one is received, or it is given up. Resolves with whether it was received. */
  untilReceived(): Promise<boolean>
  /** Makes one more attempt. */
  once(): Promise<unknown>
}

/** Brings a delivery to its webhook, as chaos disturbs it; rejects with the signal's reason. */
type Disturb = (disturbed: DeliveryChaos, delivery: DisturbedDelivery, signal: AbortSignal) => Promise<void>

/** Lets nobody think that everything has settled, unless the platform's time stands still: then nothing comes by itself. */
export const holdWhileTimeRuns = (clock: Pick<PlatformClock, 'isManual'>, activity: Pick<Activity, 'hold'>): Off =>
  clock.isManual ? () => undefined : activity.hold()

/** Creates it for the deliveries of one sandbox. */
export function createDisturbing(options: {
  readonly clock: PlatformClock
  readonly activity: Pick<Activity, 'hold'>
  readonly chaos: Pick<Chaos, 'act'>
}): Disturb {
  const { clock, activity, chaos } = options
  const reorder = createReorder(clock)

  async function hold(wait: Promise<void>): Promise<void> {
    const done = holdWhileTimeRuns(clock, activity)
    await wait.finally(done)
  }

  return async ({ delayMs, isReordered, isDuplicated }, { name, lane, untilReceived, once }, signal) => {
    if (delayMs > 0) {
      chaos.act('delay', `${name} comes ${formatDuration(delayMs)} late`)
      await hold(clock.sleep(delayMs, signal))
    }
    if (isReordered) {
      chaos.act('reorder', `${name} comes after the next one of its conversation`)
      await hold(rejectOnAbort(reorder.hold(lane), signal))
    }
    const isReceived = await untilReceived()
    if (!isReordered) reorder.passed(lane)
    if (!isDuplicated || !isReceived) return
    chaos.act('duplicate', `${name} comes once more`)
    await once()
  }
}
