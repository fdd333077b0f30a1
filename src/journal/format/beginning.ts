// The beginning of a text, as a string of its own.

/**
 * Cuts a text to so many UTF-16 code units, or one fewer where that would part a character. What it returns holds on to nothing of the
 * rest: V8 keeps a whole string in memory for as long as there is a slice of it.
 */
export function beginningOf(text: string, longest: number): string {
  if (text.length <= longest) return text
  const length = isHighSurrogate(text.charCodeAt(longest - 1)) ? longest - 1 : longest
  return Buffer.from(text.slice(0, length)).toString()
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff
