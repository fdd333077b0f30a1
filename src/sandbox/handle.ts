// The handle of a sandbox: all that whoever has opened it can see and do.
import type { Json } from '../core/json.ts'
import type { Off } from '../core/listeners.ts'
import type { Payload } from '../protocol/envelope.ts'
import type { Conversation, Document, Message } from '../protocol/resources.ts'
import type { TemplateContext } from '../protocol/templates/template.ts'
import type { Unseen } from '../protocol/visibility.ts'
import type { ApiCall } from './call-log.ts'
import type { Chaos, ChaosAct } from './chaos/chaos.ts'
import type { Faults } from './chaos/faults.ts'
import type { Agent, NewAgent } from './chat/agent.ts'
import type { Contact, NewContact } from './chat/contact.ts'
import type { Everybody } from './chat/everybody.ts'
import type { Hint } from './chat/hints.ts'
import type { Absence } from './chat/stage.ts'
import type { WaitOptions } from './chat/waits.ts'
import type { DataCollection } from './data.ts'
import type { ResourceName } from './store.ts'
import type { AtBot, DeliveryContent, SandboxDelivery } from './webhooks/deliver.ts'
import type { HookFields } from './webhooks/locations.ts'
import type { WebhookAnswer } from './webhooks/outgoing.ts'

/**
 * What a sandbox announces: a message was created (`byBot`: the bot has said it; `unseen`: why the contact does not see it, `null`
 * when they do), an attempt to deliver an event has ended, a call of the API was answered, chaos did something, somebody or a
 * conversation came or went (`changed`), or there is something to tell whoever writes the bot.
 */
export type SandboxNotice =
  | { readonly type: 'message'; readonly message: Message; readonly byBot: boolean; readonly unseen: Unseen | null }
  | { readonly type: 'delivery'; readonly delivery: SandboxDelivery }
  | { readonly type: 'call'; readonly call: ApiCall }
  | ({ readonly type: 'chaos' } & ChaosAct)
  | { readonly type: 'changed' }
  | ({ readonly type: 'hint' } & Hint)

/** The platform's time as tests see and turn it. */
interface SandboxClock {
  now(): Date
  /** Lets so many milliseconds pass: everything that falls into them happens in order, then everything settles. */
  advance(ms: number): Promise<void>
}

/** Access tokens of people; each person has a budget of requests of their own. */
interface PeopleTokens {
  /** May do everything: for dev-hook itself. */
  readonly admin: string
  readonly agent: string
}

export interface Sandbox {
  /** `http://127.0.0.1:<port>`, for `APIHOST`. */
  readonly api: string
  readonly port: number
  /** The first access token of the bot, its own if it brought one; it expires like any other. */
  readonly token: string
  readonly refreshToken: string
  /** The e-mail of the bot, which goes with the refresh token. */
  readonly email: string
  /** Whether `token` is the one that the bot brought. */
  readonly isOwnToken: boolean
  readonly others: PeopleTokens
  /** The e-mail addresses of the agent and the admin, who log in with any password. */
  readonly logins: readonly string[]
  readonly botId: string
  readonly organizationId: string
  /** The secret of the bot's webhook. */
  secret(): string | null
  /** The bot's webhook as the platform has it, nested object or service document; a copy. */
  registration(): Json | null
  /** The bot's record; a copy. */
  bot(): Document | null
  /** Creates a contact, in a conversation of their own. With an `email` they can log in with it. */
  contact(person: NewContact): Promise<Contact>
  /** Adds somebody to the team; without a name, the agent who is there from the start. */
  agent(person?: NewAgent): Promise<Agent>
  /** Everybody one can speak as, including those who came through the API. */
  readonly everybody: Everybody
  /** The deliveries that announce a message. */
  deliveriesOf(message: string): readonly SandboxDelivery[]
  /** Opens a conversation of any type, and returns it; one without a contact is of type `bot`, and the bot's. */
  conversation(fields?: Json): Conversation
  /** Posts a message exactly as given, as the bot would. Throws what the API would answer. */
  post(conversation: string, body: Json): Message
  /** The documents of a resource. */
  data(resource: ResourceName): DataCollection
  /**
   * Resolves when no attempt to deliver and no call of the API is under way, and nothing has happened for `quietMs`, default 50. A
   * delivery that failed, and waits for its next attempt, keeps nobody waiting. Rejects with `notSettled`.
   */
  settled(options?: WaitOptions & { readonly quietMs?: number }): Promise<void>
  /** Looks now and after everything that happens, until there is something to see; rejects with `notSettled`. */
  until<T>(look: () => T | null, options?: WaitOptions): Promise<T>
  /** Everything that was said in a conversation, oldest first; the list grows as messages come. */
  messagesOf(conversation: string): readonly Message[]
  /**
   * Forgets what was said and done since `checkpoint`, or since the start, and all that is still to come of it: documents, calls,
   * deliveries, faults. The bot's webhook and tokens stay.
   */
  reset(): void
  /** What `reset` goes back to is what there is now. */
  checkpoint(): void
  /** The newest access token of the bot. */
  currentToken(): string
  /**
   * Says why nobody is there who could answer, so that nobody waits for it; `null` when somebody is there again. With `mayCome`
   * somebody may be there any moment.
   */
  reportBot(why: string | null, more?: Partial<Omit<Absence, 'why'>>): void
  /** Tells how a delivery ended at the bot, where somebody stands between who may answer in its place. */
  reportAnswer(told: DeliveryContent, atBot: AtBot): void
  /** Calls of the API, the last 10,000, oldest first. */
  readonly calls: readonly ApiCall[]
  /** Deliveries to webhooks, the last 10,000, oldest first. */
  readonly deliveries: readonly SandboxDelivery[]
  /** Delivers an event to every webhook that is subscribed to it; returns one delivery for each. */
  emit(payload: Payload): readonly SandboxDelivery[]
  /**
   * What an example event is made from: the conversation with this id, else the latest with a contact, or a new one where there is
   * none yet, or with `new`. It exists, so that the bot can answer in it.
   */
  templateContext(which?: string | null): TemplateContext
  /** Takes what an event was answered that did not come from here: the messages in it are posted. */
  answered(payload: Pick<Payload, 'event' | 'data'>, answer: WebhookAnswer): void
  /** Calls the listener with every notice. Returns the function that removes it. */
  on(listener: (notice: SandboxNotice) => void): Off
  /** Faults of the API. */
  readonly faults: Pick<Faults, 'add' | 'clear'>
  /** The platform's time: when documents are made, retries, time-outs, delayed messages, the end of tokens, and the rate limit. */
  readonly clock: SandboxClock
  /** What goes wrong by chance, and the seed of it. */
  readonly chaos: Pick<Chaos, 'seed' | 'current' | 'set'>
  /** Makes every access token of the bot so far an expired one. */
  expireTokens(): void
  /** Changes, or with `null` removes, the bot's webhook as somebody else would; a new URL is verified. */
  changeRegistration(fields: Partial<HookFields> | null): Promise<void>
  /** Cuts everything, in both directions. Idempotent. */
  close(): Promise<void>
}
