// Truncates text without keeping the rest of it in memory.

/**
 * Truncates a text to `longest` UTF-16 code units, or to one fewer if that would split a surrogate pair. Returns a copy, because V8
 * keeps a whole string in memory for as long as a slice of it is in use.
 */
export function beginningOf(text: string, longest: number): string {
  if (text.length <= longest) return text
  const length = isHighSurrogate(text.charCodeAt(longest - 1)) ? longest - 1 : longest
  return Buffer.from(text.slice(0, length)).toString()
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff
