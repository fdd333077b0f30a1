// What the bot has printed, for whoever looks only later: the last lines, with their times.
/** A line that the bot has printed. */
export interface PrintedLine {
  /** In ISO 8601. */
  readonly time: string
  readonly stream: 'stdout' | 'stderr'
  /** As it was printed: with its colours, and perhaps with secrets. */
  readonly line: string
}

export interface PrintedLines {
  /** The last ones, oldest first. */
  list(): readonly PrintedLine[]
  add(stream: PrintedLine['stream'], line: string): void
}

/** How much is kept, in lines and in characters. */
const KEPT = { lines: 2_000, characters: 1024 * 1024 }

/** Keeps what the bot prints from now on. */
export function createPrintedLines(kept = KEPT, now: () => number = Date.now): PrintedLines {
  let lines: PrintedLine[] = []
  let characters = 0

  return {
    list: () => lines.slice(-kept.lines),
    add: (stream, line) => {
      lines.push({ time: new Date(now()).toISOString(), stream, line })
      characters += line.length
      // Not one by one: taking the first of a list moves all others.
      if (lines.length < 2 * kept.lines && characters < 2 * kept.characters) return
      let start = Math.max(0, lines.length - kept.lines)
      characters = lines.slice(start).reduce((sum, { line: text }) => sum + text.length, 0)
      for (; characters > kept.characters && start < lines.length - 1; start += 1)
        characters -= lines[start]?.line.length ?? 0
      lines = lines.slice(start)
    },
  }
}
