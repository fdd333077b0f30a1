// Telling the sandbox of a bot that has gone, so that nobody there waits for its answer.

import type { Notices } from '../../core/notices.ts'
import { exitWords } from '../../core/text/exit-words.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import type { NoticeOf } from '../screen/delivery-lines.ts'

/** Reports it as it is, by what was announced of it last, and from now on. */
export function reportBot(
  sandbox: Pick<Sandbox, 'reportBot'>,
  { on }: Pick<Notices, 'on'>,
  last: NoticeOf<'bot'> | null,
): void {
  if (last !== null) sandbox.reportBot(whyGone(last))
  on((notice) => {
    if (notice.type === 'bot') sandbox.reportBot(whyGone(notice))
  })
}

function whyGone({ state, code }: NoticeOf<'bot'>): string | null {
  if (state === 'crashed') return `the bot has crashed (${exitWords(code)})`
  return state === 'stopped' ? `the bot has ended (${exitWords(code)})` : null
}
