// The lines of the sandbox: how a bot reaches it, who says what, and what goes wrong there.
import { oneLine, sanitize } from '../../core/text/sanitize.ts'
import type { Colors } from '../output/colors.ts'
import type { NoticeOf } from './delivery-lines.ts'
import { messageLines } from './message-lines.ts'

/** The lines of what only a sandbox announces, in at most so many columns. */
export function sandboxLines(
  notice: NoticeOf<'sandbox' | 'message' | 'chaos'>,
  colors: Colors,
  columns: number,
): readonly string[] {
  switch (notice.type) {
    case 'sandbox':
      return [...reachLines(notice, colors), ...chaosLines(notice, colors)]
    case 'chaos':
      return [`${colors.yellow('chaos')} ${sanitize(notice.message, 1_000)} ${colors.dim(`(seed ${notice.seed})`)}`]
    case 'message':
      return messageLines(notice, colors, columns)
    default:
      return notice satisfies never
  }
}

/** What goes wrong by chance, as a row of the ready block: both flags, so that the same run can be had again. */
function chaosLines({ chaos }: NoticeOf<'sandbox'>, colors: Colors): readonly string[] {
  if (chaos === null) return []
  return [`  ${colors.dim('chaos'.padEnd(9))} ${oneLine(`--chaos ${chaos.words} --seed ${chaos.seed}`)}`]
}

/** How a bot that somebody else starts reaches the sandbox, as a row of the ready block; none where dev-hook starts the bot. */
function reachLines({ api, token, startsBot }: NoticeOf<'sandbox'>, colors: Colors): readonly string[] {
  if (startsBot) return []
  // To be pasted whole: it is not cut, however narrow the terminal.
  const tokens = token === null ? ' (its own TOKEN is good here)' : ` TOKEN=${token}`
  return [`  ${colors.dim('bot env'.padEnd(9))} ${oneLine(`APIHOST=${api}${tokens}`)}`]
}

/** `✗ POST /v2/conversations/…/messages 404 Conversation not found` */
export function refusedCallWords({ method, path, status, message, more }: NoticeOf<'call'>, colors: Colors): string {
  const why = [status ?? 'cut', ...(message === null ? [] : [sanitize(message)])].join(' ')
  const others = more === undefined ? '' : ` (and ${more} more like it)`
  return colors.red(`✗ ${sanitize(method, 10)} ${sanitize(path, 120)} ${why}${others}`)
}
