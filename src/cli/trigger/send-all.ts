// Sending many events: one after the other, or at a rate.
import { poll } from '../../core/async.ts'
import { isSuccess } from '../../core/delivery.ts'
import type { Sent } from './sender.ts'

export interface Batch {
  readonly count: number
  /** How many a second; `null`: each once the one before has ended. */
  readonly rate: number | null
  readonly ended: AbortSignal
  /** How many may be under way. */
  readonly atOnce: number
  /** Sends the event of this number, from 1. */
  readonly send: (n: number) => Promise<Sent>
  readonly done: (sent: Sent) => void
}

/** What was sent. */
export interface Tally {
  readonly sent: number
  /** How many were under way when it was ended: nobody has waited for what became of them. */
  readonly broken: number
  /** How many the bot has taken. */
  readonly taken: number
  /** How long each took that was answered, in ms. */
  readonly times: readonly number[]
}

/** Sends them until all are sent, or the signal is aborted. Rejects, once nothing is under way, with what keeps it from sending more. */
export async function sendAll(batch: Batch): Promise<Tally> {
  const { count, rate, ended, atOnce, send, done } = batch
  const underWay = new Set<Promise<void>>()
  const times: number[] = []
  const failures: unknown[] = []
  let [sent, broken, taken] = [0, 0, 0]

  async function one(n: number): Promise<void> {
    try {
      const result = await send(n)
      sent += 1
      if (result.outcome === 'answered') times.push(result.ms)
      if (isTaken(result)) taken += 1
      done(result)
    } catch (error) {
      if (ended.aborted) broken += 1
      else failures.push(error)
    }
  }

  const begin = async (n: number): Promise<boolean> => {
    const sending = one(n + 1).finally(() => void underWay.delete(sending))
    underWay.add(sending)
    if (rate === null) await sending
    else if (underWay.size >= atOnce) await Promise.race(underWay)
    return ended.aborted || failures.length > 0
  }
  const pace = ({ n, elapsedMs }: { readonly n: number; readonly elapsedMs: number }): number =>
    rate === null ? 0 : Math.max(0, ((n + 1) * 1_000) / rate - elapsedMs)
  try {
    if (!ended.aborted) await poll(begin, (isOver) => isOver, { pace, tries: count, signal: ended })
  } catch (error) {
    if (!ended.aborted) throw error
  } finally {
    await Promise.all(underWay)
  }
  if (failures.length > 0) throw failures[0]
  return { sent, broken, taken, times }
}

/** Whether the bot has taken it, or had it before. */
const isTaken = ({ outcome, status }: Sent): boolean =>
  outcome === 'redelivery' || (status !== null && isSuccess(status))
