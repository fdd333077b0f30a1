// What may become of a delivery, in the words by which people ask for it.
import { isSuccess, type Outcome, type Settled, type Summary } from '../../core/delivery.ts'

/** What a filter looks at: a row of the list of deliveries, as far as it is asked about. */
export type FilteredRow = Omit<Summary, 'method' | 'search' | 'bytes' | 'ms'>

/** A delivery that the bot has not had, or did not take well. */
export const isFailed = ({ settled, answered }: Pick<FilteredRow, 'settled' | 'answered'>): boolean =>
  settled === 'acknowledged' || settled === 'interrupted' || (answered !== null && !isSuccess(answered))

type Fits = (row: FilteredRow) => boolean

const ended =
  (outcome: Outcome): Fits =>
  (row) =>
    row.outcome === outcome

const settled =
  (fate: Settled): Fits =>
  (row) =>
    row.settled === fate

const OUTCOMES: ReadonlyMap<string, Fits> = new Map<string, Fits>([
  ['answered', ended('answered')],
  ['refused', ended('refused')],
  ['interrupted', (row) => settled('interrupted')(row) || ended('interrupted')(row)],
  ['timed-out', ended('timed-out')],
  ['cancelled', ended('cancelled')],
  ['delivered', settled('delivered')],
  ['undelivered', settled('acknowledged')],
  ['returned', settled('returned')],
  ['rejected', settled('rejected')],
  ['passed', settled('passed')],
  ['ignored', settled('ignored')],
  ['failed', isFailed],
])

/** The outcomes that a delivery may have, as people name them. */
export const OUTCOME_NAMES: readonly string[] = [...OUTCOMES.keys()]

/** Whether a row has the outcome of this name; `null` for an unknown name. */
export const hasOutcome = (name: string): Fits | null => OUTCOMES.get(name) ?? null
