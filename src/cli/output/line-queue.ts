// Lines that wait to be written: bounded, and what does not fit is dropped and counted.

/** Says in a line of its own how many lines were dropped. */
export type Dropped = (lines: number) => string

/** What was taken from a queue to be written. */
export interface TakenLines {
  /** Whole lines. */
  readonly text: string
  /** How many of them may be dropped; each line that was dropped already counts as one. */
  readonly lines: number
  /** Whether some of them are to be kept. */
  readonly owed: boolean
}

export interface LineQueue {
  /**
   * Queues text of so many whole lines. Where too much waits already it is dropped and counted; without `dropped` it is kept,
   * however much waits.
   */
  add(text: string, lines: number, dropped: Dropped | null): void
  /** Takes all that waits, in order, with one line in place of those that were dropped. */
  take(): TakenLines
  /** Counts a batch that was taken, and did not get through, among the dropped lines. */
  lose(batch: TakenLines): void
  /** Whether there is something to write. */
  isEmpty(): boolean
  /** Whether something waits that is to be kept. */
  owes(): boolean
}

/** Creates an empty queue in which so many UTF-16 code units may wait, and one piece of text beyond them. */
export function createLineQueue(most: number): LineQueue {
  let text = ''
  let lines = 0
  let owed = false
  let say: Dropped | null = null
  /** Dropped lines that came before all that waits: they did not get through. */
  let lost = 0
  /** Dropped lines that came after all that waits: they found no room. */
  let refused = 0

  const noteOf = (count: number): string => {
    const note = count === 0 || say === null ? '' : say(count)
    return note === '' ? '' : `${note}\n`
  }

  return {
    add: (added, count, dropped) => {
      say = dropped ?? say
      if (dropped !== null && text.length > most) {
        refused += count
        return
      }
      text += added
      if (dropped === null) owed = true
      else lines += count
    },
    take: () => {
      const batch = { text: `${noteOf(lost)}${text}${noteOf(refused)}`, lines: lost + lines + refused, owed }
      text = ''
      lost = lines = refused = 0
      owed = false
      return batch
    },
    lose: (batch) => {
      lost += batch.lines
    },
    // A note of lost lines waits for the next line: alone it would be tried, and lost, again and again.
    isEmpty: () => text === '' && refused === 0,
    owes: () => owed,
  }
}
