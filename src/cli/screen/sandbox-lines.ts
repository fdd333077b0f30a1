// The lines of the sandbox: how a bot reaches it, and who says what.
import { oneLine, sanitize } from '../../core/text/sanitize.ts'
import type { Colors } from '../output/colors.ts'
import type { NoticeOf } from './delivery-lines.ts'

/** The lines of what only a sandbox announces. */
export const sandboxLines = (notice: NoticeOf<'sandbox' | 'message'>, colors: Colors): readonly string[] =>
  notice.type === 'sandbox' ? reachLines(notice, colors) : [messageLine(notice, colors)]

/** How a bot that somebody else starts reaches the sandbox, as a row of the ready block; none where dev-hook starts the bot. */
function reachLines({ api, token, startsBot }: NoticeOf<'sandbox'>, colors: Colors): readonly string[] {
  if (startsBot) return []
  // To be pasted whole: it is not cut, however narrow the terminal.
  const tokens = token === null ? ' (its own TOKEN is good here)' : ` TOKEN=${token}`
  return [`  ${colors.dim('bot env'.padEnd(9))} ${oneLine(`APIHOST=${api}${tokens}`)}`]
}

/** Why a contact does not see what the bot said. */
const UNSEEN: Readonly<Record<NonNullable<NoticeOf<'message'>['unseen']>, string>> = {
  role: 'the role is "bot"',
  backchannel: 'in the backchannel',
  type: 'of a type for the team',
  'widget-call': 'a call of the widget',
}

/** What somebody said; dim, with the reason, what the contact does not see. */
function messageLine({ name, text, unseen }: NoticeOf<'message'>, colors: Colors): string {
  const said = sanitize(text, 2_000)
  if (unseen === undefined) return `${colors.cyan(colors.bold(`${sanitize(name)} ›`))} ${said}`
  return colors.dim(`${sanitize(name)} › ${said} (the contact does not see this: ${UNSEEN[unseen]})`)
}
