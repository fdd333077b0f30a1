// What may become of a delivery, in the words by which people ask for it.
import { isSuccess, type Label, type Outcome } from '../../core/delivery.ts'
import type { Settled } from '../../core/ports.ts'

/** What a filter looks at: a row of the list of deliveries, as far as it is asked about. */
export interface FilteredRow {
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly receivedAt: number
  readonly label: Label
  /** `null` while its fate is unknown. */
  readonly settled: Settled | null
  readonly attempts: number
  /** How many of them a person asked for. */
  readonly replays: number
  /** The id of the delivery of which this is an edited copy; `null` for one that came from the platform. */
  readonly editOf: string | null
  /** Of the last attempt; `null` before the first. */
  readonly outcome: Outcome | null
  /** Of the last attempt: the bot's status, or `null` when it gave none. */
  readonly status: number | null
  /** The last status that the bot gave, whatever came of later attempts. */
  readonly answered: number | null
  /** The status that dev-hook itself gave the platform; `null` when that was given the bot's answer, or none. */
  readonly ownStatus: number | null
}

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

/** Whether a row has the outcome of this name; `null` for a name that there is not. */
export const hasOutcome = (name: string): Fits | null => OUTCOMES.get(name) ?? null
