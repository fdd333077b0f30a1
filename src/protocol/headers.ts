// Reading one header out of the flat list that travels with a delivery.
import type { RawHeaders } from '../core/delivery.ts'

/** The first value of a header, by its lower-case name. */
export function headerOf(headers: RawHeaders, name: string): string | undefined {
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i]?.toLowerCase() === name) return headers[i + 1]
  }
  return undefined
}
