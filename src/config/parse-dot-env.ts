// Reading the text of a file of variables as the bot's own `dotenv` reads it, and finding the lines that it skips or misreads.

/** A file of variables as it was read. */
export interface ParsedDotEnv {
  readonly variables: Readonly<Record<string, string>>
  /** The lines that are not read, or not as they look, as the end of a sentence: `line 3 is neither …`. Never shows what is in them. */
  readonly problems: readonly string[]
}

// What `dotenv` takes for an assignment (its expression, BSD-2-Clause): a bot and dev-hook must not differ in a value. It begins
// at its own line rather than at the empty ones above it, which are not looked at again and again then. A byte order mark counts
// as white space.
const ASSIGNMENT =
  /^[^\S\n]*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?$/gm

const QUOTED = /^(['"`])([\s\S]*)\1$/gm

/** Reads the text of a file of variables. A variable that is set twice has its last value. */
export function parseDotEnv(text: string): ParsedDotEnv {
  const lines = text.replaceAll(/\r\n?/g, '\n')
  const variables: Record<string, string> = {}
  const problems: string[][] = []
  let at = 0
  let line = 1
  for (const match of lines.matchAll(ASSIGNMENT)) {
    const [whole, name = '', given = ''] = match
    const between = lines.slice(at, match.index)
    problems.push(unreadLines(between, line))
    line += lineEndsIn(between)
    const raw = given.trim()
    Object.defineProperty(variables, name, { value: unquoted(raw), ...OWN_FIELD })
    if (isOpenQuote(raw))
      problems.push([`line ${line} has a quote that is not closed at the end of its value, so it is part of the value`])
    line += lineEndsIn(whole)
    at = match.index + whole.length
  }
  problems.push(unreadLines(lines.slice(at), line))
  return { variables, problems: firstFew(problems.flat()) }
}

/** A file of another kind has as many problems as lines. */
const MAX_NAMED = 5

const firstFew = (problems: readonly string[]): readonly string[] =>
  problems.length <= MAX_NAMED
    ? problems
    : [
        ...problems.slice(0, MAX_NAMED),
        `${problems.length - MAX_NAMED} more of its lines are not read, or not as they look`,
      ]

/** How an assignment makes a field: `__proto__` is a name like any other. */
const OWN_FIELD = { configurable: true, enumerable: true, writable: true }

function unquoted(raw: string): string {
  const value = raw.replace(QUOTED, '$2')
  return raw.startsWith('"') ? value.replaceAll('\\n', '\n').replaceAll('\\r', '\r') : value
}

const isOpenQuote = (raw: string): boolean => /^['"`]/.test(raw) && (raw.length === 1 || raw.at(-1) !== raw[0])

/** The lines between two assignments that are neither empty nor a comment; `first` is the number of the first. */
const unreadLines = (between: string, first: number): string[] =>
  between
    .split('\n')
    .flatMap((line, i) =>
      /^\s*(#|$)/.test(line) ? [] : [`line ${first + i} is neither NAME=value nor a comment, so it is not read`],
    )

const lineEndsIn = (text: string): number => text.split('\n').length - 1
