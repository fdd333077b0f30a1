// What `dev-hook trigger` prints: templates, a line for each event, totals.
import { formatDuration } from '../../core/text/duration.ts'
import { sanitize } from '../../core/text/sanitize.ts'
import { toJson } from '../../core/text/to-json.ts'
import { redactLabel } from '../../daemon/record/delivery-json.ts'
import type { EventTemplate } from '../../protocol/templates/template.ts'
import { attemptJson } from '../events/attempt-json.ts'
import type { RowStyle } from '../events/row.ts'
import type { Colors } from '../output/colors.ts'
import { eventWords, SHORT_ID, shortId, statusWord } from '../screen/event-words.ts'
import { cutToWidth, widthOf } from '../screen/text-width.ts'
import type { Tally } from './send-all.ts'
import type { Sent } from './sender.ts'

/** `chat  A contact says something.  message.create.contact.chat` */
export function templateLines(templates: readonly EventTemplate[], colors: Colors, columns: number): string[] {
  const width = Math.max(...templates.map(({ name }) => name.length))
  return templates.map(({ name, says, events: [event = '', ...others] }) => {
    const more = others.length === 0 ? '' : ` and ${others.length} more`
    const tail = name === event ? '' : `${event}${more}`
    const room = columns - width - says.length - 4
    const shown = tail.length <= room ? tail : ''
    return `${colors.bold(name)}${' '.repeat(width - name.length)}  ${cutToWidth(says, Math.max(1, columns - width - 2))}  ${colors.dim(shown)}`.trimEnd()
  })
}

export const templateJson = ({ name, says, evidence, events, by, text }: EventTemplate): string =>
  toJson({ type: 'template', name, says, evidence, events, by, text })

/** `3fa9c2 message.create.contact.chat Jenny "hi there" 200 45ms`; without an id where dev-hook has recorded none. */
export function sentLine(
  { id, label, outcome, status, ms, reason }: Sent,
  style: RowStyle,
  isRecorded: boolean,
): string {
  const { colors, redact, columns } = style
  const result = status === null ? wordOf(outcome, colors) : statusWord(status, colors)
  const why = reason === null ? '' : ` ${sanitize(redact(reason))}`
  const end = `${result} ${colors.dim(formatDuration(ms))}${why}`
  const head = isRecorded && id !== null ? `${shortId(id).padEnd(SHORT_ID)} ` : ''
  return `${head}${eventWords(redactLabel(label, redact), colors, columns - widthOf(head) - widthOf(end) - 1)} ${end}`
}

const wordOf = (outcome: Sent['outcome'], colors: Colors): string =>
  outcome === 'acknowledged' || outcome === 'redelivery' ? colors.yellow(outcome) : colors.red(outcome)

export const sentJson = (sent: Sent): string => attemptJson(sent, sent.label)

const middleOf = (times: readonly number[]): number | null =>
  times.toSorted((a, b) => a - b)[(times.length - 1) >> 1] ?? null

/** `37 of 40 sent in 8.1s: 35 taken, 2 not; answered in 45ms, the slowest in 1.2s` */
export function totalsLine({ sent, broken, taken, times }: Tally, count: number, ms: number): string {
  const all = sent + broken
  const of = all === count ? `${all} sent` : `${all} of ${count} sent`
  const known = taken === all ? 'all taken' : `${taken} taken, ${sent - taken} not`
  const cut = `${broken} at the bot when it was ended`
  const fate = broken === 0 ? known : sent === 0 ? cut : `${known}, ${cut}`
  const middle = middleOf(times)
  const answered =
    middle === null
      ? ''
      : `; answered in ${formatDuration(middle)} (median), ${formatDuration(Math.max(...times))} (slowest)`
  return all === 0 ? of : `${of} in ${formatDuration(ms)}: ${fate}${answered}`
}

export function totalsJson({ sent, broken, taken, times }: Tally, count: number, ms: number): string {
  const [median, slowest] = [middleOf(times), times.length === 0 ? null : Math.max(...times)]
  const time = new Date().toISOString()
  return toJson({
    type: 'triggered',
    time,
    wanted: count,
    sent: sent + broken,
    broken,
    taken,
    failed: sent - taken,
    ms: Math.round(ms),
    median,
    slowest,
  })
}
