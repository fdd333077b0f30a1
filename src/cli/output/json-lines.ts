// Notices as JSON, one object a line, for programs.
import type { Notice } from '../../core/notices.ts'
import { exitCodeOf } from '../exit.ts'
import { toJson } from './to-json.ts'

/** Creates the renderer. `type` and `time` come first; what the bot prints goes to stderr, it is no notice of ours. */
export function createJsonLines(out: (line: string) => void, err: (line: string) => void): (notice: Notice) => void {
  return (notice) => {
    if (notice.type === 'bot-output') return err(notice.line)
    if (notice.type !== 'stopped') return out(toJson(notice))
    out(toJson({ ...notice, exitCode: exitCodeOf(notice.failure, notice.restored) }))
  }
}
