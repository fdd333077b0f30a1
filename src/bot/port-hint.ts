// The port that a bot prints when it begins to listen.
import { oneLine } from '../core/text/sanitize.ts'

// `http://localhost:4002/`, `running on 127.0.0.1:4002`, `[::]:4002`, `listening on port 4002`, `listening on 4002`, `on :4002`.
const AFTER_HOST = /(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]|\bon )\s*:(\d{2,5})\b/
const AFTER_WORD = /\b(?:port[ :=]+|listening on )(\d{2,5})\b/

/** The port that a printed line names as the one the bot listens on; `null` when it names none. */
export function portIn(line: string): number | null {
  const text = oneLine(line).toLowerCase()
  // `node --inspect` prints the port of its debugger.
  if (text.includes('debugger')) return null
  const [, printed] = AFTER_HOST.exec(text) ?? AFTER_WORD.exec(text) ?? []
  const port = Number(printed)
  return port > 0 && port < 65_536 ? port : null
}
