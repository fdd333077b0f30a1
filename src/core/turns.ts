// Works that must not meet: one begins when the one before it has ended, however it has.

/** Does a work after those that were given before; settles as the work does. */
export type InTurn = (work: () => Promise<void>) => Promise<void>

/** Creates turns in which nothing is being done. */
export function createTurns(): InTurn {
  let done: Promise<void> = Promise.resolve()
  return (work) => {
    const working = done.then(work)
    done = working.catch(() => undefined)
    return working
  }
}
