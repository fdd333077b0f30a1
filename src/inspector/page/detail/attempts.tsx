// The attempts of a delivery: one with the bot's answer and what it printed meanwhile; of several what differs.
import { useState } from 'preact/hooks'
import { formatDuration } from '../../../core/text/duration.ts'
import { headerLines } from '../text/header-lines.ts'
import { clockTime } from '../text/moments.ts'
import { visible, visibleStart } from '../text/visible.ts'
import { toneOfStatus } from '../views/fate.tsx'
import { BodyView } from './body-view.tsx'
import type { Detail } from './delivery-detail.tsx'
import { Doings } from './doings.tsx'
import { HeaderTable } from './header-table.tsx'
import { SideBySide } from './side-by-side.tsx'

type Attempt = Detail['attempts'][number]

const wordOf = ({ status, outcome }: Attempt): string => (status === null ? outcome : String(status))

const toneOf = ({ status }: Attempt): string => (status === null ? 'bad' : toneOfStatus(status))

export function Attempts({ detail }: { readonly detail: Detail }) {
  const { attempts } = detail
  const [pair, setPair] = useState<readonly [number, number] | null>(null)
  const last = attempts.at(-1)
  if (last === undefined) return <p class="soft">It has not reached the bot.</p>
  const [left, right] = pair === null ? [] : pair.map((n) => attempts.find((one) => one.n === n))
  return (
    <section aria-labelledby="attempts-title">
      <div class="section-head">
        <h3 id="attempts-title">{attempts.length === 1 ? 'The bot’s answer' : `${attempts.length} attempts`}</h3>
        {attempts.length < 2 ? null : (
          <button
            type="button"
            class="button small"
            aria-pressed={pair !== null}
            onClick={() => setPair(pair === null ? [attempts.at(-2)?.n ?? 1, last.n] : null)}
          >
            side by side
          </button>
        )}
      </div>
      {left === undefined || right === undefined ? (
        [...attempts]
          .reverse()
          .map((attempt, n) => <OneAttempt key={attempt.n} detail={detail} attempt={attempt} isLast={n === 0} />)
      ) : (
        <TwoAttempts attempts={attempts} left={left} right={right} choose={setPair} />
      )}
    </section>
  )
}

interface OneAttemptProps {
  readonly detail: Detail
  readonly attempt: Attempt
  readonly isLast: boolean
}

function OneAttempt({ detail, attempt, isLast }: OneAttemptProps) {
  const [isOpen, setOpen] = useState(isLast)
  const { n, time, ms, replay, reason, cut, headers, encoding = 'utf8', body = '' } = attempt
  return (
    <details class="attempt" open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        <span class="num soft">{n}</span> <span class={`fate ${toneOf(attempt)}`}>{wordOf(attempt)}</span>{' '}
        <span class="num">{formatDuration(ms)}</span> <span class="soft num">{clockTime(Date.parse(time))}</span>
        {replay ? <span class="tag">replay</span> : null}
      </summary>
      {reason === undefined ? null : <p>{visibleStart(reason, 1_000)}</p>}
      {headers === undefined ? null : (
        <>
          <BodyView title="Answer" content={{ encoding, body }} />
          {cut === true ? <p class="soft">Only the beginning of the answer is kept.</p> : null}
          <details>
            <summary>
              Answer’s headers <span class="soft num">{headers.length}</span>
            </summary>
            <HeaderTable headers={headers} />
          </details>
        </>
      )}
      {isOpen ? <Doings detail={detail} n={n} /> : null}
    </details>
  )
}

interface TwoAttemptsProps {
  readonly attempts: readonly Attempt[]
  readonly left: Attempt
  readonly right: Attempt
  readonly choose: (pair: readonly [number, number]) => void
}

function TwoAttempts({ attempts, left, right, choose }: TwoAttemptsProps) {
  const rows: readonly (readonly [string, (of: Attempt) => string])[] = [
    ['answer', wordOf],
    ['took', ({ ms }) => formatDuration(ms)],
    ['at', ({ time }) => clockTime(Date.parse(time))],
    ['why', ({ replay }) => (replay ? 'replay' : 'delivery')],
  ]
  const select = (side: 0 | 1, chosen: Attempt) => (
    <select
      aria-label={side === 0 ? 'left attempt' : 'right attempt'}
      value={chosen.n}
      onChange={({ currentTarget }) =>
        choose(side === 0 ? [Number(currentTarget.value), right.n] : [left.n, Number(currentTarget.value)])
      }
    >
      {attempts.map(({ n }) => (
        <option key={n} value={n}>
          attempt {n}
        </option>
      ))}
    </select>
  )
  return (
    <>
      <table class="pair">
        <thead>
          <tr>
            <td />
            <th scope="col">{select(0, left)}</th>
            <th scope="col">{select(1, right)}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, read]) => (
            <tr key={name} class={read(left) === read(right) ? undefined : 'differs'}>
              <th scope="row">{name}</th>
              <td>{visible(read(left))}</td>
              <td>{visible(read(right))}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <SideBySide title="Answer" left={left.body ?? left.reason ?? ''} right={right.body ?? right.reason ?? ''} />
      <SideBySide title="Headers" left={headerLines(left.headers ?? [])} right={headerLines(right.headers ?? [])} />
    </>
  )
}
