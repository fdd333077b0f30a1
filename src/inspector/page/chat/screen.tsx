// One of the two screens of the chat: the phone of the contact, or the agents' app.
import { showMessage } from '../model/actions.ts'
import { ask } from '../model/api.ts'
import { useModel } from '../model/model.ts'
import { Bubble } from './bubble.tsx'
import { Composer } from './composer.tsx'
import { type ChatForm, OpenForm } from './open-forms.tsx'
import type { ChatMessage, ChatPerson } from './parts.ts'
import { useStayAtEnd } from './stay-at-end.ts'

interface ScreenProps {
  readonly on: 'phone' | 'app'
  readonly messages: readonly ChatMessage[]
  /** Those that can be filled in here. */
  readonly forms: readonly ChatForm[]
  readonly people: readonly ChatPerson[]
  readonly conversation: string | null
  /** Whose phone it is. */
  readonly contact: string | null
}

const TITLES = { phone: 'The contact’s phone', app: 'The agents’ app' } as const

export function Screen({ on, messages, forms, people, conversation, contact }: ScreenProps) {
  const model = useModel()
  const speakers = people.filter(({ role, id }) =>
    on === 'phone' ? role === 'contact' && (contact === null || id === contact) : role === 'agent',
  )
  const contactName = speakers[0]?.name
  const list = useStayAtEnd(
    messages.length + forms.length,
    messages.length === 0 ? null : conversation,
    messages.at(-1)?.by === (on === 'phone' ? 'contact' : 'agent'),
  )

  const press =
    on === 'phone' && conversation !== null
      ? (button: string): void =>
          void model.attempt(() =>
            ask('press', { button, conversation, ...(contactName !== undefined && { as: contactName }) }),
          )
      : null

  return (
    <section class={`screen ${on}`} aria-label={TITLES[on]}>
      <h2>{TITLES[on]}</h2>
      <ol ref={list} class="bubbles" tabIndex={0} aria-label={`${TITLES[on]}: messages`}>
        {messages.length === 0 ? (
          <li class="soft hint">{on === 'phone' ? 'Say hi to the bot below.' : 'Agents see every message.'}</li>
        ) : null}
        {messages.map((message) => (
          <Bubble
            key={message.id}
            message={message}
            on={on}
            press={press}
            look={() => void showMessage(model, message)}
          />
        ))}
        {conversation === null
          ? null
          : forms.map((form) => (
              <li key={form.id} class="bubble">
                <OpenForm form={form} conversation={conversation} as={contactName} />
              </li>
            ))}
      </ol>
      <Composer
        label={TITLES[on]}
        people={speakers}
        conversation={conversation}
        {...(on === 'app' && {
          systemEvent: () => {
            model.address.go({ conversation })
            model.dialog.set('trigger')
          },
        })}
      />
    </section>
  )
}
