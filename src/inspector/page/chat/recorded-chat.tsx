// A conversation on the real platform, as far as the deliveries tell: what was said, and what the bot said.
import { quoted } from '../../../protocol/query/terms.ts'
import { useModel } from '../model/model.ts'
import type { Row } from '../model/rows.ts'
import { useStore } from '../model/use-store.ts'
import { clockTime } from '../text/moments.ts'
import { visibleLines, visibleStart } from '../text/visible.ts'
import { isPlain } from './bubble.tsx'
import { useStayAtEnd } from './stay-at-end.ts'

export function RecordedChat() {
  const { address, list } = useModel()
  // Whatever the list of deliveries is filtered by.
  const all = useStore(list.state, (now) => now.all)
  const wanted = useStore(address.store, (now) => now.conversation)
  const ids = [...new Set(all.flatMap(({ label }) => label.conversation ?? []))]
  const id = ids.find((one) => one === wanted) ?? ids[0]
  const said = all.filter(({ label }) => label.conversation === id && label.text !== null).reverse()
  const ref = useStayAtEnd(said.length, id ?? null, false)
  if (id === undefined)
    return (
      <div class="empty">
        <p class="empty-head">No conversation yet</p>
        <p>Write to the bot on the platform: what comes is shown here as a chat.</p>
      </div>
    )
  return (
    <div class="chat">
      <div class="chat-head">
        <select
          aria-label="Conversation"
          value={id}
          onChange={({ currentTarget }) => address.go({ conversation: currentTarget.value }, 'back')}
        >
          {ids.map((one) => (
            <option key={one} value={one}>
              {visibleStart(one, 60)}
            </option>
          ))}
        </select>
        <button
          type="button"
          class="button small"
          onClick={() => address.go({ view: 'deliveries', q: `conv:${quoted(id)}` }, 'back')}
        >
          Its deliveries
        </button>
      </div>
      <section class="screen recorded" aria-label="Conversation">
        <ol ref={ref} class="bubbles" tabIndex={0} aria-label="Messages">
          {said.map((row) => (
            <Said key={row.id} row={row} />
          ))}
        </ol>
      </section>
    </div>
  )
}

function Said({ row: { id, receivedAt, label } }: { readonly row: Row }) {
  const { address } = useModel()
  const isOwn = label.own === true
  const look = (): void => address.go({ id, vs: null }, 'back')
  return (
    <li class={`bubble ${isOwn ? 'own by-bot' : 'by-contact'}`} onClick={({ target }) => isPlain(target) && look()}>
      <p class="bubble-head">
        <b>{visibleStart(label.from ?? 'somebody', 80)}</b>
        <button type="button" class="link num" title="Its delivery" onClick={look}>
          {clockTime(receivedAt)}
        </button>
      </p>
      <p class="words" dir="auto">
        {visibleLines(label.text ?? '')}
      </p>
    </li>
  )
}
