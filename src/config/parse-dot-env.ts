// Reading the text of a file of variables as the bot's own `dotenv` reads it, and finding the lines that it skips or misreads.

/** A file of variables as it was read. */
export interface ParsedDotEnv {
  readonly variables: Readonly<Record<string, string>>
  /** The lines that are not read, or not as they look, as the end of a sentence: `line 3 is neither …`. Never shows what is in them. */
  readonly problems: readonly string[]
}

// What `dotenv` takes for an assignment (its expression, BSD-2-Clause): a bot and dev-hook must not differ in a value.
// A byte order mark counts as white space there.
const ASSIGNMENT =
  /^\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?$/gm

const QUOTED = /^(['"`])([\s\S]*)\1$/gm

/** Reads the text of a file of variables. A variable that is set twice has its last value. */
export function parseDotEnv(text: string): ParsedDotEnv {
  const lines = text.replaceAll(/\r\n?/g, '\n')
  const variables: Record<string, string> = {}
  const problems: string[] = []
  let at = 0
  for (const match of lines.matchAll(ASSIGNMENT)) {
    const [whole, name = '', given = ''] = match
    problems.push(...unreadLines(lines, at, match.index))
    const raw = given.trim()
    Object.defineProperty(variables, name, { value: unquoted(raw), ...OWN_FIELD })
    if (isOpenQuote(raw)) {
      const line = lineAt(lines, match.index + whole.length - whole.trimStart().length)
      problems.push(`line ${line} has a quote that is not closed at the end of its value, so it is part of the value`)
    }
    at = match.index + whole.length
  }
  problems.push(...unreadLines(lines, at, lines.length))
  return { variables, problems }
}

/** How an assignment makes a field: `__proto__` is a name like any other. */
const OWN_FIELD = { configurable: true, enumerable: true, writable: true }

function unquoted(raw: string): string {
  const value = raw.replace(QUOTED, '$2')
  return raw.startsWith('"') ? value.replaceAll('\\n', '\n').replaceAll('\\r', '\r') : value
}

const isOpenQuote = (raw: string): boolean => /^['"`]/.test(raw) && (raw.length === 1 || raw.at(-1) !== raw[0])

/** The lines between two assignments that are neither empty nor a comment. */
function unreadLines(lines: string, from: number, to: number): string[] {
  const first = lineAt(lines, from)
  return lines
    .slice(from, to)
    .split('\n')
    .flatMap((line, i) =>
      /^\s*(#|$)/.test(line) ? [] : [`line ${first + i} is neither NAME=value nor a comment, so it is not read`],
    )
}

const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length
