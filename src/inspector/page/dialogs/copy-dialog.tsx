// What the browser did not let the page copy, selected, so that a person can.
import { useModel } from '../model/model.ts'
import { useStore } from '../model/use-store.ts'
import { Dialog } from './dialog.tsx'

export function CopyDialog() {
  const { as, text } = useStore(useModel().toCopy, (now) => now)
  return (
    <Dialog title={`Copy as ${as}`} isWide>
      <div class="dialog-body">
        <p class="soft">This browser does not let the page copy. The text is selected: copy it with Ctrl-C or ⌘C.</p>
        <textarea
          class="code"
          value={text}
          readOnly
          rows={12}
          aria-label="Without secrets"
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
      </div>
    </Dialog>
  )
}
