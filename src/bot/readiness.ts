// What "ready" and "gone" mean for a bot, and how often it is asked for.
import { type Clock, poll } from '../core/async.ts'
import { every, slowingDown } from '../core/pace.ts'

/** How a bot is doing, seen from the outside. Every function checks once, never rejects, and gives false when it is aborted. */
export interface Readiness {
  /** Whether the bot takes deliveries. */
  isReady(signal: AbortSignal): Promise<boolean>
  /** Whether nobody would take the bot's deliveries in its place. */
  isGone(signal: AbortSignal): Promise<boolean>
  /** Whether nothing would keep a bot from listening where it always does. */
  isVacant(signal: AbortSignal): Promise<boolean>
}

/** The first checks come this often; later ones after a twentieth of the time waited so far, up to the slowest. */
const READY_POLL_MS = 5
const GONE_POLL_MS = 50
const SLOWEST_POLL_MS = 1_000

/** Resolves when the bot is ready; rejects with the signal's reason when it is aborted. Checks every 5 ms at first, every second at last. */
export async function untilReady({ isReady }: Readiness, signal: AbortSignal, clock?: Clock): Promise<void> {
  const pace = slowingDown(READY_POLL_MS, SLOWEST_POLL_MS)
  await poll(
    () => isReady(signal),
    (ready) => ready && !signal.aborted,
    { pace, signal, ...(clock && { clock }) },
  )
}

/** Resolves when nobody takes the bot's deliveries any more; rejects with the signal's reason when it is aborted. */
export async function untilGone({ isGone }: Readiness, signal: AbortSignal, clock?: Clock): Promise<void> {
  const pace = slowingDown(GONE_POLL_MS, SLOWEST_POLL_MS)
  await poll(
    () => isGone(signal),
    (gone) => gone,
    { pace, signal, ...(clock && { clock }) },
  )
}

/** Resolves to true when nothing keeps a bot from listening, to false when `limitMs` is over or the signal is aborted. */
export async function untilVacant(
  { isVacant }: Readiness,
  limitMs: number,
  signal: AbortSignal,
  clock?: Clock,
): Promise<boolean> {
  const vacant = poll(
    () => isVacant(signal),
    (seen) => seen,
    { pace: every(GONE_POLL_MS), limitMs, signal, ...(clock && { clock }) },
  )
  return vacant.catch((error: unknown) => {
    if (!signal.aborted) throw error
    return false
  })
}
