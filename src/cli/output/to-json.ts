// JSON for other programs: what it says may come from outside, and must be readable to the strictest of them.
import { toUSVString } from 'node:util'

/** Writes a value as JSON in which every text is well-formed: half a character is replaced, of which `jq` makes an error. */
export function toJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, null, indent)
  // Only half a character is escaped like that, or a text that looks like it; the second way takes several times as long.
  return json.includes('\\ud') ? JSON.stringify(value, wellFormed, indent) : json
}

const wellFormed = (_key: string, value: unknown): unknown => (typeof value === 'string' ? toUSVString(value) : value)
