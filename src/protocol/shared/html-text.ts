// HTML put together of parts, in which text is never markup: whatever is not HTML already is escaped.
import { visibleLines } from '../../core/text/visible.ts'

/** A piece of HTML, of printable ASCII characters: it reads the same in whatever encoding a shell or a mail has saved it. */
export interface Html {
  readonly html: string
}

type Hole = Html | string | number | null | readonly Html[]

/** Writes HTML. What is filled in is text, and shown as that, unless it is HTML itself; `null` is nothing. */
export function html(parts: TemplateStringsArray, ...holes: readonly Hole[]): Html {
  const written = parts.map((part, n) => part + filled(holes[n] ?? null))
  return { html: written.join('') }
}

/** HTML that was not made by `html`: never of text from outside. */
export const asHtml = (written: string): Html => ({ html: written })

function filled(hole: Hole): string {
  if (hole === null) return ''
  if (typeof hole === 'string') return escaped(hole)
  if (typeof hole === 'number') return String(hole)
  return isList(hole) ? hole.map((one) => one.html).join('') : hole.html
}

const isList = (hole: Html | readonly Html[]): hole is readonly Html[] => Array.isArray(hole)

/** All that means anything in text or in a quoted attribute, and all that is not printable ASCII. */
const SPECIAL = /[&<>"'`]|[^\t\n -~]/gu

const escaped = (text: string): string =>
  visibleLines(text).replace(SPECIAL, (character) => `&#x${(character.codePointAt(0) ?? 0).toString(16)};`)
