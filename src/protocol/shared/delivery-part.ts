// The way of one delivery to the bot, folded up beneath what it brought.
import { formatDuration } from '../../core/text/duration.ts'
import { layOut } from '../../core/text/json-layout.ts'
import { formatSize } from '../../core/text/size.ts'
import { toJson } from '../../core/text/to-json.ts'
import { type Html, html } from './html-text.ts'
import { preciseClock } from './moments.ts'
import type { SharedAttempt, SharedDelivery } from './shared-talk.ts'
import type { Shortener } from './shortener.ts'

/** A longer wait than this, in ms, means that it was held; a shorter one, that it was checked and recorded. */
const HELD_MS = 50

const MAX_BODY = 20_000
const MAX_ANSWER = 4_000

/** Deliveries, folded up beneath a line: `1 delivery · 200 after 35ms`. */
export function deliveriesPart(deliveries: readonly SharedDelivery[], shorten: Shortener): Html | null {
  const [first] = deliveries
  if (first === undefined) return null
  const count = deliveries.length === 1 ? 'delivery' : `${deliveries.length} deliveries`
  const tone = deliveries.every(({ attempts }) => attempts.some(isTaken)) ? 'good' : 'bad'
  return html`<details><summary>${count} &#xb7; <span class="${tone}">${first.fate}</span></summary>${deliveries.map((delivery) => onePart(delivery, shorten))}</details>`
}

const isTaken = ({ status }: SharedAttempt): boolean => status !== null && status >= 200 && status < 300

function onePart({ id, event, payload, receivedAt, attempts }: SharedDelivery, shorten: Shortener): Html {
  const packed = toJson(payload)
  return html`<div class="delivery">
<dl>
<dt>event</dt><dd>${shorten(event, 300)}</dd>
<dt>delivery</dt><dd>${id}</dd>
<dt>received</dt><dd>${preciseClock(receivedAt)}</dd>
${attempts.map((attempt, n) => attemptRows(attempt, n === 0 ? receivedAt : null, shorten))}
</dl>
<details><summary>body, ${formatSize(Buffer.byteLength(packed))}</summary><pre>${shorten.body(layOut(packed) ?? packed, MAX_BODY)}</pre></details>
</div>
`
}

/** What came of one attempt; `waitingSince` is when the delivery came that waited for it. */
function attemptRows(attempt: SharedAttempt, waitingSince: number | null, shorten: Shortener): Html {
  const { n, startedAt, ms, isReplay, outcome, status, reason } = attempt
  const heldMs = waitingSince === null || isReplay ? 0 : startedAt - waitingSince
  const held = heldMs < HELD_MS ? null : html`<dt>held</dt><dd>${formatDuration(heldMs)}</dd>\n`
  const words = status === null ? `${outcome}${reason === null ? '' : `: ${reason}`}` : `answered ${status}`
  return html`${held}<dt>attempt ${n}${isReplay ? ', a replay' : ''}</dt><dd>sent ${preciseClock(startedAt)}, <span class="${isTaken(attempt) ? 'good' : 'bad'}">${shorten(words, 1_000)}</span> after ${formatDuration(ms)}${answerPart(attempt, shorten)}</dd>
`
}

function answerPart({ answer, isCut }: SharedAttempt, shorten: Shortener): Html | null {
  if (answer === null || answer === '') return null
  const packed = typeof answer === 'string' ? answer : toJson(answer)
  const rest = isCut ? '\n\u2026 (only the beginning of the answer is kept)' : ''
  return html`<pre>${shorten.body(layOut(packed) ?? packed, MAX_ANSWER)}${rest}</pre>`
}
