// What can be done at the prompt besides saying something: every word that begins with a slash.
import { DevHookError } from '../../core/errors.ts'
import { oneLine } from '../../core/text/sanitize.ts'
import type { Message } from '../../protocol/resources.ts'
import { CHAOS_WORDS, parseChaos, showChaos } from '../../sandbox/chaos/chaos-words.ts'
import { noFormOpen } from '../sandbox/open-forms.ts'
import { findSomebody, somebodyCalled } from '../sandbox/who-and-where.ts'
import { wrapWords } from '../screen/text-width.ts'
import { callLine } from './call-lines.ts'
import { describeForms, fillIn, formMessage, sendForm } from './fill-forms.ts'
import type { TalkContext } from './talk-context.ts'

/** What a line that was entered came to: the message that was posted, if any, or the wish to end, or to choose a delivery. */
export type Entered = { readonly posted: Message | null } | 'quit' | 'choose'

/** One word that begins with a slash. */
export interface SlashCommand {
  readonly name: string
  /** What may follow it. */
  readonly words: string
  readonly says: string
  run(context: TalkContext, rest: string): Entered | Promise<Entered>
}

const NOTHING: Entered = { posted: null }

/** How many calls are shown. */
const LAST_CALLS = 20

/** A word of the platform, which an agent says: the one who speaks, else the first one. */
const byAgent =
  (name: string) =>
  ({ people }: TalkContext, rest: string): Entered => ({
    posted: people.agentVoice().post({ type: 'command', text: `/${name} ${rest}`.trimEnd() }),
  })

export const SLASH_COMMANDS: readonly SlashCommand[] = [
  {
    name: 'as',
    words: '[agent] <name>',
    says: 'speak as somebody: jenny, alex (an agent); a new name is a new contact, after `agent` a new agent',
    run: speakAs,
  },
  {
    name: 'new',
    words: '[name]',
    says: 'a new contact, in a conversation of their own',
    run: async ({ people }, rest) => {
      people.speakAs(await people.addContact(rest === '' ? undefined : rest))
      return NOTHING
    },
  },
  {
    name: 'assign',
    words: '[name]',
    says: 'give the conversation to the bot, or to an agent',
    run: ({ sandbox, people }, rest) => {
      const isBot = rest === '' || rest.toLowerCase() === 'bot'
      const user = isBot ? sandbox.botId : findSomebody(sandbox, rest, 'agent').id
      return { posted: people.agentVoice().post({ type: 'command', text: '/assign', meta: { users: [user] } }) }
    },
  },
  { name: 'join', words: '', says: 'open the conversation, as an agent', run: byAgent('join') },
  { name: 'accept', words: '', says: 'answer the contact from now on, as an agent', run: byAgent('accept') },
  { name: 'leave', words: '', says: 'leave the conversation, as an agent', run: byAgent('leave') },
  { name: 'notify', words: '', says: 'ask the team to take the conversation', run: byAgent('notify') },
  {
    name: 'set',
    words: '<key> [value]',
    says: 'set a value of the conversation',
    run: (context, rest) => byAgent('set')(context, needed(rest, '/set <key> [value]')),
  },
  {
    name: 'note',
    words: '<text>',
    says: 'say something as an agent that the contact does not see',
    run: ({ people }, rest) => {
      const text = needed(rest, '/note <text>')
      return { posted: people.agentVoice().send(text, { isBackchannel: true }) }
    },
  },
  {
    name: 'form',
    words: '<name>',
    says: 'open a form, as an agent; with `-` before the name: close it',
    run: ({ sandbox, people }, rest) => {
      const text = needed(rest, '/form <name>')
      return { posted: people.agentVoice().post(formMessage(sandbox, text)) }
    },
  },
  {
    name: 'fill',
    words: '[field value]',
    says: 'fill in a field of the form; alone: list the fields',
    run: ({ sandbox, people, print }, rest) => {
      if (rest !== '') return { posted: fillIn(sandbox, people, rest) }
      const lines = describeForms(sandbox, people.conversation)
      if (lines.length === 0) throw noFormOpen()
      for (const line of lines) print(oneLine(line))
      return NOTHING
    },
  },
  {
    name: 'send',
    words: '',
    says: 'send the form',
    run: ({ sandbox, people }) => ({ posted: sendForm(sandbox, people) }),
  },
  {
    name: 'say',
    words: '<text>',
    says: 'say exactly this, a number or a slash too; `//text` says `/text`',
    run: ({ people }, rest) => ({ posted: people.voice().send(needed(rest, '/say <text>')) }),
  },
  { name: 'calls', words: '[n]', says: `the last ${LAST_CALLS} calls of the API by the bot`, run: showCalls },
  {
    name: 'raw',
    words: '[n | id]',
    says: 'the last message as it is, the n-th last one, or the delivery with this id',
    run: showRaw,
  },
  {
    name: 'events',
    words: '',
    says: 'choose a delivery with ↑ and ↓: look at it, replay it, edit it; Esc comes back',
    run: () => 'choose',
  },
  {
    name: 'restart',
    words: '',
    says: 'restart the bot',
    run: ({ control, print }) => {
      if (!control.restartBot()) print('dev-hook did not start the bot, so it cannot restart it')
      return NOTHING
    },
  },
  {
    name: 'pause',
    words: '',
    says: 'hold every delivery, or release them',
    run: ({ control, print }) => {
      const wasPaused = control.isPaused()
      if (wasPaused) control.release()
      else control.hold()
      print(wasPaused ? '▶ resumed' : '⏸ paused: deliveries are held; `/pause` releases them')
      return NOTHING
    },
  },
  {
    name: 'chaos',
    words: '[words | off]',
    says: 'what goes wrong by chance from now on, as after `--chaos`: `/chaos drop=0.2,delay=1s`; alone: what does now',
    run: setChaos,
  },
  { name: 'reset', words: '', says: 'forget everything, and start over with Jenny', run: startOver },
  { name: 'help', words: '', says: 'this list', run: showHelp },
  { name: 'quit', words: '', says: 'end the sandbox, as Ctrl-D and Ctrl-C do', run: () => 'quit' },
]

