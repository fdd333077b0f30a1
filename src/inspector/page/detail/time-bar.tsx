// The time of a delivery as a bar: when it came, how long it waited, when it was sent, when it was answered.
import { formatDuration } from '../../../core/text/duration.ts'
import { useCalls, useDoing } from '../model/doings.ts'
import type { Row } from '../model/rows.ts'
import { counted } from '../text/counted.ts'
import { preciseTime } from '../text/moments.ts'
import type { Detail } from './delivery-detail.tsx'
import { isRefused } from './doings.tsx'

interface Span {
  readonly what: string
  readonly tone: 'held' | 'sent' | 'failed' | 'gap'
  /** Milliseconds since the epoch. */
  readonly start: number
  readonly ms: number
}

type AttemptTimes = Pick<Detail['attempts'][number], 'time' | 'ms' | 'outcome' | 'replay' | 'n' | 'status'>

/** It takes a moment to check and to record a delivery; beyond that it was held. */
const NOTABLE_MS = 50

/** What follows what: waiting, then each attempt, with the pauses between them. */
export function spansOf(receivedAt: number, attempts: readonly AttemptTimes[], reason: string | null): readonly Span[] {
  const spans: Span[] = []
  let at = receivedAt
  for (const { time, ms, outcome, n, status } of attempts) {
    const start = Math.max(at, Date.parse(time))
    const isFirst = spans.length === 0
    if (start > at)
      spans.push({
        what: isFirst ? (reason ?? 'waited') : 'pause',
        tone: isFirst && (reason !== null || start - at > NOTABLE_MS) ? 'held' : 'gap',
        start: at,
        ms: start - at,
      })
    const what = status === null ? outcome : `answered ${status}`
    spans.push({
      what: attempts.length > 1 ? `${n}: ${what}` : what,
      tone: outcome === 'answered' ? 'sent' : 'failed',
      start,
      ms,
    })
    at = start + ms
  }
  return spans
}

export function TimeBar({ detail, row }: { readonly detail: Detail; readonly row: Row | undefined }) {
  const receivedAt = Date.parse(detail.time)
  // A replay is another day's business; each has its own time in the attempts.
  const first = detail.attempts.filter(({ replay }) => !replay)
  const hold = row?.hold ?? null
  const spans = spansOf(receivedAt, first, hold === null ? null : `held: ${hold.reason}`)
  const doing = useDoing(detail, first.at(-1)?.n ?? 0)
  const calls = useCalls(doing, detail.conversation)
  const ends = calls.map(({ time, ms }) => Date.parse(time) + ms - receivedAt)
  const whole = Math.max(
    spans.reduce((sum, { ms }) => sum + ms, 0),
    ...ends,
  )
  // The calls stand below.
  const height = calls.length === 0 ? 14 : 22
  const place = (at: number, ms: number) => ({
    x: ((at - receivedAt) / whole) * 1000,
    width: Math.max(2, (ms / whole) * 1000),
  })
  if (whole === 0)
    return (
      <p class="times">
        received <span class="num">{preciseTime(receivedAt)}</span>
        {hold !== null && hold.ms === null ? `, held: ${hold.reason}` : ''}
      </p>
    )
  return (
    <figure
      class="time-bar"
      aria-label={`Time: ${spans.map(({ what, ms }) => `${what} ${formatDuration(ms)}`).join(', ')}`}
    >
      <svg
        viewBox={`0 0 1000 ${height}`}
        style={{ height: `${height}px` }}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <rect class="ground" width="1000" height="14" />
        {spans.map(({ tone, start, ms }, n) => (
          <rect key={n} class={tone} {...place(start, ms)} height="14" />
        ))}
        {calls.map((call, n) => (
          <rect
            key={`call-${n}`}
            class={isRefused(call) ? 'failed' : 'call'}
            {...place(Date.parse(call.time), call.ms)}
            y="17"
            height="5"
          />
        ))}
      </svg>
      <figcaption>
        <span>
          received <span class="num">{preciseTime(receivedAt)}</span>
        </span>
        {spans.map(({ what, tone, ms }, n) => (
          <span key={n} class={`key ${tone}`}>
            {what} <span class="num">{formatDuration(ms)}</span>
          </span>
        ))}
        {calls.length === 0 ? null : (
          <span class="key call">
            {counted(calls.length, 'call', 'calls')} of the API
            {calls.some(isRefused) ? `, ${calls.filter(isRefused).length} refused` : ''}
          </span>
        )}
        {detail.attempts.length > first.length ? <span class="soft">replays are below</span> : null}
      </figcaption>
    </figure>
  )
}
