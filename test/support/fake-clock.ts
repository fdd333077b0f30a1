// A clock that stands still until a test turns it.

export interface FakeClock {
  readonly now: () => number
  readonly after: (ms: number, run: () => void) => () => void
  /** Lets time pass; runs what falls due on the way, in order. */
  pass(ms: number): Promise<void>
  /** How many timers are set. */
  readonly timers: () => number
}

/** Creates a clock that stands still. */
export function createFakeClock(): FakeClock {
  let time = 1_000_000
  const timers = new Set<{ readonly at: number; readonly run: () => void }>()
  return {
    now: () => time,
    timers: () => timers.size,
    after: (ms, run) => {
      const timer = { at: time + ms, run }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    pass: async (ms) => {
      const end = time + ms
      for (;;) {
        const [due] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
        if (due === undefined) break
        timers.delete(due)
        time = due.at
        due.run()
        await settled()
      }
      time = end
      await settled()
    },
  }
}

/** Resolves once every promise that can settle by now has settled. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
