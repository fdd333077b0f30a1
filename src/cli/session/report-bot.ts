// Telling the sandbox what its bot does behind dev-hook: that it has gone, so that nobody waits for it, and what it has answered.
import type { Notices } from '../../core/notices.ts'
import { exitWords } from '../../core/text/exit-words.ts'
import { pushBounded } from '../../sandbox/bounds.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import type { NoticeOf } from '../screen/delivery-lines.ts'

/** How many deliveries may be at the bot at once whose answers are reported. */
const MAX_OPEN = 100

/** Reports it as it is, by what was announced of it last, and from now on. */
export function reportBot(
  sandbox: Pick<Sandbox, 'reportBot' | 'reportAnswer'>,
  { on }: Pick<Notices, 'on'>,
  last: NoticeOf<'bot'> | null,
): void {
  const deliveries: NoticeOf<'delivery'>[] = []
  if (last !== null) sandbox.reportBot(whyGone(last))
  on((notice) => {
    if (notice.type === 'bot') sandbox.reportBot(whyGone(notice))
    if (notice.type === 'delivery') pushBounded(deliveries, notice, MAX_OPEN)
    if (notice.type !== 'attempt' || notice.status === null) return
    const delivery = deliveries.findLast(({ id }) => id === notice.id)
    if (delivery !== undefined) sandbox.reportAnswer(delivery, notice.status)
  })
}

function whyGone({ state, code }: NoticeOf<'bot'>): string | null {
  if (state === 'crashed') return `the bot has crashed (${exitWords(code)})`
  return state === 'stopped' ? `the bot has ended (${exitWords(code)})` : null
}
