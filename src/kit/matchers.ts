// Matchers that wait: what a test expects somebody to see, as any runner with `expect.extend` takes them.
import { DevHookError } from '../core/errors.ts'
import { formatDuration } from '../core/text/duration.ts'
import { toMs } from './duration.ts'
import { type Kit, kitOf, waitOf } from './kit.ts'
import type { Agent, Contact, Conversation, Duration, Message, Patience } from './types/types.ts'

/** What a matcher tells its runner. */
interface Verdict {
  readonly pass: boolean
  readonly message: () => string
}

/** What a runner calls matchers with. */
interface Call {
  readonly isNot?: boolean
}

/** A text that is contained, or a pattern. */
type Words = string | RegExp

const isIn = (words: Words, text: string): boolean =>
  typeof words === 'string'
    ? text.includes(words)
    : new RegExp(words.source, words.flags.replace(/[gy]/g, '')).test(text)

const shown = (words: Words): string => (typeof words === 'string' ? JSON.stringify(words) : String(words))

function kitIn(who: unknown, matcher: string): Kit {
  const kit = typeof who === 'object' && who !== null ? kitOf(who) : undefined
  if (kit !== undefined) return kit
  throw new DevHookError('usage', `${matcher} needs somebody of a sandbox`, {
    remedy: 'give a contact, an agent or a conversation',
  })
}

/** Waits until somebody sees a message; with `not`, until everything has settled. */
async function seen(
  call: Call,
  who: Contact | Agent | Conversation,
  what: string,
  look: () => readonly Message[],
  words: Words,
  patience: Patience,
): Promise<Verdict> {
  const kit = kitIn(who, what)
  const find = (): Message | null => look().find(({ text }) => isIn(words, text)) ?? null
  const wait = waitOf(kit, patience)
  if (call.isNot === true) await kit.platform.settled(wait)
  else await kit.platform.until(find, wait).catch(letNotSettled)
  const found = find()
  const name = 'name' in who ? who.name : 'the conversation'
  const verb = found === null ? 'has not seen' : 'has seen'
  return {
    pass: found !== null,
    message: () =>
      [
        `${name} ${verb} ${shown(words)}${what === 'toSeeBackchannel' ? ' in the backchannel' : ''}`,
        '',
        talkOf(kit, who),
      ].join('\n'),
  }
}

function letNotSettled(error: unknown): void {
  if (!(error instanceof DevHookError && error.is('notSettled'))) throw error
}

function talkOf(kit: Kit, who: Contact | Agent | Conversation): string {
  if ('conversation' in who) return kit.recorder.ending(who.conversation.id)
  return kit.recorder.ending('post' in who ? who.id : undefined)
}

/** The matchers: give them to `expect.extend`. */
export const matchers = {
  /** Waits until a contact sees a message of somebody else's that contains a text, or matches a pattern. */
  toSee(this: Call, contact: Contact, words: Words, patience: Patience = {}): Promise<Verdict> {
    const look = (): readonly Message[] => contact.messages.filter(({ role }) => role !== 'contact')
    return seen(this, contact, 'toSee', look, words, patience)
  },

  /** Waits until such a message is in the backchannel: of a conversation, of a contact's, or of any that an agent sees. */
  async toSeeBackchannel(
    this: Call,
    who: Contact | Agent | Conversation,
    words: Words,
    patience: Patience = {},
  ): Promise<Verdict> {
    const kit = kitIn(who, 'toSeeBackchannel')
    const all = (): readonly Message[] => {
      if ('conversation' in who) return who.conversation.messages
      return 'post' in who ? who.messages : kit.everything()
    }
    return seen(this, who, 'toSeeBackchannel', () => all().filter(({ backchannel }) => backchannel), words, patience)
  },

  /** Waits until everything has settled, without anything from the bot that the contact sees since they last did something. */
  async toBeSilent(this: Call, contact: Contact, quiet?: Duration): Promise<Verdict> {
    try {
      await contact.silence(quiet)
      return { pass: true, message: () => `${contact.name} should have heard something, but the bot said nothing` }
    } catch (error) {
      if (!(error instanceof DevHookError && error.is('unexpectedReply'))) throw error
      const { message } = error
      return { pass: false, message: () => message }
    }
  },

  /** Whether an answer, or the next one to a contact, came within a time of the platform's. */
  async toHaveAnsweredWithin(this: Call, answer: Message | Contact, limit: Duration): Promise<Verdict> {
    const message = 'replies' in answer ? (await answer.replies(1))[0] : answer
    const ms = message?.ms ?? null
    const limitMs = toMs(limit, 'the limit')
    const took = ms === null ? 'is not an answer' : `was answered after ${formatDuration(ms)}`
    return {
      pass: ms !== null && ms <= limitMs,
      message: () => `"${message?.text ?? ''}" ${took}, and the limit is ${formatDuration(limitMs)}`,
    }
  },
}
