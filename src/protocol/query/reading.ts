// What the two languages of filters have in common: places in a text, what is wrong there, and quoted texts.

/** Where something stands in a filter: code units from its start, the end not included. */
export interface Place {
  readonly start: number
  readonly end: number
}

/** What is wrong with a filter, and where. */
export interface FilterProblem extends Place {
  /** A sentence without its end: ``unknown key `evnt` ``. */
  readonly message: string
  /** What may stand there. */
  readonly allowed: string
}

const QUOTED = /"((?:[^"\\]|\\.)*)"/sy

/** Reads the text in quotes that begins at an index, in which `\` takes the meaning from what follows; or says that it has no end. */
export function readQuoted(text: string, start: number): (Place & { readonly text: string }) | FilterProblem {
  const match = matchAt(QUOTED, text, start)
  if (match === null)
    return {
      start,
      end: text.length,
      message: 'a quote is not closed',
      allowed: 'text up to the next `"`; `\\"` is a quote in it',
    }
  const [whole, inner = ''] = match
  return { start, end: start + whole.length, text: inner.replace(/\\(.)/gs, '$1') }
}

/** A text in quotes, as `readQuoted` reads it. */
export const inQuotes = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`

/** Matches a sticky expression at an index. */
export function matchAt(expression: RegExp, text: string, at: number): RegExpExecArray | null {
  expression.lastIndex = at
  return expression.exec(text)
}

const SPACE = /\s*/y

/** Where the white space ends that begins at an index. */
export const spaceAfter = (text: string, at: number): number => at + (matchAt(SPACE, text, at)?.[0].length ?? 0)
