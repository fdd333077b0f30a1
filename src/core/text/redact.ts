// Taking secrets out of text before anybody sees it.

/** What stands in place of a secret. */
export const REDACTED = '[redacted]'

/** Replaces every secret in a text by `[redacted]`. */
export type Redact = (text: string) => string

// Shapes that are secret wherever they come from: JWTs, bearer and basic credentials, and the password of a URL.
// Every part is bounded: text from outside must cost neither the square of its length nor the stack of the expression.
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/\beyJ[\w-]{8,16384}\.[\w-]{8,16384}\.[\w-]{0,16384}/g, REDACTED],
  [/\b(Bearer|Basic)\s{1,100}[\w.~+/=-]{8,16384}/gi, `$1 ${REDACTED}`],
  [/\b([a-z][a-z0-9+.-]{0,30}:\/\/[^\s:@/]{0,1024}):[^\s@/]{1,1024}@/gi, `$1:${REDACTED}@`],
]

// What each of the shapes begins with, or has in it. Most texts have none of it, and one look is cheaper than three.
const HINT = /eyJ|Bearer|Basic|:\/\//i

/** Takes out some secrets by their value and others by their shape; `conceal` adds a value. */
export interface Redactor {
  readonly redact: Redact
  conceal(secret: string | null | undefined): void
}

/** Creates a redactor. Values shorter than four characters are ignored: they would blot out ordinary text. */
export function createRedactor(secrets: readonly (string | null | undefined)[] = []): Redactor {
  const concealed: string[] = []
  const conceal = (secret: string | null | undefined): void => {
    if (!secret || secret.length < 4 || concealed.includes(secret)) return
    concealed.push(secret)
    // Longest first, so that a secret that contains another one leaves no tail behind.
    concealed.sort((a, b) => b.length - a.length)
  }
  secrets.forEach(conceal)
  return {
    conceal,
    redact: (text) => {
      let clean = text
      for (const secret of concealed) clean = clean.replaceAll(secret, REDACTED)
      if (!HINT.test(clean)) return clean
      for (const [shape, replacement] of SHAPES) clean = clean.replace(shape, replacement)
      return clean
    },
  }
}
