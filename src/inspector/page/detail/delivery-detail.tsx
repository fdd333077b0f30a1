// One delivery: what it is, what may be done with it, its time, its signature, its body, its attempts.
import { formatSize } from '../../../core/text/size.ts'
import { quoted } from '../../../protocol/query/terms.ts'
import type { OutputOf } from '../../operations/table.ts'
import { useModel } from '../model/model.ts'
import type { Row } from '../model/rows.ts'
import { clockTime, dayOf } from '../text/moments.ts'
import { visible, visibleStart } from '../text/visible.ts'
import { EventName } from '../views/event-name.tsx'
import { Attempts } from './attempts.tsx'
import { BodyView } from './body-view.tsx'
import { DetailActions } from './detail-actions.tsx'
import { HeaderTable } from './header-table.tsx'
import { SignatureVerdict } from './signature-verdict.tsx'
import { TimeBar } from './time-bar.tsx'

export type Detail = OutputOf<'delivery'>

export function DeliveryDetail({ detail, row }: { readonly detail: Detail; readonly row: Row | undefined }) {
  const { dialog } = useModel()
  const { event, signature, headers } = detail
  return (
    <>
      <header class="panel-head">
        <h2>
          <EventName event={event} />
        </h2>
        <Facts detail={detail} />
        <DetailActions detail={detail} />
      </header>
      <div class="panel-body" tabIndex={0} role="group" aria-label="Details">
        <TimeBar detail={detail} row={row} />
        <SignatureVerdict signature={signature} check={() => dialog.set('signature')} />
        <Attempts detail={detail} />
        <section>
          <BodyView title="Body" content={detail} />
        </section>
        <details>
          <summary>
            Headers <span class="soft num">{headers.length}</span>
          </summary>
          <HeaderTable headers={headers} />
        </details>
      </div>
    </>
  )
}

function Facts({ detail }: { readonly detail: Detail }) {
  const { address } = useModel()
  const { id, time, conversation, from, text, bytes, editOf, platformId, method, search } = detail
  const at = Date.parse(time)
  return (
    <>
      {from === undefined && text === null ? null : (
        <p class="quote">
          {from === undefined ? null : <b>{visibleStart(from, 100)} </b>}
          {text === null ? null : <bdi>{visibleStart(text, 500)}</bdi>}
        </p>
      )}
      <p class="facts">
        <span>
          {dayOf(at)} {clockTime(at)}
        </span>
        <span class="mono">{visible(id)}</span>
        {conversation === null ? null : (
          <button
            type="button"
            class="link mono"
            title="Only this conversation"
            onClick={() => address.go({ q: `conv:${quoted(conversation)}` })}
          >
            conversation {visibleStart(conversation, 40)}
          </button>
        )}
        {editOf === null ? null : (
          <button type="button" class="link mono" onClick={() => address.go({ id: editOf }, 'back')}>
            edited copy of {visibleStart(editOf, 40)}
          </button>
        )}
        <span>
          {visible(method)} {visibleStart(search, 100)} {formatSize(bytes)}
        </span>
        {platformId === null ? null : <span class="mono">platform id {visibleStart(platformId, 60)}</span>}
      </p>
    </>
  )
}
