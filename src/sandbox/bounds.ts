// How much the sandbox remembers.

/** Documents of a kind, calls and deliveries that are kept; the oldest go first. */
export const KEPT = 10_000

/** Adds to a list that forgets its oldest. */
export function remember<T>(list: T[], item: T, most: number = KEPT): void {
  list.push(item)
  if (list.length > most) list.shift()
}
