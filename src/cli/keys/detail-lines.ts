// A delivery that is read at the terminal, line by line: of bodies and of what the bot has printed as much as a person can read there.
import { layOut } from '../../core/text/json-layout.ts'
import { sanitize, sanitizeLines } from '../../core/text/sanitize.ts'
import { type DetailStyle, deliveryLines } from '../events/detail.ts'
import type { Colors } from '../output/colors.ts'
import { shortId } from '../screen/event-words.ts'
import { cutToWidth } from '../screen/text-width.ts'
import type { ReadDelivery } from './key-state.ts'

/** Of a longer body only so many UTF-16 code units are looked at. */
const MAX_TEXT = 256 * 1024
const MAX_LINES = 400
/** The longest line, in columns. */
const MAX_LINE = 1_000
/** No character that takes a column is longer, in UTF-16 code units. */
const UNITS = 4

/** The lines, in clean text without secrets. */
export function detailLines({ detail, printed }: ReadDelivery, colors: Colors, now: Date): readonly string[] {
  const whole = `\`dev-hook events show ${shortId(detail.id)}\` shows all of it`
  const body: DetailStyle['body'] = (content) => {
    const { lines, more } = beginningOf(content)
    return more === null ? lines : [...lines, colors.dim(`… ${more}: ${whole}`)]
  }
  const { verdict, reasons } = detail.signature
  const why = reasons.map(({ message }) => message).join('; ')
  const signature = verdict === 'right' || why === '' ? verdict : `${verdict}: ${why}`
  const said = printed.map((line) => `    ${cut(line)}`)
  return [
    ...deliveryLines(detail, { colors, now, body, more: [['signature', signature]] }),
    ...(said.length === 0 ? [] : ['', colors.bold('the bot printed meanwhile'), ...said]),
  ]
}

function beginningOf({ encoding, body }: Parameters<DetailStyle['body']>[0]): {
  readonly lines: readonly string[]
  /** What is missing; `null` when nothing is. */
  readonly more: string | null
} {
  if (encoding === 'base64') return { lines: [sanitize(body, 76)], more: 'it is not text' }
  const isLong = body.length > MAX_TEXT
  const all = sanitizeLines(isLong ? body.slice(0, MAX_TEXT) : (layOut(body) ?? body))
  const rest = all.length - MAX_LINES
  const more = isLong ? 'the body is longer' : rest > 0 ? `${rest} more lines` : null
  return { lines: all.slice(0, MAX_LINES).map(cut), more }
}

const cut = (line: string): string => cutToWidth(line.slice(0, MAX_LINE * UNITS), MAX_LINE)
