// `dev-hook restore`: puts back what a run left behind.
import { homedir } from 'node:os'
import { stateHome } from '../../config/state-home.ts'
import { DevHookError } from '../../core/errors.ts'
import { whoAmI } from '../../core/instance-name.ts'
import { createNotices } from '../../core/notices.ts'
import { createRedactor } from '../../core/redact.ts'
import { restoreLeftover } from '../../daemon/offline/restore-leftover.ts'
import type { CommandHandler } from '../command.ts'
import { EXIT_CODES } from '../exit.ts'
import { wantsColor } from '../io.ts'
import { loadFor } from '../load-config.ts'
import { redactNotice } from '../output/redact-notice.ts'
import { createTerminal } from '../output/terminal.ts'

export const restore: CommandHandler = async (call) => {
  const { io } = call
  const config = await loadFor(call)
  const notices = createNotices()
  const redactor = createRedactor([config.token, config.refreshToken, config.secret])
  const { quiet, verbose } = config
  const print = createTerminal({ write: io.err, color: wantsColor(config.color, io), quiet, verbose })
  notices.on((notice) => print(redactNotice(notice, redactor.redact)))
  const leftover = await restoreLeftover({
    config,
    stateHome: stateHome(io.env, io.platform, homedir()),
    who: whoAmI(),
    emit: notices.emit,
    redactor,
  })
  if (leftover.is === 'running') {
    const { user } = leftover.holder
    throw new DevHookError('taken', `a run for this bot is still going on: ${user}; it restores when it ends`, {
      remedy: 'end that run',
    })
  }
  const { result } = leftover
  // In a run that changed nothing this would be noise; here it is the answer.
  if (result === 'nothing') io.err('there is nothing to put back')
  notices.emit({ type: 'restored', result })
  return result === 'failed' ? EXIT_CODES['not-restored'] : EXIT_CODES.ended
}
