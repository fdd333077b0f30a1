// Somebody who does something in a sandbox, and what comes of it.
import { firstOf, monotonic } from '../../core/async.ts'
import { asDevHookError, DevHookError } from '../../core/errors.ts'
import type { Message } from '../../protocol/resources.ts'
import type { Somebody } from '../../sandbox/chat/everybody.ts'
import { isBy } from '../../sandbox/chat/people.ts'
import type { Voice } from '../../sandbox/chat/voice.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { findConversation, findSomebody } from './who-and-where.ts'

/** An answer is all messages until nothing more has come for this long, in ms. */
const QUIET_MS = 1_000

/** Somebody who acts in a conversation. */
interface Acting {
  readonly who: Somebody
  readonly voice: Voice
}

/** Finds who acts, and in which conversation; without an id in the latest of theirs. Throws `usage`. */
export function findActing(
  sandbox: Sandbox,
  as: string | null,
  conversation: string | null,
  role?: Somebody['role'],
): Acting {
  const who = findSomebody(sandbox, as, role)
  const { id } = findConversation(sandbox, conversation ?? who.conversation)
  const voice = sandbox.everybody.voice(who.id, id)
  if (voice === null) throw new DevHookError('usage', `${who.name} is no longer here`)
  return { who, voice }
}

/**
 * Lets somebody do something, and gives what the bot has answered that they see. It is waited for if a time is given: a contact gets
 * an answer, for an agent it is enough that it is quiet; rejects with why there is none, or that the bot has gone before it had finished.
 */
export async function perform(
  sandbox: Sandbox,
  { who, voice }: Acting,
  act: (voice: Voice) => Message,
  { timeoutMs, signal }: { readonly timeoutMs: number | null; readonly signal: AbortSignal },
): Promise<{ readonly message: Message; readonly answer: readonly Message[] }> {
  const beganAt = monotonic()
  const message = act(voice)
  if (timeoutMs === null) return { message, answer: [] }
  if (who.role === 'contact') await voice.replies(1, { timeoutMs, signal, untilFailed: true })
  else await firstOf(signal, (own) => voice.heard(message, { timeoutMs, signal: own }), voice.gone)
  const leftMs = Math.max(1, timeoutMs - (monotonic() - beganAt))
  const settled = (own: AbortSignal) => sandbox.settled({ quietMs: QUIET_MS, timeoutMs: leftMs, signal: own })
  // A bot that goes while it has not finished has failed, whatever it has said until then.
  await firstOf(signal, (own) => settled(own).catch(passUnsettled), voice.gone)
  const { seen } = voice
  const since = seen.slice(seen.findLastIndex(({ id }) => id === message.id) + 1)
  return { message, answer: since.filter((said) => isBy(said, sandbox.botId) && said.type !== 'command') }
}

/** Where the bot goes on and on, what it has said so far is its answer. */
function passUnsettled(error: unknown): void {
  if (!asDevHookError(error).is('notSettled')) throw error
}