/** The text that has to follow a word. Throws `usage` without one. */
function needed(rest: string, usage: string): string {
  if (rest !== '') return rest
  throw new DevHookError('usage', `something is missing: \`${usage}\``, { remedy: LIST })
}

const LIST = '`/help` lists what there is'

/** What makes a new name that of an agent: `/as agent Alex`. */
const AGENT = 'agent '

async function speakAs({ sandbox, people, print }: TalkContext, rest: string): Promise<Entered> {
  const isAgent = rest.startsWith(AGENT)
  const name = isAgent ? rest.slice(AGENT.length).trim() : rest
  const all = sandbox.everybody.list()
  if (name !== '') {
    const add = isAgent ? people.addAgent : people.addContact
    people.speakAs(somebodyCalled(all, name) ?? (await add(name)))
    return NOTHING
  }
  for (const person of all) {
    print(`${person.id === people.speaker.id ? '>' : ' '} ${oneLine(person.name)} (${person.role})`)
  }
  return NOTHING
}

/** The sandbox itself says what it is from now on. */
function setChaos({ sandbox: { chaos }, print }: TalkContext, rest: string): Entered {
  const current = chaos.current()
  if (rest === 'off') chaos.set(null)
  else if (rest !== '') chaos.set(parseChaos(rest))
  else if (current !== null) print(`${showChaos(current)} (seed ${chaos.seed})`)
  else print(`nothing goes wrong on purpose; what can: ${Object.keys(CHAOS_WORDS).join(', ')}`)
  return NOTHING
}

function startOver({ sandbox, people, print }: TalkContext): Entered {
  sandbox.reset()
  people.startOver()
  print('everything is as it was at the start')
  return NOTHING
}

function showCalls({ sandbox, print, colors }: TalkContext, rest: string): Entered {
  if (!/^\d{0,5}$/.test(rest))
    throw new DevHookError('usage', `\`${oneLine(rest)}\` is not a number of calls`, { remedy: LIST })
  const most = rest === '' ? LAST_CALLS : Number(rest)
  const calls = sandbox.calls.filter(({ by }) => by === sandbox.botId || by === null).slice(-most)
  for (const call of calls) print(callLine(call, colors))
  if (calls.length === 0) print('the bot has not called the API yet')
  return NOTHING
}

function showRaw({ sandbox, people, shownDeliveries, print }: TalkContext, rest: string): Entered {
  const n = /^\d{0,4}$/.test(rest) ? Number(rest === '' ? 1 : rest) : null
  const messages = sandbox.data('messages').list({ conversation: people.conversation })
  const found = n === null ? shownDeliveries.find(rest) : messages.at(-n)
  if (n === 0 || found == null) throw n === null ? noSuchDelivery(rest) : noSuchMessage(messages.length)
  for (const line of JSON.stringify(found, null, 2).split('\n')) print(oneLine(line))
  return NOTHING
}

const noSuchDelivery = (id: string): DevHookError =>
  new DevHookError('deliveryUnknown', `no delivery ${oneLine(id)} was shown here`, {
    remedy: 'give an id as the lines of the deliveries show it, or choose one with `/events`',
  })

const noSuchMessage = (count: number): DevHookError =>
  new DevHookError('usage', count === 0 ? 'nothing was said here yet' : 'there is no such message', {
    remedy: count === 0 ? 'say something first' : `give a number from 1, the last one, to ${count}`,
  })

/** With fewer columns, what a word does stands below it. */
const NARROW = 76

function showHelp({ print, colors, columns }: TalkContext): Entered {
  const rows = SLASH_COMMANDS.map(({ name, words, says }) => [`/${name} ${words}`.trimEnd(), says] as const)
  const more = [
    ['1 … 9', 'press the button with this number'],
    ['>word', 'as an agent: a command for the bot'],
    ['@bot text', 'as an agent: mention the bot'],
  ] as const
  const isNarrow = columns() < NARROW
  const left = isNarrow ? 4 : 23
  for (const [what, says] of [...rows, ...more]) {
    const [first = '', ...rest] = wrapWords(says, columns() - left)
    if (isNarrow) print(`  ${colors.bold(what)}`)
    print(isNarrow ? `    ${first}` : `  ${colors.bold(what.padEnd(20))} ${first}`)
    for (const line of rest) print(`${' '.repeat(left)}${line}`)
  }
  return NOTHING
}
