// Which port a bot says it listens on, read from what it prints.
import { stripVTControlCharacters } from 'node:util'

// `http://localhost:4002/`, `running on 127.0.0.1:4002`, `[::]:4002`, `listening on port 4002`, `listening on 4002`, `on :4002`.
const SAID =
  /(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]|\bon )\s*:(\d{2,5})\b|\b(?:port[ :=]+|listening on )(\d{2,5})\b/i

/** The port that a line speaks of; `null` when it speaks of none. */
export function portIn(line: string): number | null {
  // `node --inspect` prints the port of its debugger.
  if (/debugger/i.test(line)) return null
  const [, afterHost, afterWord] = SAID.exec(stripVTControlCharacters(line)) ?? []
  const port = Number(afterHost ?? afterWord)
  return port > 0 && port < 65_536 ? port : null
}
