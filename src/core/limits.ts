// The bounds on bytes that more than one room must agree on, and how they depend on one another.

const MIB = 1024 * 1024

/** The largest body of a delivery, in bytes: what the gateway takes, a replay may send, and a command may read. */
export const MAX_BODY_BYTES = 10 * MIB

/** The longest answer of the platform's API or of the bot that is read, in bytes. */
export const MAX_ANSWER_BYTES = 10 * MIB

/** How far a compressed body is decompressed for its label, in bytes: a small body cannot become gigabytes. */
export const MAX_DECOMPRESSED_BYTES = 10 * MIB

// Each of the following must hold at least one body: a body that fits nowhere would be refused for good.

/** All bodies together that the gateway holds before their signature is checked, in bytes. */
export const MAX_UNVERIFIED_BYTES = 16 * MIB

/** All bodies together that one run records of deliveries without a right signature, in bytes. */
export const MAX_REFUSED_BYTES = 16 * MIB

/** All records together that wait for the disk, in bytes: a body and its reply at least. */
export const MAX_UNWRITTEN_BYTES = 64 * MIB

/** All bodies together that are under way to where the webhook pointed before, in bytes. */
export const MAX_PASSING_BYTES = 64 * MIB

/** All bodies together that wait for the bot, in bytes. */
export const MAX_WAITING_BYTES = 256 * MIB
