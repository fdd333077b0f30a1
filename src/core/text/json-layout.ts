// JSON as text: laid out for people and packed again without touching a value, as parsing and writing it would touch long numbers.
import { isJson } from './parse-json.ts'

// Deeper than anything that people write. Beyond it, and beyond so much white space, no layout helps anybody to read.
const MAX_DEPTH = 500
const MAX_GROWTH = 8
const FREE_GROWTH = 64 * 1024

/** One member or item a line, indented by two; `null` for what is not JSON, or has no layout that could be read. */
export function layOut(text: string): string | null {
  // Before it is parsed: what is nested by millions takes more memory than it has bytes.
  if (isDeep(text) || !isJson(text)) return null
  const out: string[] = []
  let length = 0
  let depth = 0
  let before = ''
  for (const token of tokensOf(text)) {
    if (isClosing(token)) depth -= 1
    const isEmpty = isOpening(before) && isClosing(token)
    if (!isEmpty && (before === ',' || isOpening(before) || isClosing(token))) {
      length += 1 + 2 * depth
      if (length > FREE_GROWTH + MAX_GROWTH * text.length) return null
      out.push(`\n${'  '.repeat(depth)}`)
    }
    out.push(token === ':' ? ': ' : token)
    if (isOpening(token)) depth += 1
    before = token
  }
  return out.join('')
}

/** Without any white space between its parts; `null` for what is not JSON. */
export const pack = (text: string): string | null => (isJson(text) ? [...tokensOf(text)].join('') : null)

/** Whether JSON is nested more deeply than anything that people write, and than what can be written back. */
export function isDeep(text: string): boolean {
  let depth = 0
  for (const token of tokensOf(text)) {
    if (isOpening(token)) depth += 1
    if (isClosing(token)) depth -= 1
    if (depth > MAX_DEPTH) return true
  }
  return false
}

/** Where a string that begins with the quote at `start` ends: after its closing quote, or with the text. */
export function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end === -1 ? text.length : end + 1
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0
  while (text[at - 1 - slashes] === '\\') slashes += 1
  return slashes % 2 === 1
}

/** The parts of a JSON text, without the white space between them. */
function* tokensOf(text: string): Generator<string, void, undefined> {
  // A bracket, a comma, a colon, a number or a word; a string is as long as it is, which is too long for an expression.
  const other = /[{}[\],:]|[^\s{}[\],:"]+/y
  for (let at = nextToken(text, 0); at < text.length; at = nextToken(text, at)) {
    other.lastIndex = at
    const end = text[at] === '"' ? endOfString(text, at) : at + (other.exec(text)?.[0].length ?? 1)
    yield text.slice(at, end)
    at = end
  }
}

function nextToken(text: string, from: number): number {
  let at = from
  while (at < text.length && ' \t\r\n'.includes(text[at] ?? '')) at += 1
  return at
}

const isOpening = (token: string): boolean => token === '{' || token === '['
const isClosing = (token: string): boolean => token === '}' || token === ']'
