// What may be done with a delivery.
import { copyAs, EXPORTS, replay, replayConversation, share, toggleCompare } from '../model/actions.ts'
import { useModel } from '../model/model.ts'
import { useStore } from '../model/use-store.ts'
import type { Detail } from './delivery-detail.tsx'

export function DetailActions({ detail }: { readonly detail: Detail }) {
  const model = useModel()
  const vs = useStore(model.address.store, (now) => now.vs)
  const { id, conversation, settled } = detail
  const isMarked = useStore(model.marks.ids, (ids) => ids.has(id))
  // What was refused at the door is not for the bot.
  const isRejected = settled === 'rejected'
  return (
    <div class="actions">
      <button type="button" class="button main" disabled={isRejected} onClick={() => void replay(model, id)}>
        Replay <kbd>r</kbd>
      </button>
      <button type="button" class="button" disabled={isRejected} onClick={() => model.dialog.set('edit')}>
        Edit <kbd>e</kbd>
      </button>
      {conversation === null ? null : (
        <button
          type="button"
          class="button"
          title="Replay this delivery and the later ones of its conversation, in order"
          onClick={() => void replayConversation(model, conversation, id)}
        >
          Replay from here
        </button>
      )}
      <button type="button" class="button" aria-pressed={isMarked} onClick={() => model.marks.toggle(id)}>
        Mark <kbd>m</kbd>
      </button>
      <button type="button" class="button" aria-pressed={vs === id} onClick={() => toggleCompare(model)}>
        Compare <kbd>c</kbd>
      </button>
      <span class="group" role="group" aria-label="Copy as">
        {EXPORTS.filter((as) => as !== 'test' || conversation !== null).map((as) => (
          <button
            key={as}
            type="button"
            class="button"
            title={`Copy as ${as}`}
            onClick={() => void copyAs(model, id, as)}
          >
            {as}
          </button>
        ))}
      </span>
      {conversation === null ? null : (
        <button
          type="button"
          class="button"
          title="Save the conversation as one HTML file, without personal data"
          onClick={() => void share(model, id)}
        >
          Share
        </button>
      )}
      <button
        type="button"
        class="button close"
        aria-label="Close (Esc)"
        onClick={() => model.address.go({ id: null, vs: null })}
      >
        ×
      </button>
    </div>
  )
}
