// The bound on everything that the sandbox keeps in memory: documents, calls, deliveries, attempts.

/** How many documents of a kind, calls and deliveries are kept; the oldest go first. */
export const MAX_KEPT = 10_000

/** Appends to a list of at most `limit` items; its oldest one goes when there are more. */
export function pushBounded<T>(list: T[], item: T, limit: number = MAX_KEPT): void {
  list.push(item)
  if (list.length > limit) list.shift()
}
