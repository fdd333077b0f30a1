// The path of a URL as it can stand in a request line.

/** Whether a text has half a character in it (a lone surrogate), which no encoding of a URL can say. */
export const isIllFormed = (text: string): boolean => /\p{Surrogate}/u.test(text)

/**
 * Percent-encodes what cannot stand in a request line, as UTF-8, the way a URL has it; what is encoded already, and every other
 * character, stays as it is. The path has to be well-formed.
 */
export const encodePath = (path: string): string =>
  path.replace(/[^\x21-\x7e]|["<>^`{|}]/gu, (character) => encodeURIComponent(character))
