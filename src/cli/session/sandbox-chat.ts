// A person in the sandbox who says what is typed, or what `--say` gives, and hears the bot.
import { createInterface } from 'node:readline'
import type { Emit } from '../../core/notices.ts'
import type { Contact } from '../../sandbox/contact.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import type { Io } from '../io.ts'

export interface ConversationOptions {
  readonly sandbox: Sandbox
  /** `null`: every line that is typed. */
  readonly say: string | null
  readonly io: Io
  readonly json: boolean
  readonly emit: Emit
}

/** A bot may take a while to start; dev-hook holds for 15 s by default. */
const PATIENCE_MS = 20_000

/** Talks until there is nothing more to say, or the signal is aborted. Rejects when the bot does not answer `--say`. */
export async function converse(options: ConversationOptions, signal: AbortSignal): Promise<void> {
  const { sandbox, say, io, json, emit } = options
  const contact = await sandbox.contact({ name: 'Jenny' })
  const off = sandbox.on((notice) => {
    if (notice.type !== 'message' || notice.message.role !== 'bot' || notice.message.type === 'command') return
    if (notice.message.conversation !== contact.conversation) return
    emit({ type: 'message', role: 'bot', name: 'bot ›', text: notice.message.text })
    // For a script that takes the answer from stdout, where nothing else is written.
    if (!json && !io.outIsTerminal) io.out(notice.message.text)
  })
  try {
    if (say !== null) return await sayOne(contact, say, emit, signal)
    await sayLines(contact, io, emit, signal)
  } finally {
    off()
  }
}

async function sayOne(contact: Contact, text: string, emit: Emit, signal: AbortSignal): Promise<void> {
  emit({ type: 'message', role: 'contact', name: `${contact.name} ›`, text })
  await contact.say(text, { timeoutMs: PATIENCE_MS, signal })
}

async function sayLines(contact: Contact, io: Io, emit: Emit, signal: AbortSignal): Promise<void> {
  if (io.interactive) io.err('Type what the contact says; an empty line or Ctrl-D ends the sandbox.')
  const lines = createInterface({ input: process.stdin, signal })
  for await (const line of lines) {
    const text = line.trim()
    if (text === '' && io.interactive) break
    if (text === '') continue
    // A script goes on when the bot has answered; a person goes on when they like.
    if (!io.interactive) await sayOne(contact, text, emit, signal)
    else contact.send(text)
  }
}
