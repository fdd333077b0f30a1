// Times as the page shows them.

const two = (number: number): string => String(number).padStart(2, '0')

/** `12:04:31`, the local time. */
export function clockTime(at: number): string {
  const date = new Date(at)
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/** `12:04:31.120`. */
export const preciseTime = (at: number): string => `${clockTime(at)}.${String(at % 1_000).padStart(3, '0')}`

/** `2026-11-26`, the local day. */
export function dayOf(at: number): string {
  const date = new Date(at)
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
