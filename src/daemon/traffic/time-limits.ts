// How long the platform may wait for an answer, from the bot or from another receiver.

/** The longest wait for an answer, in ms from the arrival of the request's head: the platform gives up at 20 s. */
export const PATIENCE_MS = 18_000

/** How long answers may take at the end of a run, in ms, while the tunnel can still carry them. */
export const END_MS = 900

/** What is left of a limit that began at `since`, in ms of the monotonic clock; 0 when it is over. */
export const msLeft = (since: number, limitMs: number, now: number): number => Math.max(0, since + limitMs - now)
