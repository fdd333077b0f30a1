// The name of an event: what most have in common is dimmed, so that the difference meets the eye.
import { visibleStart } from '../text/visible.ts'

const COMMON = 'message.create.'

export function EventName({ event }: { readonly event: string | null }) {
  if (event === null) return <span class="soft">no event</span>
  const name = visibleStart(event, 80)
  if (!name.startsWith(COMMON)) return <span>{name}</span>
  return (
    <span>
      <span class="soft common">{COMMON}</span>
      {name.slice(COMMON.length)}
    </span>
  )
}
