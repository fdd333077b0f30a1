// What happens in a sandbox, as it is told of: to webhooks as events, to whoever has opened it as notices.
import type { Document, Message } from '../protocol/resources.ts'
import { unseenByContact } from '../protocol/visibility.ts'
import type { AppContext } from './app-context.ts'
import type { Chaos } from './chaos/chaos.ts'
import type { Hints } from './chat/hints.ts'
import type { KeyedListeners } from './chat/keyed-listeners.ts'
import { isBy } from './chat/people.ts'
import type { SelfTalk } from './chat/self-talk.ts'
import { eventsOfChange, loginEvent, type PlacedEvent, serviceErrorEvent } from './events.ts'
import type { SandboxNotice } from './handle.ts'
import type { StoreChange } from './store.ts'
import type { Activity } from './time/activity.ts'
import type { Webhooks } from './webhooks/deliver.ts'

export interface Announcements {
  /** A document came, changed or went. */
  changed(change: StoreChange): void
  /** Somebody has logged in. */
  loggedIn(user: Document): void
  /** A service has begun to fail. */
  serviceFailed(service: Document, message: string): void
}

/** What shows who is there, and in which conversation. */
const WHO_IS_WHERE: ReadonlySet<string> = new Set(['conversations', 'contacts', 'users'])

/** Creates it for one sandbox. */
export function createAnnouncements(options: {
  readonly context: AppContext
  /** What the links in events point to. */
  readonly api: () => string
  readonly webhooks: Pick<Webhooks, 'deliver'>
  readonly activity: Pick<Activity, 'touch'>
  readonly chaos: Pick<Chaos, 'created'>
  readonly selfTalk: Pick<SelfTalk, 'bot' | 'other'>
  readonly hints: Pick<Hints, 'said'>
  readonly conversations: Pick<KeyedListeners, 'emit'>
  readonly notify: (notice: SandboxNotice) => void
}): Announcements {
  const { context, api, webhooks, activity, chaos, selfTalk, hints, conversations, notify } = options
  const deliver = ({ payload, place }: PlacedEvent): void => void webhooks.deliver(payload, place)

  function said(message: Message, tell: () => void): void {
    const byBot = isBy(message, context.seeded.bot.id)
    if (byBot) selfTalk.bot(message.conversation, String(message['createdAt']), tell)
    else {
      selfTalk.other(message.conversation)
      tell()
    }
    hints.said(message)
    notify({ type: 'message', message, byBot, unseen: unseenByContact(message) })
    conversations.emit(message.conversation)
  }

  return {
    changed: (change) => {
      activity.touch()
      if (WHO_IS_WHERE.has(change.resource) && change.action !== 'update') notify({ type: 'changed' })
      const events = eventsOfChange(change, context, api())
      const tell = (): void => events.forEach(deliver)
      if (change.resource === 'conversations' && change.action === 'create') chaos.created(change.document.id)
      if (change.resource === 'messages' && change.action === 'create') said(change.document, tell)
      else tell()
    },
    loggedIn: (user) => deliver(loginEvent(user, context, api())),
    serviceFailed: (service, message) => deliver(serviceErrorEvent(service, message, context, api())),
  }
}
