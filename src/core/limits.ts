// The bounds that more than one room must agree on.

/** The largest body of a delivery, in bytes: what the gateway takes, a replay may send, and a command may read. */
export const MAX_BODY_BYTES = 10 * 1024 * 1024

/** The longest answer of the platform's API or of the bot that is read, in bytes. */
export const MAX_ANSWER_BYTES = 10 * 1024 * 1024
