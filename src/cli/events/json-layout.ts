// JSON as text: laid out for people and packed again without touching a value, as parsing and writing it would touch long numbers.

/** One member or item a line, indented by two; `null` for what is no JSON. */
export function layOut(text: string): string | null {
  const tokens = tokensOf(text)
  if (tokens === null) return null
  const out: string[] = []
  let depth = 0
  const newLine = (): string => `\n${'  '.repeat(depth)}`
  tokens.forEach((token, i) => {
    const empty = isOpening(tokens[i - 1]) && isClosing(token)
    if (isClosing(token)) {
      depth -= 1
      if (!empty) out.push(newLine())
    }
    out.push(token === ':' ? ': ' : token)
    if (isOpening(token)) depth += 1
    if (token === ',' || (isOpening(token) && !isClosing(tokens[i + 1]))) out.push(newLine())
  })
  return out.join('')
}

/** Without any white space between its parts; `null` for what is no JSON. */
export const pack = (text: string): string | null => tokensOf(text)?.join('') ?? null

/** Where a string that begins with the quote at `start` ends: behind its last quote, or with the text. */
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

function tokensOf(text: string): readonly string[] | null {
  try {
    JSON.parse(text)
  } catch {
    // No JSON: the caller is told by the `null`.
    return null
  }
  const tokens: string[] = []
  // A bracket, a comma, a colon, a number or a word; a string is as long as it is, which is too long for an expression.
  const other = /[{}[\],:]|[^\s{}[\],:"]+/g
  for (let at = nextToken(text, 0); at < text.length; at = nextToken(text, at)) {
    other.lastIndex = at
    const end = text[at] === '"' ? endOfString(text, at) : at + (other.exec(text)?.[0].length ?? 1)
    tokens.push(text.slice(at, end))
    at = end
  }
  return tokens
}

function nextToken(text: string, from: number): number {
  let at = from
  while (at < text.length && ' \t\r\n'.includes(text[at] ?? '')) at += 1
  return at
}

const isOpening = (token: string | undefined): boolean => token === '{' || token === '['
const isClosing = (token: string | undefined): boolean => token === '}' || token === ']'
