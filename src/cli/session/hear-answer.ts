// Doing something in the sandbox, and hearing the bot's whole answer.
import { type Clock, MONOTONIC, poll } from '../../core/async.ts'
import { asRecord } from '../../core/json.ts'
import type { Notices } from '../../core/notices.ts'
import { every } from '../../core/pace.ts'
import type { Message } from '../../protocol/resources.ts'
import { refusalOnTheWay } from '../../sandbox/chat/no-answer.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import type { NoticeOf } from '../screen/delivery-lines.ts'
import { judgeAnswer } from './judge-answer.ts'

export interface Hearing {
  readonly sandbox: Pick<Sandbox, 'on' | 'deliveries' | 'botId'>
  readonly notices: Pick<Notices, 'on'>
  /** What was announced of the bot last. */
  readonly bot: () => NoticeOf<'bot'> | null
  /** How long the bot may take. */
  readonly timeoutMs: number
  readonly clock?: Clock
}

/** How often it is looked whether the answer is complete, in ms. */
const LOOK_MS = 25

/** For so long after its last message, or its answer to the delivery, a call of the API shows that there is more to come, in ms. */
const BUSY_MS = 5_000

/**
 * Does something, and resolves when what the bot answers is complete; at once when nothing was posted. Only a contact has to be
 * answered. Rejects with why there is no answer, or with the signal's reason.
 */
export async function hearAnswer(
  hearing: Hearing,
  act: () => Promise<Message | null>,
  signal: AbortSignal,
): Promise<void> {
  const { sandbox, notices, bot, timeoutMs, clock = MONOTONIC } = hearing
  const saidAt = clock.now()
  let heardAt = saidAt
  let calledAt = saidAt
  let messages = 0
  let unseen = 0
  let said: Message | null = null
  let delivery: string | null = null
  let attempt: NoticeOf<'attempt'> | null = null
  const offs = [
    sandbox.on((notice) => {
      if (notice.type === 'call' && notice.call.by === sandbox.botId) {
        calledAt = Math.max(calledAt, clock.now() + delayIn(notice.call.body))
      }
      if (notice.type !== 'message' || !notice.byBot) return
      heardAt = clock.now()
      if (notice.message.conversation !== said?.conversation) return
      // What the contact does not see is a sign of life, and nothing that is heard.
      if (notice.unseen === null) messages += 1
      else if (notice.message.type !== 'command') unseen += 1
    }),
    notices.on((notice) => {
      if (isDelivery(notice) && notice.conversation === said?.conversation && notice.text === said?.text)
        delivery ??= notice.id
      // A refused attempt is made again by itself.
      if (notice.type !== 'attempt' || notice.id !== delivery || notice.outcome === 'refused') return
      heardAt = clock.now()
      attempt = notice
    }),
  ]
  try {
    const posted = await act()
    if (posted === null) return
    said = posted
    const { id, role } = posted
    const look = async () => {
      const now = clock.now()
      const known = sandbox.deliveries.find(({ message }) => message === id)
      const event = known?.event ?? null
      const refusal = known === undefined ? null : refusalOnTheWay(known)
      const lastSign = calledAt - heardAt < BUSY_MS ? Math.max(heardAt, calledAt) : heardAt
      const heard = { ms: now - saidAt, quietMs: now - lastSign, messages, unseen, event, refusal, attempt, bot: bot() }
      return judgeAnswer(heard, timeoutMs, role === 'contact')
    }
    const verdict = await poll(look, (seen) => seen !== 'waiting', { pace: every(LOOK_MS), signal, clock })
    if (verdict instanceof Error) throw verdict
  } finally {
    for (const off of offs) off()
  }
}

const isDelivery = (notice: { readonly type: string }): notice is NoticeOf<'delivery'> => notice.type === 'delivery'

/** How long what was posted waits until it is said, in ms: the longest of several. */
function delayIn(body: unknown): number {
  const delays = (Array.isArray(body) ? body : [body]).map((one) => asRecord(one)?.['delay'])
  return Math.max(0, ...delays.filter((delay) => typeof delay === 'number'))
}
