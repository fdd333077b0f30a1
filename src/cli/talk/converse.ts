// A talk in the sandbox: with what `--say` gives, with what a pipe brings, or with what is typed at a terminal.
import { createInterface } from 'node:readline'
import { aborted, resolveOnAbort } from '../../core/async.ts'
import type { Off } from '../../core/listeners.ts'
import type { Notices, ShownMessage } from '../../core/notices.ts'
import { oneLine } from '../../core/text/sanitize.ts'
import type { Message } from '../../protocol/resources.ts'
import type { Io } from '../io.ts'
import { complaintLines } from '../screen/complaint-lines.ts'
import { type Hearing, hearAnswer } from '../session/hear-answer.ts'
import { announceMessages } from './announce-messages.ts'
import { completeLine, enterLine } from './enter-line.ts'
import { gatherPeople } from './people.ts'
import { printAnswer } from './print-answer.ts'
import { openPrompt } from './prompt.ts'
import { rememberDeliveries } from './shown-deliveries.ts'
import type { Entered } from './slash-commands.ts'
import { statusParts } from './status-parts.ts'
import type { TalkContext } from './talk-context.ts'

type FromOutside = Pick<TalkContext, 'sandbox' | 'control' | 'colors'>

export interface ConverseOptions extends FromOutside, Pick<Hearing, 'bot' | 'timeoutMs'> {
  /** One after the other; none: every line that is typed. */
  readonly say: readonly string[]
  readonly io: Io
  readonly json: boolean
  readonly notices: Notices
  /** Lets a person choose among the recorded deliveries; the prompt is not there meanwhile. */
  readonly choose: (signal: AbortSignal) => Promise<void>
}

/** A talk that has begun. */
interface Talk extends ConverseOptions {
  readonly context: TalkContext
  /** Does what a line says; rejects where it makes no sense. */
  readonly enter: (line: string) => Promise<Entered>
}

/** Talks until there is nothing more to say, or the signal is aborted. Rejects when the bot does not answer a script. */
export async function converse(options: ConverseOptions, signal: AbortSignal): Promise<void> {
  const { sandbox, say, io, json, notices } = options
  const { emit } = notices
  const people = await gatherPeople(sandbox)
  // What is there now is what a reset goes back to.
  sandbox.checkpoint()
  const heard = (message: ShownMessage): void => {
    const isAnswer = message.role === 'bot' && message.unseen === undefined && message.elsewhere === undefined
    if (isAnswer && !json) printAnswer(message, io)
  }
  const messages = announceMessages({ sandbox, people, emit, heard, isNumbered: say.length === 0 })
  const shownDeliveries = rememberDeliveries(notices, sandbox)
  const context = { ...options, people, shownDeliveries, print: io.err, columns: () => io.columns('err') }
  const talk: Talk = { ...options, context, enter: (line) => enterLine(context, messages.buttonAt, line) }
  try {
    if (say.length > 0) await sayAll(talk, signal)
    else if (isAtTerminal(io)) await talkAtTerminal(talk, signal)
    else await sayLines(talk, signal)
  } finally {
    messages.off()
    shownDeliveries.off()
  }
}

/** Whether somebody types at a terminal that can move its cursor. */
const isAtTerminal = ({ interactive, env }: Io): boolean => interactive && env['TERM'] !== 'dumb'

async function sayAll({ say, context, ...hearing }: Talk, signal: AbortSignal): Promise<void> {
  for (const text of say) await hearAnswer(hearing, async () => context.people.voice().send(text), signal)
}

/** A script goes on when the bot has answered. */
async function sayLines({ enter, io, ...hearing }: Talk, signal: AbortSignal): Promise<void> {
  const lines = createInterface({ input: process.stdin, signal })
  let hasSpoken = false
  let isOver = false
  for await (const given of lines) {
    const line = given.trim()
    if (line === '') continue
    hasSpoken = true
    const act = async (): Promise<Message | null> => {
      const outcome = await enter(line)
      if (outcome === 'choose') io.err(NOT_HERE)
      isOver = outcome === 'quit'
      return typeof outcome === 'string' ? null : outcome.posted
    }
    await hearAnswer(hearing, act, signal)
    if (isOver) return
  }
  // Where stdin is closed from the start, as in a container or under a debugger, somebody else does the talking.
  if (!hasSpoken) await aborted(signal)
}

const NOT_HERE = 'there is no terminal to choose a delivery at: `dev-hook events` lists them'

/** A person goes on when they like. */
async function talkAtTerminal({ enter, context, io, bot, notices, choose }: Talk, signal: AbortSignal): Promise<void> {
  const { sandbox, people, colors } = context
  // What was printed so far is above it.
  await io.flushed()
  if (signal.aborted) return
  let end = (): void => undefined
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  /** What was entered is done one after the other. */
  let done: Promise<void> = Promise.resolve()
  const act = async (line: string): Promise<void> => {
    const outcome = await enter(line)
    if (outcome === 'quit') end()
    if (outcome === 'choose') {
      const giveBack = prompt.lend()
      await choose(signal).finally(giveBack)
    }
    prompt.refresh()
  }
  const onLine = (line: string): void => {
    done = done
      .then(() => act(line))
      .catch((error: unknown) => complaintLines(error, colors, io.columns('err')).forEach(io.err))
  }
  const prompt = openPrompt({
    io,
    colors,
    look: () => ({
      speaker: oneLine(people.speaker.name),
      status: statusParts(people, sandbox, bot(), io.columns('err')),
    }),
    onLine,
    onEnd: end,
    complete: (line) =>
      completeLine(
        line,
        sandbox.everybody.list().map(({ name }) => name),
      ),
  })
  const offs: readonly Off[] = [notices.on(prompt.refresh), sandbox.on(prompt.refresh), prompt.close]
  try {
    await resolveOnAbort(ended, signal)
  } finally {
    for (const off of offs) off()
  }
}
