// Headers as they were on the wire, `[name, value, name, value, …]`: read, filtered and replaced without losing order or case.
import type { RawHeaders } from '../delivery.ts'

// The length first: it spares almost every name the lower-casing, and each delivery is searched several times.
const isNamed = (name: string | undefined, lowerCaseName: string): boolean =>
  name?.length === lowerCaseName.length && name.toLowerCase() === lowerCaseName

/** The first value of a header, by its lower-case name; `undefined` when there is none. */
export function headerOf(headers: RawHeaders, lowerCaseName: string): string | undefined {
  for (let i = 0; i < headers.length; i += 2) if (isNamed(headers[i], lowerCaseName)) return headers[i + 1]
  return undefined
}

/** Every value of a header, in order. */
export function headerValues(headers: RawHeaders, lowerCaseName: string): string[] {
  const values: string[] = []
  for (let i = 0; i + 1 < headers.length; i += 2)
    if (isNamed(headers[i], lowerCaseName)) values.push(headers[i + 1] ?? '')
  return values
}

/** A new list without a header, by its lower-case name. */
export function withoutHeader(headers: RawHeaders, lowerCaseName: string): string[] {
  const kept: string[] = []
  for (let i = 0; i + 1 < headers.length; i += 2)
    if (!isNamed(headers[i], lowerCaseName)) kept.push(headers[i] ?? '', headers[i + 1] ?? '')
  return kept
}

/** A new list with those headers whose lower-case name is kept. */
export function filterHeaders(headers: RawHeaders, keep: (lowerCaseName: string) => boolean): string[] {
  const kept: string[] = []
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] ?? ''
    if (keep(name.toLowerCase())) kept.push(name, headers[i + 1] ?? '')
  }
  return kept
}

/** The same headers as pairs. */
export function headerPairs(headers: RawHeaders): [name: string, value: string][] {
  const pairs: [string, string][] = []
  for (let i = 0; i + 1 < headers.length; i += 2) pairs.push([headers[i] ?? '', headers[i + 1] ?? ''])
  return pairs
}
