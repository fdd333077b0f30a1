// What is shown in place of the list while it is empty, and what to do then.
import { useModel } from '../model/model.ts'
import { useStore } from '../model/use-store.ts'
import { counted } from '../text/counted.ts'
import { Failure } from './failure.tsx'

export function EmptyList() {
  const { list, address, dialog, status } = useModel()
  const { total, loading, failure } = useStore(list.state, (now) => now)
  const isSandbox = useStore(status, (now) => now?.emulated === true)
  if (failure !== null)
    return (
      <Failure what="The deliveries" of={failure}>
        <button type="button" class="button" onClick={() => list.reload()}>
          Try again
        </button>
      </Failure>
    )
  if (loading) return <div class="empty">loading …</div>
  if (total > 0)
    return (
      <div class="empty">
        <p class="empty-head">
          {address.store.current().marked ? 'No marked delivery matches' : 'No delivery matches the filter'}
        </p>
        <p>Without it, {counted(total, 'delivery', 'deliveries')}.</p>
        <button type="button" class="button" onClick={() => address.go({ q: '', marked: false })}>
          Show all
        </button>
      </div>
    )
  return (
    <div class="empty">
      <p class="empty-head">No delivery yet</p>
      <p>
        {isSandbox
          ? 'Say something to the bot in the chat, or trigger an event.'
          : 'Write to the bot on the platform, or trigger an event here. What comes is shown at once.'}
      </p>
      {isSandbox ? (
        <button type="button" class="button" onClick={() => address.go({ view: 'chat' }, 'back')}>
          Go to the chat
        </button>
      ) : null}
      <button type="button" class="button" onClick={() => dialog.set('trigger')}>
        Trigger an event
      </button>
    </div>
  )
}
