// `dev-hook relay`: holds a bot for a team, and what is asked of such a relay.
import { resolve } from 'node:path'
import { DevHookError } from '../../core/errors.ts'
import { cleanValue } from '../../core/text/clean-notice.ts'
import { oneLine } from '../../core/text/sanitize.ts'
import { toJson } from '../../core/text/to-json.ts'
import type { Call, CommandHandler } from '../command-line/command.ts'
import { textOf } from '../command-line/own-flags.ts'
import { EXIT_CODES } from '../exit.ts'
import { openCommand } from '../open-command.ts'
import { assignConversation } from '../relay/ask-relay.ts'
import { showRelay } from '../relay/show-relay.ts'
import { setupLines } from '../screen/relay-lines.ts'

const NATS_PORT = 4222

/** How many words the actions take that take a fixed number, themselves counted. */
const MOST_WORDS: Readonly<Record<string, number>> = { status: 1, assign: 3 }

export const relay: CommandHandler = async (call) => {
  const [action] = call.words
  const excess = call.words[MOST_WORDS[action ?? ''] ?? call.words.length]
  if (excess !== undefined)
    throw new DevHookError('usage', `unknown argument \`${oneLine(excess)}\``, {
      remedy: 'see `dev-hook relay --help`',
    })
  switch (action) {
    case undefined: {
      const { runRelay } = await import('../relay/run-relay.ts')
      return runRelay(await openCommand(call), call)
    }
    case 'init':
      return init(call)
    case 'status':
      return showRelay(await openCommand(call), call.io, textOf(call.own, 'nats'))
    case 'assign':
      return assign(call)
    default:
      throw new DevHookError('usage', `\`${action}\` is neither init, status nor assign`)
  }
}

async function init(call: Call): Promise<number> {
  const { config, json } = await openCommand(call)
  const { words, own, io } = call
  const { writeSetup } = await import('../../relay/setup/write-setup.ts')
  const developers = words.slice(1)
  if (developers.length === 0) {
    throw new DevHookError('usage', 'name the developers', { remedy: '`dev-hook relay init anna bert`' })
  }
  const folder = resolve(config.cwd, textOf(own, 'out') ?? 'relay')
  const written = await writeSetup({ folder, developers, host: textOf(own, 'host'), port: NATS_PORT })
  if (json) io.out(toJson(cleanValue({ ...written }, oneLine)))
  else setupLines(written).forEach((text) => io.out(oneLine(text)))
  return EXIT_CODES.ended
}

async function assign(call: Call): Promise<number> {
  const opened = await openCommand(call)
  const assigned = await assignConversation(
    opened,
    textOf(call.own, 'nats'),
    call.words.slice(1),
    call.own['new'] === true,
  )
  const { conversation, isKnown, to, before } = assigned
  if (opened.json) call.io.out(toJson(cleanValue({ ...assigned }, oneLine)))
  else
    call.io.out(oneLine(`${conversation} is ${to}'s${before === null || before === to ? '' : `, it was ${before}'s`}`))
  if (!isKnown && !opened.json)
    call.io.err('· nothing of this conversation has come to the relay yet: is its id right?')
  return EXIT_CODES.ended
}
