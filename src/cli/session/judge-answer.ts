// When the bot's answer to a contact is complete, and why there is none.

import { isSuccess } from '../../core/delivery.ts'
import { DevHookError } from '../../core/errors.ts'
import { formatDuration } from '../../core/text/duration.ts'
import { exitWords } from '../../core/text/exit-words.ts'
import { ASK_THE_RUN } from '../../sandbox/chat/no-answer.ts'
import type { NoticeOf } from '../screen/delivery-lines.ts'

/** What is known since a contact has said something. */
export interface Heard {
  /** How long ago that was, in ms. */
  readonly ms: number
  /** How long nothing has come from the bot, neither a message nor its answer to the delivery, in ms. */
  readonly quietMs: number
  /** How many messages the bot has posted that the contact sees. */
  readonly messages: number
  /** How many more it has posted, commands apart, that the contact does not see. */
  readonly unseen: number
  /** The event that announces what was said; `null` when the bot's webhook does not subscribe to it. */
  readonly event: string | null
  /** That dev-hook itself refused the delivery of it, and why; `null` when it has not. */
  readonly refusal: string | null
  /** How the delivery of it ended at the bot; `null` while it has not. */
  readonly attempt: Pick<NoticeOf<'attempt'>, 'outcome' | 'status'> | null
  /** What was announced of the bot last. */
  readonly bot: Pick<NoticeOf<'bot'>, 'state' | 'pid' | 'code' | 'port'> | null
}

/** An answer is all messages until the delivery is answered, and nothing more has come for this long, in ms. */
export const QUIET_MS = 1_000

/** How long a bot that somebody else runs may take to listen, in ms: it may have been started in the same moment. */
const ABSENT_MS = 2_000

/**
 * Whether the answer is complete, is still waited for, or will not come: then the error says why. With `needsAnswer`, silence does not
 * count as one.
 */
export function judgeAnswer(
  heard: Heard,
  timeoutMs: number,
  needsAnswer = true,
): 'complete' | 'waiting' | DevHookError {
  const { ms, quietMs, messages, event, attempt, refusal: own } = heard
  const gone = whyGone(heard)
  if (gone !== null) return gone
  if (own !== null) return new DevHookError('noReply', own, { remedy: ASK_THE_RUN })
  if (!needsAnswer && quietMs >= QUIET_MS && (event === null || attempt !== null)) return 'complete'
  if (event === null && ms >= QUIET_MS)
    return new DevHookError('noReply', 'the bot does not hear contacts: its webhook subscribes to other events', {
      remedy: 'subscribe to `message.create.*`, in `--events` or the config',
    })
  if (attempt !== null && quietMs >= QUIET_MS) {
    if (messages > 0) return 'complete'
    const refusal = whyRefused(attempt)
    if (refusal !== null) return new DevHookError('noReply', `${refusal}, and it ${said(heard)}`)
  }
  return ms < timeoutMs ? 'waiting' : whyLate(heard, `within ${formatDuration(timeoutMs)}`)
}

/** What the bot said, none of which the contact sees. */
function said({ unseen }: Heard): string {
  if (unseen === 0) return 'said nothing'
  return `wrote ${unseen === 1 ? '1 message' : `${unseen} messages`} that the contact does not see, nothing with \`role: 'agent'\``
}

/** Why nobody will answer: there is no bot, or not any more. */
function whyGone({ bot, ms }: Heard): DevHookError | null {
  if (bot === null) return null
  const how = exitWords(bot.code)
  if (bot.state === 'crashed') return new DevHookError('botCrashed', `the bot crashed (${how}) before it had answered`)
  if (bot.state === 'stopped') return new DevHookError('botCrashed', `the bot ended (${how}) before it had answered`)
  if (bot.pid !== null || bot.state === 'ready' || ms < ABSENT_MS) return null
  return absentBot(bot.port)
}

/** That there is no bot, which nobody but the person can change. */
export const absentBot = (port: number): DevHookError =>
  new DevHookError('botNotListening', `nothing listens on port ${port}, so nobody can answer`, {
    remedy: 'start the bot first, let dev-hook start it (`-- node bot.js`), or name its port with `--port`',
  })

function whyRefused({ outcome, status }: NonNullable<Heard['attempt']>): string | null {
  if (outcome !== 'answered') return 'the connection to the bot broke before it had answered the delivery'
  return status === null || isSuccess(status) ? null : `the bot answered the delivery with ${status}`
}

function whyLate(heard: Heard, within: string): DevHookError {
  const { messages, attempt, bot } = heard
  if (messages > 0) {
    const left = attempt === null ? 'it has not answered the delivery' : 'it was not quiet for a second'
    return new DevHookError('noReply', `the bot did not finish its answer ${within}: ${left}`, {
      remedy: 'give it more time with `--timeout`',
    })
  }
  if (bot !== null && bot.state !== 'ready' && attempt === null)
    return new DevHookError('botNotListening', `the bot did not listen on port ${bot.port} ${within}`)
  const did =
    attempt === null
      ? 'did not answer the delivery'
      : `answered the delivery with ${attempt.status}, but ${said(heard)}`
  return new DevHookError('noReply', `the bot ${did} ${within}`)
}
