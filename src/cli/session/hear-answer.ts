// Saying something as a contact, and hearing the bot's whole answer.
import { type Clock, MONOTONIC, poll } from '../../core/async.ts'
import type { Notices } from '../../core/notices.ts'
import { every } from '../../core/pace.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import type { NoticeOf } from '../screen/delivery-lines.ts'
import { judgeAnswer } from './judge-answer.ts'

/** A contact, as far as one speaks and hears. */
export type Speaker = Pick<Awaited<ReturnType<Sandbox['contact']>>, 'name' | 'conversation' | 'send'>

export interface Hearing {
  readonly sandbox: Pick<Sandbox, 'on' | 'deliveries'>
  readonly contact: Speaker
  readonly notices: Pick<Notices, 'on'>
  /** What was announced of the bot last. */
  readonly bot: () => NoticeOf<'bot'> | null
  /** How long the bot may take. */
  readonly timeoutMs: number
  readonly clock?: Clock
}

/** How often it is looked whether the answer is complete, in ms. */
const LOOK_MS = 25

/** Says a text, and resolves when the answer is complete. Rejects with why there is none, or with the signal's reason. */
export async function hearAnswer(hearing: Hearing, text: string, signal: AbortSignal): Promise<void> {
  const { sandbox, contact, notices, bot, timeoutMs, clock = MONOTONIC } = hearing
  const saidAt = clock.now()
  let heardAt = saidAt
  let messages = 0
  let unseen = 0
  let delivery: string | null = null
  let attempt: NoticeOf<'attempt'> | null = null
  const offs = [
    sandbox.on((notice) => {
      if (notice.type !== 'message' || !notice.byBot) return
      if (notice.message.conversation !== contact.conversation) return
      heardAt = clock.now()
      // What the contact does not see is a sign of life, and nothing that is heard.
      if (notice.unseen === null) messages += 1
      else if (notice.message.type !== 'command') unseen += 1
    }),
    notices.on((notice) => {
      if (isDelivery(notice) && notice.conversation === contact.conversation && notice.text === text)
        delivery ??= notice.id
      // A refused attempt is made again by itself.
      if (notice.type !== 'attempt' || notice.id !== delivery || notice.outcome === 'refused') return
      heardAt = clock.now()
      attempt = notice
    }),
  ]
  try {
    const { id } = contact.send(text)
    const look = async () => {
      const now = clock.now()
      const event = sandbox.deliveries.find(({ message }) => message === id)?.event ?? null
      const heard = { ms: now - saidAt, quietMs: now - heardAt, messages, unseen, event, attempt, bot: bot() }
      return judgeAnswer(heard, timeoutMs)
    }
    const verdict = await poll(look, (seen) => seen !== 'waiting', { pace: every(LOOK_MS), signal, clock })
    if (verdict instanceof Error) throw verdict
  } finally {
    for (const off of offs) off()
  }
}

const isDelivery = (notice: { readonly type: string }): notice is NoticeOf<'delivery'> => notice.type === 'delivery'
