// What a line that was entered does: it is said, presses a button, or is one of the words that begin with a slash.
import { closestMatch } from 'leven'
import { DevHookError } from '../../core/errors.ts'
import { pressOf } from '../../sandbox/chat/offers.ts'
import type { NumberedButton } from './numbered-buttons.ts'
import { type Entered, SLASH_COMMANDS } from './slash-commands.ts'
import type { TalkContext } from './talk-context.ts'

/** Does what a line says. `buttonAt`: what can be pressed by a number. Throws a `DevHookError` where it makes no sense. */
export async function enterLine(
  context: TalkContext,
  buttonAt: (number: number) => NumberedButton | null,
  line: string,
): Promise<Entered> {
  const { people, sandbox } = context
  if (line.startsWith('//')) return { posted: people.voice().send(line.slice(1)) }
  if (line.startsWith('/')) return enterWord(context, line)
  const numbered = /^\d{1,3}$/.test(line) ? buttonAt(Number(line)) : null
  if (numbered !== null) return press(context, numbered)
  if (people.speaker.role === 'agent' && line.startsWith('>')) {
    return { posted: people.voice().post({ type: 'command', text: line }) }
  }
  if (people.speaker.role === 'agent' && line.startsWith('@')) {
    const meta = { targetUser: sandbox.botId, targetName: 'bot' }
    return { posted: people.voice().post({ type: 'mention', isBackchannel: true, text: line, meta }) }
  }
  return { posted: people.voice().send(line) }
}

function press({ people, print }: TalkContext, { button, isSeen }: NumberedButton): Entered {
  const { speaker } = people
  if (speaker.role === 'contact' && !isSeen) {
    throw new DevHookError('noButton', `${speaker.name} does not see this button`, { remedy: 'press it as an agent' })
  }
  if (button.type !== 'link') {
    const where = isSeen ? {} : { isBackchannel: true }
    return { posted: people.voice().post({ ...pressOf(button), ...where }) }
  }
  print(`it opens ${button.uri ?? 'an address'}; the bot is told nothing`)
  return { posted: null }
}

async function enterWord(context: TalkContext, line: string): Promise<Entered> {
  const [word = ''] = line.slice(1).split(/\s/, 1)
  const command = SLASH_COMMANDS.find(({ name }) => name === word.toLowerCase())
  if (command !== undefined) return command.run(context, line.slice(word.length + 1).trim())
  const names = SLASH_COMMANDS.map(({ name }) => name)
  const nearest = closestMatch(word.toLowerCase(), names, { maxDistance: 2 })
  const hint = nearest === undefined ? '' : `; did you mean \`/${nearest}\`?`
  throw new DevHookError('usage', `unknown command \`/${word}\`${hint}`, {
    remedy: `\`/help\` lists what there is, and \`/${line}\` says it`,
  })
}

/** The line with its first word completed; `null` when there is nothing to complete, or more than one way to. */
export function completeLine(line: string, names: readonly string[]): string | null {
  const [, word] = /^\/(\w+)$/.exec(line) ?? []
  const [, start, name] = /^(\/as\s+)(\S.*)$/.exec(line) ?? []
  const [begun, among, before] =
    word === undefined ? [name, names, start ?? ''] : [word, SLASH_COMMANDS.map((one) => one.name), '/']
  if (begun === undefined) return null
  const fitting = among.filter((one) => one.toLowerCase().startsWith(begun.toLowerCase()))
  return fitting.length === 1 ? `${before}${fitting[0]} ` : null
}
