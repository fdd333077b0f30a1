// A person in the sandbox who says what is typed, or what `--say` gives, and hears the bot.
import { createInterface } from 'node:readline'
import { aborted } from '../../core/async.ts'
import type { Notices } from '../../core/notices.ts'
import { sanitizeLines } from '../../core/text/sanitize.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import type { Io } from '../io.ts'
import { type Hearing, hearAnswer, type Speaker } from './hear-answer.ts'

export interface ConversationOptions extends Pick<Hearing, 'bot' | 'timeoutMs'> {
  readonly sandbox: Sandbox
  /** One after the other; none: every line that is typed. */
  readonly say: readonly string[]
  readonly io: Io
  readonly json: boolean
  readonly notices: Notices
}

/** The contact who talks to the bot. */
export const JENNY = { name: 'Jenny', email: 'jenny@sandbox.example' }

/** Says one thing, and hears what is answered. */
type Say = (text: string) => Promise<void>

/** Talks until there is nothing more to say, or the signal is aborted. Rejects when the bot does not answer a script. */
export async function converse(options: ConversationOptions, signal: AbortSignal): Promise<void> {
  const { sandbox, say, io, json, notices } = options
  const { emit } = notices
  const contact = await sandbox.contact(JENNY)
  const off = sandbox.on((notice) => {
    if (notice.type !== 'message' || !notice.byBot || notice.message.type === 'command') return
    if (notice.message.conversation !== contact.conversation) return
    const { text } = notice.message
    const { unseen } = notice
    emit({ type: 'message', role: 'bot', name: 'bot', text, ...(unseen !== null && { unseen }) })
    if (unseen === null && !json) printAnswer(text, io)
  })
  const sayOne: Say = async (text) => {
    emit({ type: 'message', role: 'contact', name: contact.name, text })
    await hearAnswer({ ...options, contact }, text, signal)
  }
  try {
    for (const text of say) await sayOne(text)
    if (say.length === 0) await sayLines(contact, io, sayOne, signal)
  } finally {
    off()
  }
}

/** For whoever takes the answer from stdout, where nothing else is written. At a terminal that shows both it stands there already. */
function printAnswer(text: string, io: Pick<Io, 'out' | 'outIsTerminal' | 'errIsTerminal'>): void {
  if (!io.outIsTerminal) io.out(text)
  else if (!io.errIsTerminal) sanitizeLines(text).forEach(io.out)
}

async function sayLines(contact: Speaker, io: Io, sayOne: Say, signal: AbortSignal): Promise<void> {
  if (io.interactive) io.err('Type what the contact says; an empty line or Ctrl-D ends the sandbox.')
  const lines = createInterface({ input: process.stdin, signal })
  let hasSpoken = false
  for await (const line of lines) {
    const text = line.trim()
    if (text === '' && io.interactive) break
    if (text === '') continue
    hasSpoken = true
    // A script goes on when the bot has answered; a person goes on when they like.
    if (!io.interactive) await sayOne(text)
    else contact.send(text)
  }
  // Where stdin is closed from the start, as in a container or under a debugger, somebody else does the talking.
  if (!io.interactive && !hasSpoken) await aborted(signal)
}
