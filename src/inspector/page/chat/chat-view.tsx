// The chat of the sandbox: left the phone of the contact, right the agents' app; and which conversation it is.
import { useEffect, useRef } from 'preact/hooks'
import type { OutputOf } from '../../operations/table.ts'
import { ask } from '../model/api.ts'
import { latestOf, useLoaded } from '../model/loaded.ts'
import { useModel } from '../model/model.ts'
import { useStore } from '../model/use-store.ts'
import { visible, visibleStart } from '../text/visible.ts'
import { Bubble } from './bubble.tsx'
import { ChaosSwitches } from './chaos-switches.tsx'
import { Composer } from './composer.tsx'
import type { ChatMessage, ChatPerson } from './parts.ts'
import { RecordedChat } from './recorded-chat.tsx'

export function ChatView() {
  const { status } = useModel()
  const emulated = useStore(status, (now) => now?.emulated ?? null)
  if (emulated === null) return <div class="empty">loading …</div>
  return emulated ? <SandboxChat /> : <RecordedChat />
}

type Conversations = OutputOf<'conversations'>['conversations']

function SandboxChat() {
  const { address, changes } = useModel()
  const wanted = useStore(address.store, (now) => now.conversation)
  const changed = useStore(changes, (now) => now.messages)
  const loadedList = useLoaded((signal) => ask('conversations', {}, signal), [changed])
  const listed = latestOf(loadedList)
  const people = latestOf(useLoaded((signal) => ask('people', {}, signal), [changed]))?.people ?? []
  const conversations = listed?.conversations ?? []
  const chosen = conversations.find(({ id }) => id === wanted) ?? conversations[0] ?? null
  const id = chosen?.id ?? null
  const loaded = useLoaded(
    (signal) => (id === null ? Promise.resolve(null) : ask('conversation', { id }, signal)),
    [id, changed],
  )
  const shown = latestOf(loaded)
  const isCurrent = shown?.conversation.id === id
  // What was delivered can be shown of any run.
  if (loadedList.is === 'failed') return <RecordedChat />
  return (
    <div class="chat">
      <ChatHead conversations={conversations} chosen={chosen} />
      {loaded.is === 'failed' ? <p class="banner bad">{visible(loaded.message)}</p> : null}
      <div class="screens">
        <Screen
          on="phone"
          messages={isCurrent ? (shown?.messages ?? []) : []}
          people={people}
          conversation={id}
          contact={chosen?.contact?.id ?? null}
        />
        <Screen
          on="app"
          messages={isCurrent ? (shown?.messages ?? []) : []}
          people={people}
          conversation={id}
          contact={null}
        />
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
    const done = await model.attempt(() => ask('newConversation', {}))
    if (done !== null) address.go({ conversation: done.conversation.id }, 'back')
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
            {visibleStart(contact?.name ?? name, 40)} · {messages} messages
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

interface ScreenProps {
  readonly on: 'phone' | 'app'
  readonly messages: readonly ChatMessage[]
  readonly people: readonly ChatPerson[]
  readonly conversation: string | null
  /** Whose phone it is. */
  readonly contact: string | null
}

const TITLES = { phone: 'The contact’s phone', app: 'The agents’ app' } as const

function Screen({ on, messages, people, conversation, contact }: ScreenProps) {
  const model = useModel()
  const end = useRef<HTMLOListElement>(null)
  const speakers = people.filter(({ role, id }) =>
    on === 'phone' ? role === 'contact' && (contact === null || id === contact) : role === 'agent',
  )
  const contactName = speakers[0]?.name
  useEffect(() => {
    if (end.current !== null) end.current.scrollTop = end.current.scrollHeight
  }, [messages.length, conversation])

  const press =
    on === 'phone' && conversation !== null
      ? (button: string): void =>
          void model.attempt(() =>
            ask('press', { button, conversation, ...(contactName !== undefined && { as: contactName }) }),
          )
      : null
  const look = (message: ChatMessage): void =>
    model.address.go({ view: 'deliveries', q: `conv:${message.conversation}`, id: null }, 'back')

  return (
    <section class={`screen ${on}`} aria-label={TITLES[on]}>
      <h2>{TITLES[on]}</h2>
      <ol ref={end} class="bubbles" tabIndex={0} aria-label={`${TITLES[on]}: messages`}>
        {messages.length === 0 ? (
          <li class="soft hint">{on === 'phone' ? 'Say hi to the bot below.' : 'Agents see every message.'}</li>
        ) : null}
        {messages.map((message) => (
          <Bubble key={message.id} message={message} on={on} press={press} look={look} />
        ))}
      </ol>
      <Composer label={TITLES[on]} people={speakers} conversation={conversation} />
    </section>
  )
}
