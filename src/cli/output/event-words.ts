// The words for a delivery that every line about it shares: its event, what was said in it, and the bot's status.

import { sanitize } from '../../core/text/sanitize.ts'
import type { Colors } from './colors.ts'

/** `message.create.contact.chat "hi there"` */
export function eventWords(
  label: { readonly event: string | null; readonly text: string | null },
  colors: Colors,
): string {
  const said = label.text === null ? '' : ` "${sanitize(label.text, 60)}"`
  return `${colors.bold(sanitize(label.event ?? '(no event)', 80))}${said}`
}

/** A status in the colour of its meaning. */
export function statusWord(status: number, colors: Colors): string {
  if (status < 300) return colors.green(String(status))
  return status < 500 ? colors.yellow(String(status)) : colors.red(String(status))
}
