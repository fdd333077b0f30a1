// `dev-hook restore`: puts back what a run left behind.
import { DevHookError } from '../../core/errors.ts'
import { restoreLeftover } from '../../daemon/offline/restore-leftover.ts'
import type { CommandHandler } from '../command-line/command.ts'
import { EXIT_CODES } from '../exit.ts'
import { openCommand } from '../open-command.ts'
import { openNotices } from '../output/output.ts'

export const restore: CommandHandler = async (call) => {
  const { io } = call
  const opened = await openCommand(call)
  const { config, redactor, json, stateHome, who } = opened
  const notices = openNotices(opened, io)
  const leftover = await restoreLeftover({ config, stateHome: stateHome(), who, emit: notices.emit, redactor })
  if (leftover.is === 'running') {
    const { user } = leftover.holder
    throw new DevHookError(
      'taken',
      `a run for this bot is still under way (${user}); it puts the webhook back when it ends`,
      {
        remedy: 'end that run',
      },
    )
  }
  const { result } = leftover
  // In a run that changed nothing this would be noise; here it is the answer.
  if (result === 'nothing' && !json && !config.quiet) io.err('there is nothing to put back')
  notices.emit({ type: 'restored', result })
  return result === 'failed' ? EXIT_CODES['not-restored'] : EXIT_CODES.ended
}
