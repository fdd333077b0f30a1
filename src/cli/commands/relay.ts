// `dev-hook relay`: holds a bot for a team, and what is asked of such a relay.
import { DevHookError } from '../../core/errors.ts'
import { cleanValue } from '../../core/text/clean-notice.ts'
import { oneLine } from '../../core/text/sanitize.ts'
import { toJson } from '../../core/text/to-json.ts'
import type { Call, CommandHandler } from '../command.ts'
import { EXIT_CODES } from '../exit.ts'
import { openCommand } from '../open-command.ts'
import { assignConversation, readRelayStatus } from '../relay/ask-relay.ts'
import { textFlag } from '../relay/relay-flags.ts'
import { relayStatusLines } from '../screen/relay-lines.ts'

export const relay: CommandHandler = async (call) => {
  const [action] = call.words
  switch (action) {
    case undefined: {
      const { runRelay } = await import('../relay/run-relay.ts')
      return runRelay(await openCommand(call), call)
    }
    case 'status':
      return showStatus(call)
    case 'assign':
      return assign(call)
    default:
      throw new DevHookError('usage', `\`${action}\` is neither init, status nor assign`)
  }
}

async function showStatus(call: Call): Promise<number> {
  const opened = await openCommand(call)
  const { json, colors } = opened
  const status = await readRelayStatus(opened, textFlag(call.own['nats']))
  if (json) call.io.out(toJson(cleanValue({ ...status }, oneLine)))
  else relayStatusLines(status, colors).forEach(call.io.out)
  return EXIT_CODES.ended
}

async function assign(call: Call): Promise<number> {
  const opened = await openCommand(call)
  const assigned = await assignConversation(opened, textFlag(call.own['nats']), call.words.slice(1))
  const { conversation, to, before } = assigned
  if (opened.json) call.io.out(toJson(cleanValue({ ...assigned }, oneLine)))
  else
    call.io.out(oneLine(`${conversation} is ${to}'s${before === null || before === to ? '' : `, it was ${before}'s`}`))
  return EXIT_CODES.ended
}
