/** Its path; `null` when there is none. */
export function findChromium(): string | null
