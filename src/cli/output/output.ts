// Who hears the notices of a run: the terminal or the JSON lines, and the log file.
import type { Config } from '../../config/load.ts'
import type { Notice, Notices } from '../../core/notices.ts'
import type { Redactor } from '../../core/redact.ts'
import { type Io, wantsColor, wantsJson } from '../io.ts'
import { createJsonLines } from './json-lines.ts'
import { startLog } from './log-file.ts'
import { redactNotice } from './redact-notice.ts'
import { createTerminal } from './terminal.ts'

/** Starts to print and to log. Returns what ends it: everything announced so far is then written. */
export function startOutput(
  config: Config,
  io: Io,
  notices: Notices,
  redactor: Redactor,
  folder: string,
): () => Promise<void> {
  const json = wantsJson(config.json, io)
  const { quiet, verbose, restore } = config
  const print = json
    ? createJsonLines(io.out, io.err)
    : createTerminal({ write: io.err, color: wantsColor(config.color, io), quiet, verbose, restore })
  const log = startLog(folder)
  const off = notices.on((notice) => {
    const clean = redactNotice(notice, redactor.redact)
    print(clean)
    log.write(withoutManualUrl(clean))
  })
  return async () => {
    off()
    await log.close()
  }
}

/** In manual mode the URL is printed with its credentials, because it has to be pasted; nowhere else. */
function withoutManualUrl(notice: Notice): Notice {
  if (notice.type !== 'registration' || notice.url === undefined) return notice
  return { ...notice, url: '[redacted]' }
}
