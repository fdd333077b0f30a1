// What the bot has printed, for whoever looks only later: the last lines, with their times.
import type { Off } from '../../core/listeners.ts'
import type { Notices } from '../../core/notices.ts'

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
  close: Off
}

/** How much is kept, in lines and in characters. */
const KEPT = { lines: 2_000, characters: 1024 * 1024 }

/** Keeps what the bot prints from now on. */
export function keepBotOutput(notices: Pick<Notices, 'on'>, kept = KEPT): PrintedLines {
  let lines: PrintedLine[] = []
  let characters = 0

  function add(line: PrintedLine): void {
    lines.push(line)
    characters += line.line.length
    // Not one by one: taking the first of a list moves all others.
    if (lines.length < 2 * kept.lines && characters < 2 * kept.characters) return
    let start = Math.max(0, lines.length - kept.lines)
    characters = lines.slice(start).reduce((sum, { line: text }) => sum + text.length, 0)
    for (; characters > kept.characters && start < lines.length - 1; start += 1)
      characters -= lines[start]?.line.length ?? 0
    lines = lines.slice(start)
  }

  const close = notices.on((notice) => {
    if (notice.type === 'bot-output') add({ time: notice.time, stream: notice.stream, line: notice.line })
  })
  return { list: () => lines.slice(-kept.lines), close }
}
