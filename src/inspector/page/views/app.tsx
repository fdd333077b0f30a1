// The whole page: its head, one of the views, what lies over it, and what is said.

import { ChatView } from '../chat/chat-view.tsx'
import { CopyDialog } from '../dialogs/copy-dialog.tsx'
import { EditDialog } from '../dialogs/edit-dialog.tsx'
import { HelpDialog } from '../dialogs/help-dialog.tsx'
import { SignatureDialog } from '../dialogs/signature-dialog.tsx'
import { TriggerDialog } from '../dialogs/trigger-dialog.tsx'
import { useModel } from '../model/model.ts'
import { useStore } from '../model/use-store.ts'
import { ConnectionBanner } from './connection-banner.tsx'
import { DeliveriesView } from './deliveries-view.tsx'
import { MessageLine } from './message-line.tsx'
import { StatusView } from './status-view.tsx'
import { TopBar } from './top-bar.tsx'

const VIEW_PARTS = { deliveries: DeliveriesView, chat: ChatView, status: StatusView }

const DIALOG_PARTS = {
  help: HelpDialog,
  edit: EditDialog,
  trigger: TriggerDialog,
  signature: SignatureDialog,
  copy: CopyDialog,
}

export function App() {
  const { address, dialog } = useModel()
  const View = VIEW_PARTS[useStore(address.store, ({ view }) => view)]
  const open = useStore(dialog, (name) => name)
  const Dialog = open === null ? null : DIALOG_PARTS[open]
  return (
    <>
      <TopBar />
      <ConnectionBanner />
      <main class="view" tabIndex={-1}>
        <View />
      </main>
      {Dialog === null ? <MessageLine /> : <Dialog />}
    </>
  )
}
