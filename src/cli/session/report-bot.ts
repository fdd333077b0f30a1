// Telling the sandbox what its bot does behind dev-hook: that it is not there, so that nobody waits for it, and what it has answered.
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
  const report = (bot: NoticeOf<'bot'>): void => sandbox.reportBot(...absenceOf(bot))
  if (last !== null) report(last)
  on((notice) => {
    if (notice.type === 'bot') report(notice)
    if (notice.type === 'delivery') pushBounded(deliveries, notice, MAX_OPEN)
    // A refused attempt is made again by itself.
    if (notice.type !== 'attempt' || notice.outcome === 'refused') return
    const delivery = deliveries.findLast(({ id }) => id === notice.id)
    if (delivery !== undefined) sandbox.reportAnswer(delivery, { status: notice.status })
  })
}

/** Why there is no bot, and whether there may be one any moment: one that somebody else runs may be starting. */
function absenceOf({
  state,
  code,
  pid,
  port,
}: NoticeOf<'bot'>): readonly [why: string | null, more?: { readonly mayCome: boolean }] {
  if (state === 'crashed') return [`the bot has crashed (${exitWords(code)})`]
  if (state === 'stopped') return [`the bot has ended (${exitWords(code)})`]
  return state === 'ready' || pid !== null ? [null] : [`nothing listens on port ${port}`, { mayCome: true }]
}
