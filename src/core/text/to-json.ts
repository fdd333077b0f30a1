// JSON for other programs: what it says may come from outside, and must be readable to the strictest of them.

// Half a character, of which `jq` makes an error; and every escape before it, so that a backslash is not taken for one.
const ESCAPE = /\\(?:u[dD][89a-fA-F][0-9a-fA-F]{2}|.)/gs
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\p{Bidi_Control}]/gu

/**
 * Writes a value as well-formed JSON of printable characters: half a character is replaced, and what a terminal would act on
 * is escaped, so that even the body of a delivery says the same when it is read back.
 */
export function toJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, null, indent).replace(UNPRINTABLE, escaped)
  // Only half a character is written like that, or a text that looks like it.
  return json.includes('\\ud') ? json.replace(ESCAPE, wellFormed) : json
}

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

const wellFormed = (found: string): string => (found.length > 2 ? '\\ufffd' : found)
