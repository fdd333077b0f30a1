// The text of a file that people write, in whatever encoding their editor or shell has saved it.

/** A text, and whether it was in UTF-16: as Windows PowerShell writes it, and most programs cannot read it. */
export interface DecodedText {
  /** Without a byte order mark. */
  readonly text: string
  readonly isUtf16: boolean
}

/** Decodes UTF-8 and, by its byte order mark, UTF-16. Bytes that are neither become U+FFFD. */
export function decodeText(bytes: Uint8Array): DecodedText {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return { text: new TextDecoder('utf-16le').decode(bytes), isUtf16: true }
  if (first === 0xfe && second === 0xff) return { text: new TextDecoder('utf-16be').decode(bytes), isUtf16: true }
  return { text: new TextDecoder().decode(bytes), isUtf16: false }
}
