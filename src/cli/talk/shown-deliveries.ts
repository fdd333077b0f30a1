// The deliveries whose lines stand on the screen, by the ids that stand there.
import type { Off } from '../../core/listeners.ts'
import type { Notices } from '../../core/notices.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import type { NoticeOf } from '../screen/delivery-lines.ts'

/** What the lines of deliveries on the screen are about. */
export interface ShownDeliveries {
  /** The body of the one whose id begins or ends like this; `null` for none that is known. */
  find(id: string): unknown
  readonly off: Off
}

/** So many are remembered. */
const MAX_KNOWN = 1_000

/** Remembers the deliveries that are announced from now on. */
export function rememberDeliveries(
  notices: Pick<Notices, 'on'>,
  sandbox: Pick<Sandbox, 'deliveries'>,
): ShownDeliveries {
  const known: NoticeOf<'delivery'>[] = []
  const off = notices.on((notice) => {
    if (notice.type !== 'delivery') return
    known.push(notice)
    if (known.length > MAX_KNOWN) known.shift()
  })
  return {
    off,
    find: (id) => {
      const shown = known.findLast((one) => one.id.endsWith(id) || one.id.startsWith(id))
      if (shown === undefined) return null
      // The platform knows it by another id: it is found by what it brought.
      const { event, conversation, text } = shown
      const isIt = (message: unknown): boolean =>
        text === null || JSON.stringify(message ?? '').includes(JSON.stringify(text))
      const sent = sandbox.deliveries.findLast(
        (one) => one.event === event && one.conversation === conversation && isIt(one.payload()?.data),
      )
      return sent?.payload() ?? null
    },
  }
}
