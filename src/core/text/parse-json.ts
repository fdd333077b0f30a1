// Reading JSON that people write, with the line and column of the first mistake.
import { positionAt, type TextPosition } from './position.ts'

/** The value of a JSON text. Throws with the place of the first mistake, and nothing of what stands there. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const { line, column } = firstMistake(text)
    throw new Error(`it is not valid JSON at line ${line}, column ${column}`, { cause })
  }
}

/** Whether a text is JSON. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    // What is wrong with it is not asked here.
    return false
  }
}

/** Where a text stops being JSON, and what would have to stand there, in words that quote nothing of it. */
export interface JsonMistake extends TextPosition {
  readonly message: string
}

/** The first mistake of a text; `null` when it is JSON. */
export const jsonMistake = (text: string): JsonMistake | null => (isJson(text) ? null : firstMistake(text))

/** What may come next: a value, a value or the end of an empty list, a name or the end of an empty object, and so on. */
type Next = 'value' | 'value or ]' | 'name' | 'name or }' | ':' | ', or end'

/** Where a text that is not JSON stops being it. Only some of Node's own messages say where, and all of them quote it. */
export function firstMistake(text: string): JsonMistake {
  const open: ('{' | '[')[] = []
  let next: Next | null = 'value'
  let at = 0
  const token =
    /[ \t\r\n]*(?:([{}[\],:])|("(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)))/y
  while (next !== null) {
    token.lastIndex = at
    const [whole, mark, string] = token.exec(text) ?? []
    const after: Next | null =
      whole === undefined ? null : step(next, mark ?? (string === undefined ? 'scalar' : 'string'), open)
    if (whole === undefined || after === null) break
    at += whole.length
    next = open.length === 0 && after === ', or end' ? null : after
  }
  const space = /[ \t\r\n]*/y
  space.lastIndex = at
  const end = at + (space.exec(text)?.[0].length ?? 0)
  return { ...positionAt(text, end), message: wordsFor(next, text[end], open.at(-1)) }
}

/** What may come after a token; `null` when it may not stand there. */
function step(next: Next, token: string, open: ('{' | '[')[]): Next | null {
  const closes = (next === 'value or ]' && token === ']') || (next === 'name or }' && token === '}')
  const ends = next === ', or end' && token === (open.at(-1) === '{' ? '}' : ']')
  if (closes || ends) {
    open.pop()
    return ', or end'
  }
  if (next === ', or end') return token === ',' ? (open.at(-1) === '{' ? 'name' : 'value') : null
  if (next === ':') return token === ':' ? 'value' : null
  if (next === 'name' || next === 'name or }') return token === 'string' ? ':' : null
  if (token === 'scalar' || token === 'string') return ', or end'
  if (token !== '{' && token !== '[') return null
  open.push(token)
  return token === '{' ? 'name or }' : 'value or ]'
}

/** What is expected, where `mark` stands inside what was opened last. */
function wordsFor(next: Next | null, mark: string | undefined, opened: '{' | '[' | undefined): string {
  if (next === null) return 'nothing may follow'
  if (next === ', or end') return `a comma or \`${opened === '{' ? '}' : ']'}\` is expected`
  if (next === ':') return 'a colon is expected'
  if (mark === '"') return 'a string is not right, or not closed'
  return next.startsWith('name') ? 'a name in double quotes is expected' : 'a value is expected'
}
