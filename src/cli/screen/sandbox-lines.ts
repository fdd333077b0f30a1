// The lines of the sandbox: how a bot reaches it, who says what, and which calls of the bot were refused.
import { oneLine, sanitize } from '../../core/text/sanitize.ts'
import type { Colors } from '../output/colors.ts'
import type { NoticeOf } from './delivery-lines.ts'
import { messageLines } from './message-lines.ts'

/** The lines of what only a sandbox announces, in at most so many columns. */
export const sandboxLines = (
  notice: NoticeOf<'sandbox' | 'message'>,
  colors: Colors,
  columns: number,
): readonly string[] => (notice.type === 'sandbox' ? reachLines(notice, colors) : messageLines(notice, colors, columns))

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
