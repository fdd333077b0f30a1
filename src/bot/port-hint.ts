// The port that a bot prints when it begins to listen.
import { stripVTControlCharacters } from 'node:util'

// `http://localhost:4002/`, `running on 127.0.0.1:4002`, `[::]:4002`, `listening on port 4002`, `listening on 4002`, `on :4002`.
const PRINTED =
  /(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]|\bon )\s*:(\d{2,5})\b|\b(?:port[ :=]+|listening on )(\d{2,5})\b/i

/** The port that a printed line names as the one the bot listens on; `null` when it names none. */
export function portIn(line: string): number | null {
  // `node --inspect` prints the port of its debugger.
  if (/debugger/i.test(line)) return null
  const [, afterHost, afterWord] = PRINTED.exec(stripVTControlCharacters(line)) ?? []
  const port = Number(afterHost ?? afterWord)
  return port > 0 && port < 65_536 ? port : null
}
