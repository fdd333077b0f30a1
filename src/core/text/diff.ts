// The difference between two texts, line by line.

/** A line of a difference: added, removed or unchanged. */
export interface DiffLine {
  readonly mark: '+' | '-' | ' '
  readonly text: string
}

/** Above this many lines the middle is not compared, only replaced: the files of a project are short. */
const MAX_LINES = 2_000

/** The lines that were removed and added, each with so many unchanged ones around it. */
export function diffLines(before: string, after: string, context = 1): readonly DiffLine[] {
  const all = compare(linesOf(before), linesOf(after))
  const near = (at: number): boolean =>
    all.slice(Math.max(0, at - context), at + context + 1).some(({ mark }) => mark !== ' ')
  return all.filter((_, at) => near(at))
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/)
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

function compare(before: readonly string[], after: readonly string[]): DiffLine[] {
  let head = 0
  while (head < before.length && head < after.length && before[head] === after[head]) head++
  let tail = 0
  const most = Math.min(before.length, after.length) - head
  while (tail < most && before.at(-1 - tail) === after.at(-1 - tail)) tail++
  const same = (lines: readonly string[]): DiffLine[] => lines.map((text) => ({ mark: ' ', text }))
  return [
    ...same(before.slice(0, head)),
    ...middle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...same(before.slice(before.length - tail)),
  ]
}

function middle(before: readonly string[], after: readonly string[]): DiffLine[] {
  const taken = before.map((text): DiffLine => ({ mark: '-', text }))
  const added = after.map((text): DiffLine => ({ mark: '+', text }))
  if (before.length === 0 || after.length === 0 || before.length * after.length > MAX_LINES ** 2)
    return [...taken, ...added]
  const common = commonLengths(before, after)
  const lines: DiffLine[] = []
  let [a, b] = [0, 0]
  while (a < before.length || b < after.length) {
    const [old, fresh] = [before[a], after[b]]
    if (old !== undefined && old === fresh) {
      lines.push({ mark: ' ', text: old })
      a++
      b++
    } else if (old !== undefined && (fresh === undefined || at(common, a + 1, b) >= at(common, a, b + 1))) {
      lines.push({ mark: '-', text: old })
      a++
    } else {
      lines.push({ mark: '+', text: fresh ?? '' })
      b++
    }
  }
  return lines
}

const at = (table: readonly (readonly number[])[], a: number, b: number): number => table[a]?.[b] ?? 0

/** How many lines the rests from `a` and `b` on have in common, in order. */
function commonLengths(before: readonly string[], after: readonly string[]): number[][] {
  const table = Array.from({ length: before.length + 1 }, () => after.map(() => 0).concat(0))
  for (let a = before.length - 1; a >= 0; a--) {
    const row = table[a] ?? []
    for (let b = after.length - 1; b >= 0; b--) {
      row[b] = before[a] === after[b] ? at(table, a + 1, b + 1) + 1 : Math.max(at(table, a + 1, b), at(table, a, b + 1))
    }
  }
  return table
}
