// Where a text is no JSON, and what would have to stand there: each browser says that in its own way, and some do not.

/** What is wrong with a text: at a code unit, which is in a line and a column, both from 1 on. */
export interface JsonProblem {
  readonly at: number
  readonly line: number
  readonly column: number
  readonly message: string
}

type Expected = 'value' | 'item or ]' | 'key' | 'key or }' | ':' | ', or end'

const STRING = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null/y
const SPACE = /[ \t\r\n]*/y

/** The first thing that is wrong with a text; `null` when it is JSON. Without recursion: a text may be nested as it likes. */
export function jsonProblem(text: string): JsonProblem | null {
  const open: ('{' | '[')[] = []
  let expected: Expected = 'value'
  let at = 0
  const take = (expression: RegExp): boolean => {
    expression.lastIndex = at
    const length = expression.exec(text)?.[0].length ?? 0
    at += length
    return length > 0
  }
  for (;;) {
    take(SPACE)
    const mark = text[at]
    if (mark === undefined && expected === ', or end' && open.length === 0) return null
    const next = step(mark, expected, open, take)
    if (next === null) return problemAt(text, at, expected, open)
    if (mark !== undefined && '{[}],:'.includes(mark)) at += 1
    expected = next
  }
}

/** Goes over what stands there; gives what is expected behind it, or `null` when it may not stand there. */
function step(
  mark: string | undefined,
  expected: Expected,
  open: ('{' | '[')[],
  take: (expression: RegExp) => boolean,
): Expected | null {
  if (expected === ':') return mark === ':' ? 'value' : null
  if (expected === ', or end') {
    const last = open.at(-1)
    if (mark === ',' && last !== undefined) return last === '{' ? 'key' : 'value'
    return closes(mark, open)
  }
  if (expected === 'key' || expected === 'key or }') {
    if (mark === '"') return take(STRING) ? ':' : null
    return expected === 'key or }' ? closes(mark, open) : null
  }
  if (mark === '{' || mark === '[') {
    open.push(mark)
    return mark === '{' ? 'key or }' : 'item or ]'
  }
  if (expected === 'item or ]' && mark === ']') return closes(mark, open)
  return take(mark === '"' ? STRING : SCALAR) ? ', or end' : null
}

function closes(mark: string | undefined, open: ('{' | '[')[]): Expected | null {
  const last = open.at(-1)
  if (last === undefined || mark !== (last === '{' ? '}' : ']')) return null
  open.pop()
  return ', or end'
}

function problemAt(text: string, at: number, expected: Expected, open: readonly string[]): JsonProblem {
  const before = text.slice(0, at).split('\n')
  const message =
    text[at] === '"' && expected !== ':' && expected !== ', or end'
      ? 'a string is not right, or not closed'
      : words(expected, open)
  return { at, line: before.length, column: (before.at(-1) ?? '').length + 1, message }
}

function words(expected: Expected, open: readonly string[]): string {
  if (expected === ', or end') {
    const last = open.at(-1)
    return last === undefined ? 'nothing may follow' : `a comma or \`${last === '{' ? '}' : ']'}\` is expected`
  }
  if (expected === ':') return 'a colon is expected'
  return expected.startsWith('key') ? 'a name in double quotes is expected' : 'a value is expected'
}
