// What the bot does because of a delivery: while it answers, and for a while after that.
import { useEffect, useState } from 'preact/hooks'
import type { OutputOf } from '../../operations/table.ts'
import { ask } from './api.ts'
import { later } from './later.ts'
import { latestOf, useLoaded } from './loaded.ts'
import { useModel } from './model.ts'
import { useStore } from './use-store.ts'

export type BotCall = OutputOf<'calls'>['calls'][number]

type Delivered = Pick<OutputOf<'delivery'>, 'attempts' | 'conversation' | 'time'>

/** From when to when something is taken for the bot's doing, in ms since the epoch. */
export interface Doing {
  readonly start: number
  readonly end: number
}

/** Many bots answer first, and go on then. */
const GOES_ON_MS = 10_000
/** What it prints comes a little after it has answered, too. */
const AFTER_MS = 50
const LATE_MS = 1_500

/** How long an attempt keeps the bot busy: until what it gets next in this conversation, and not for ever. */
export function useDoing({ attempts, conversation }: Delivered, n: number): Doing | null {
  const { list } = useModel()
  const attempt = attempts.find((one) => one.n === n)
  if (attempt === undefined) return null
  const start = Date.parse(attempt.time)
  const end = start + attempt.ms
  const again = attempts.map(({ time }) => Date.parse(time)).filter((at) => at > start)
  const next = Math.min(...again, list.nextIn(conversation, start) ?? Infinity)
  return { start, end: Math.max(end + AFTER_MS, Math.min(end + GOES_ON_MS, next)) }
}

/** The bot's calls of the sandbox's API meanwhile, oldest first. Calls of the real platform are not seen. */
export function useCalls(doing: Doing | null, conversation: string | null): readonly BotCall[] {
  const { status, changes } = useModel()
  const isSandbox = useStore(status, (now) => now?.emulated === true)
  const changed = useStore(changes, (count) => count)
  const late = useLate(doing)
  const { start = 0, end = 0 } = doing ?? {}
  const loaded = useLoaded(
    (signal) =>
      isSandbox && doing !== null
        ? ask('calls', { since: new Date(start).toISOString(), until: new Date(end).toISOString() }, signal)
        : Promise.resolve({ calls: [] }),
    [isSandbox, start, end],
    changed + late,
  )
  const calls = latestOf(loaded)?.calls ?? []
  return calls.filter((call) => conversation === null || (call.conversation ?? conversation) === conversation).reverse()
}

/** Not everything that the bot asks is announced: it is looked once more after a while. */
function useLate(doing: Doing | null): number {
  const [looks, setLooks] = useState(0)
  useEffect(() => later(() => setLooks((before) => before + 1), LATE_MS), [doing?.start])
  return looks
}
