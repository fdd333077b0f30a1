// The chat of the sandbox: the contact's phone at the left, the agents' app at the right, and which conversation it is.
import { useRef } from 'preact/hooks'
import type { OutputOf } from '../../operations/table.ts'
import { DeliveryPanel } from '../detail/delivery-panel.tsx'
import { ask } from '../model/api.ts'
import { latestOf, useLoaded } from '../model/loaded.ts'
import { useModel } from '../model/model.ts'
import { useStore } from '../model/use-store.ts'
import { counted } from '../text/counted.ts'
import { visible, visibleStart } from '../text/visible.ts'
import { Failure } from '../views/failure.tsx'
import { ChaosSwitches } from './chaos-switches.tsx'
import { RecordedChat } from './recorded-chat.tsx'
import { Screen } from './screen.tsx'

export function ChatView() {
  const { status, address } = useModel()
  const emulated = useStore(status, (now) => now?.emulated ?? null)
  const id = useStore(address.store, (now) => now.id)
  if (emulated === null) return <div class="empty">loading …</div>
  return (
    <div class={`talk ${id === null ? '' : 'split'}`}>
      {emulated ? <SandboxChat /> : <RecordedChat />}
      {id === null ? null : <DeliveryPanel id={id} />}
    </div>
  )
}

type Conversations = OutputOf<'conversations'>['conversations']

function SandboxChat() {
  const { address, changes } = useModel()
  const wanted = useStore(address.store, (now) => now.conversation)
  const changed = useStore(changes, (count) => count)
  // One that has just begun is chosen before anything is said in it.
  const loadedList = useLoaded((signal) => ask('conversations', {}, signal), [wanted], changed)
  const listed = latestOf(loadedList)
  const people = latestOf(useLoaded((signal) => ask('people', {}, signal), [wanted], changed))?.people ?? []
  const conversations = listed?.conversations ?? []
  // Without a choice the latest at first: another one that becomes the latest takes nobody away from what they read or write.
  const kept = useRef<string | null>(null)
  const by = (one: string | null): Conversations[number] | undefined => conversations.find(({ id }) => id === one)
  const chosen = by(wanted) ?? by(kept.current) ?? conversations[0] ?? null
  kept.current = chosen?.id ?? null
  const id = chosen?.id ?? null
  const loaded = useLoaded(
    (signal) => (id === null ? Promise.resolve(null) : ask('conversation', { id }, signal)),
    [id],
    changed,
  )
  const shown = latestOf(loaded)
  const isCurrent = shown?.conversation.id === id
  const messages = isCurrent ? (shown?.messages ?? []) : []
  if (listed === null)
    return (
      <div class="chat">
        {loadedList.is === 'failed' ? (
          <Failure what="The conversations" of={loadedList} />
        ) : (
          <div class="empty">loading …</div>
        )}
      </div>
    )
  return (
    <div class="chat">
      <ChatHead conversations={conversations} chosen={chosen} />
      <div class="screens">
        <Screen
          on="phone"
          messages={messages}
          forms={isCurrent ? (shown?.forms ?? []) : []}
          people={people}
          conversation={id}
          contact={chosen?.contact?.id ?? null}
        />
        <Screen on="app" messages={messages} forms={[]} people={people} conversation={id} contact={null} />
      </div>
    </div>
  )
}

function ChatHead({
  conversations,
  chosen,
}: {
  readonly conversations: Conversations
  readonly chosen: Conversations[number] | null
}) {
  const model = useModel()
  const { address } = model
  const begin = async (): Promise<void> => {
    const overtaken = address.beginNavigation()
    const done = await model.attempt(() => ask('newConversation', {}))
    if (done !== null && !overtaken.aborted) address.go({ conversation: done.conversation.id }, 'back')
  }
  const act = async (what: 'join' | 'accept' | 'assign' | 'leave'): Promise<void> => {
    if (chosen === null) return
    await model.attempt(() => ask('act', { act: what, conversation: chosen.id }))
  }
  return (
    <div class="chat-head">
      <select
        aria-label="Conversation"
        value={chosen?.id ?? ''}
        onChange={({ currentTarget }) => address.go({ conversation: currentTarget.value }, 'back')}
      >
        {conversations.length === 0 ? <option value="">no conversation yet</option> : null}
        {conversations.map(({ id, name, contact, messages }) => (
          <option key={id} value={id}>
            {visibleStart(contact?.name ?? name, 40)} · {counted(messages, 'message', 'messages')}
          </option>
        ))}
      </select>
      {chosen === null ? null : <span class="tag">{visible(chosen.status)}</span>}
      <button type="button" class="button small" onClick={() => void begin()}>
        New conversation
      </button>
      <span class="group" role="group" aria-label="As the agent">
        {(['assign', 'join', 'accept', 'leave'] as const).map((what) => (
          <button
            key={what}
            type="button"
            class="button small"
            disabled={chosen === null}
            onClick={() => void act(what)}
          >
            {what === 'assign' ? 'assign the bot' : what}
          </button>
        ))}
      </span>
      <ChaosSwitches />
    </div>
  )
}
