// A delivery as one row of the list.
import { memo } from '../model/memo.ts'
import type { Row } from '../model/rows.ts'
import { clockTime } from '../text/moments.ts'
import { visibleStart } from '../text/visible.ts'
import { EventName } from './event-name.tsx'
import { Fate } from './fate.tsx'

interface RowLineProps {
  readonly row: Row
  readonly place: number
  readonly count: number
  readonly top: number
  readonly isChosen: boolean
  readonly isCompared: boolean
  readonly isMarked: boolean
  readonly choose: (id: string) => void
}

/** More of a text than fits into a row. */
const MAX_TEXT = 200

export const RowLine = memo(
  ({ row, place, count, top, isChosen, isCompared, isMarked, choose }: RowLineProps) => {
    const { id, receivedAt, label, replays, editOf, attempts } = row
    const notes = [
      ...(isMarked ? ['★ marked'] : []),
      ...(isCompared ? ['compared'] : []),
      ...(editOf === null ? [] : ['edited']),
      ...(replays > 0 && editOf === null ? ['replayed'] : []),
      ...(attempts - replays > 1 ? [`${attempts} attempts`] : []),
    ]
    return (
      <div
        id={`row-${id}`}
        role="option"
        aria-selected={isChosen}
        aria-setsize={count}
        aria-posinset={place + 1}
        tabIndex={-1}
        class={`row ${label.own === true ? 'own' : ''}`}
        style={{ transform: `translateY(${top}px)` }}
        onClick={() => choose(id)}
      >
        <span class="time num">{clockTime(receivedAt)}</span>
        <span class="event">
          <EventName event={label.event} />
        </span>
        <span class="said">
          {label.from == null ? null : <b>{visibleStart(label.from, 60)} </b>}
          {label.text === null ? null : <bdi>{visibleStart(label.text, MAX_TEXT)}</bdi>}
        </span>
        <span class="notes">{notes.join(', ')}</span>
        <Fate row={row} />
      </div>
    )
  },
  (a, b) =>
    a.row === b.row &&
    a.top === b.top &&
    a.isChosen === b.isChosen &&
    a.isCompared === b.isCompared &&
    a.isMarked === b.isMarked &&
    a.count === b.count,
)
