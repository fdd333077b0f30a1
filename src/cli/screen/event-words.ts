// The words for a delivery that every line about it shares: its id, its event, who said what in it, and the bot's status.
import type { Label } from '../../core/delivery.ts'
import { sanitize } from '../../core/text/sanitize.ts'
import type { Colors } from '../output/colors.ts'
import { columnsLeft, cutToWidth, widthOf } from './text-width.ts'

/** How many characters of an id are shown. */
export const SHORT_ID = 6

/** The end of an id, which tells deliveries apart where its beginning, a time, does not. Commands take it for the whole. */
export const shortId = (id: string): string => sanitize(id.slice(-SHORT_ID), SHORT_ID)

/** Nearly every delivery is of such an event, so this part of its name is what says least. */
const USUAL = 'message.create.'

/** How much of what was said is worth more than the name of the event, in columns. */
const ENOUGH = 32

/** How many columns of a line are kept for the event, and who said what in it. */
export const LEAST_WORDS = 20

/** The longest text, in columns, where no terminal sets a limit. */
const MAX_TEXT = 200

/** What words are made of. */
export type Spoken = Pick<Label, 'event' | 'text' | 'from'> & { readonly own?: boolean | undefined }

/**
 * `message.create.contact.chat Jenny "hi there"`, in at most so many columns. Where there are few, the event loses its usual
 * part first, then the rest of its name if what was said shows that it is a message; then the text is cut.
 */
export function eventWords(label: Spoken, colors: Colors, columns = Number.POSITIVE_INFINITY): string {
  const name = sanitize(label.event ?? '(no event)', 80)
  const by = label.own ? 'this bot' : sanitize(label.from ?? '', 40)
  const text = label.text === null ? null : sanitize(label.text, MAX_TEXT)
  const wanted = columns === Number.POSITIVE_INFINITY ? 0 : Math.min(widthOf(spoken(by, text)), ENOUGH)
  const [usual, rest] = nameFor(name, wanted === 0 ? columns : columns - wanted - 1, wanted > 0)
  const said = spoken(by, text, columnsLeft(columns, usual + rest) - (rest === '' ? 0 : 1))
  const event = `${colors.dim(usual)}${label.own ? colors.dim(rest) : colors.bold(rest)}`
  const words = label.own ? colors.dim(said) : said
  if (rest === '') return words
  return words === '' ? event : `${event} ${words}`
}

/** The usual part of the name of an event and the rest of it, as far as there are columns for them. */
function nameFor(name: string, columns: number, mayBeLeftOut: boolean): readonly [usual: string, rest: string] {
  const usual = name.startsWith(USUAL) ? USUAL : ''
  const rest = name.slice(usual.length)
  if (columnsLeft(columns, name) >= 0) return [usual, rest]
  if (widthOf(rest) > columns && usual !== '' && mayBeLeftOut) return ['', '']
  return ['', cutToWidth(rest, columns)]
}

/** Who said it, and the text in quotes, in at most so many columns. */
function spoken(by: string, text: string | null, columns = Number.POSITIVE_INFINITY): string {
  if (text === null) return cutToWidth(by, columns)
  const who = by === '' ? '' : `${cutToWidth(by, Math.max(Math.floor(columns / 2), columnsLeft(columns, text) - 3))} `
  const left = columnsLeft(columns, who) - 2
  return left < 1 ? cutToWidth(by, columns) : `${who}"${cutToWidth(text, left)}"`
}

/** A status in the colour of its meaning. */
export function statusWord(status: number, colors: Colors): string {
  if (status < 300) return colors.green(String(status))
  return status < 500 ? colors.yellow(String(status)) : colors.red(String(status))
}
