// What came of the last thing that was done, for eyes and for screen readers.
import { useModel } from '../model/model.ts'
import { useStore } from '../model/use-store.ts'
import { visible } from '../text/visible.ts'

export function MessageLine() {
  const message = useStore(useModel().message, (now) => now)
  return (
    <div
      class={`message ${message === null ? 'gone' : message.isProblem ? 'bad' : ''}`}
      role="status"
      aria-live="polite"
    >
      {message === null ? null : visible(message.text)}
      {message?.remedy == null ? null : <span class="remedy"> {visible(message.remedy)}</span>}
    </div>
  )
}
