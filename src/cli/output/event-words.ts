// The words for a delivery that every line about it shares: its event, what was said in it, and the bot's status.
import type { Paint } from './colors.ts'
import { printable } from './sanitize.ts'

/** `message.create.contact.chat "hi there"` */
export function eventWords(
  label: { readonly event: string | null; readonly text: string | null },
  paint: Paint,
): string {
  const said = label.text === null ? '' : ` "${printable(label.text, 60)}"`
  return `${paint.bold(printable(label.event ?? '(no event)', 80))}${said}`
}

/** A status in the colour of its meaning. */
export function statusWord(status: number, paint: Paint): string {
  if (status < 300) return paint.green(String(status))
  return status < 500 ? paint.yellow(String(status)) : paint.red(String(status))
}
