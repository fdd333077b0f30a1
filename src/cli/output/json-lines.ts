// Notices as JSON, one object a line, for programs.
import { type Notice, warning } from '../../core/notices.ts'
import type { Clean } from '../../core/text/clean-notice.ts'
import { toJson } from '../../core/text/to-json.ts'
import { exitCodeOf } from '../exit.ts'
import type { Io } from '../io.ts'

/**
 * Creates the renderer, which cleans what it prints. `type` and `time` come first; what the bot prints goes to stderr, it is no
 * notice of ours.
 */
export function createJsonLines({ live, err }: Pick<Io, 'live' | 'err'>, clean: Clean): (notice: Notice) => void {
  return (notice) => {
    if (notice.type === 'bot-output') err(clean(notice).line)
    else live(() => toJson(clean(notice.type === 'stopped' ? withExitCode(notice) : notice)), dropped)
  }
}

const withExitCode = (notice: Notice & { readonly type: 'stopped' }) => ({
  ...notice,
  exitCode: exitCodeOf(notice.failure, notice.restored),
})

/** The notice that stands in place of those that nobody read. */
function dropped(lines: number): string {
  const { type, ...rest } = warning(
    'outputDropped',
    `nobody read the output for a while: ${lines} notices were dropped`,
  )
  return toJson({ type, time: new Date().toISOString(), ...rest })
}
