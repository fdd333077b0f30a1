// Text from outside made visible: what has no shape, or turns the reading direction, is shown as what it is.

/** C0, DEL and C1; what turns the reading direction, ends a line, has no width, or is half a character. */
const HIDDEN = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}\u00ad\u200b-\u200d\u2060\ufeff]/gu
const HIDDEN_IN_LINES = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}\u00ad\u200b\u2060\ufeff]/gu

/** One line of text. Joiners stay where people put them: between the parts of an emoji. */
export const visible = (text: string): string =>
  text.replace(HIDDEN, (mark, at: number) => (isJoiner(mark) && at > 0 ? mark : name(mark)))

/** Text of several lines, with its tabs. */
export const visibleLines = (text: string): string => text.replaceAll('\r\n', '\n').replace(HIDDEN_IN_LINES, name)

/** JSON in which what cannot be seen is escaped, which is the same JSON. */
export const escapeHidden = (json: string): string =>
  json.replace(HIDDEN_IN_LINES, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** One line of at most so many characters. */
export const visibleStart = (text: string, longest: number): string =>
  text.length <= longest ? visible(text) : `${visible(text.slice(0, longest))}…`

const isJoiner = (mark: string): boolean => mark === '\u200d' || mark === '\u200c'

function name(mark: string): string {
  const code = mark.codePointAt(0) ?? 0
  // There are pictures of the first: ␀, ␛, ␊.
  if (code < 0x20) return String.fromCodePoint(0x2400 + code)
  return `‹${code.toString(16).toUpperCase().padStart(4, '0')}›`
}
