// The relay's end at the broker: it has the bot, hears its developers, and brings each delivery to one of them.
import { createHmac } from 'node:crypto'
import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream'
import type { Subscription } from '@nats-io/transport-node'
import { neverAborted, raceTimeout, rejectOnAbort } from '../../core/async.ts'
import type { Delivery } from '../../core/delivery.ts'
import type { DevHookError } from '../../core/errors.ts'
import { createListeners, type Listeners, type Off } from '../../core/listeners.ts'
import { type Broker, type BrokerState, tooSmallIn } from '../broker/broker.ts'
import { ANY_BOT, type BotNames, isDeveloperName, namesOf } from '../wire/subjects.ts'
import type { RelayStatus } from '../wire/words.ts'
import { answering, answersAt } from './answering.ts'
import { type Assignments, openAssignments } from './assignments.ts'
import { type ControlOptions, createControl } from './control.ts'
import type { DeveloperState, Effect } from './developer-state.ts'
import { createDevelopers, type Developers, type Line } from './developers.ts'
import { createDispatcher, type Dispatcher, type Routed } from './dispatcher.ts'
import { type Fallback, fallbackOwner, fallbackWords, recipientsOf } from './fallback.ts'
import { followBroker } from './follow-broker.ts'
import { createHeldStore, type HeldStore } from './held-store.ts'
import type { Passage } from './item.ts'
import { openKnownDevelopers } from './known-developers.ts'
import { createPresence, type PresenceOptions } from './presence.ts'
import { openRelayLock, type RelayLock } from './relay-lock.ts'

export interface HubOptions {
  readonly broker: Broker
  readonly bot: string
  /** `<user>@<host>` */
  readonly who: string
  /** New for every run. */
  readonly session: string
  /** What the secrets of the developers are made from. */
  readonly key: Buffer
  readonly fallback: Fallback
  readonly graceMs: number
  /** The id of a conversation that has been delivered, which may be cut short; `null` for none. Rejects where it may be several. */
  readonly findConversation: (given: string) => Promise<string | null>
  readonly silentMs?: number
  readonly answerMs?: number
}

/** Something that the relay tells of its developers and deliveries. */
export type HubEvent =
  | { readonly type: 'broker'; readonly state: 'online' | 'away'; readonly reason: string | null }
  | {
      readonly type: 'developer'
      readonly name: string
      readonly who: string | null
      readonly state: DeveloperState['is']
      readonly held: number
    }
  | ({ readonly type: 'routed' } & Routed)
  | { readonly type: 'lost'; readonly error: DevHookError | null; readonly by: string | null }

export interface Hub {
  on(listener: (event: HubEvent) => void): Off
  /** Whether deliveries can be sent or held: the broker is there, and what it holds is known. */
  isOnline(): boolean
  /** Whether the broker takes the largest delivery there can be; else how many bytes it takes. */
  readonly tooSmall: number | null
  /** Starts to bring a delivery to a developer; `synced` resolves once it is on this machine's disk. */
  forward(delivery: Delivery, written: () => void): Passage
  /** Says where the webhook is; from then on developers are let in. */
  ready(url: string): void
  status(): RelayStatus
  close(): Promise<void>
}

/** How long a request waits for its answer at most, in ms; the dispatcher ends it before. */
const REQUEST_MS = 19_500
/** How long the start waits for the broker to have heard what is listened to, in ms. */
const SUBSCRIBED_MS = 5_000
/** How long the end waits for the broker to hear that the bot is free, in ms: a broker that is away cannot. */
const RELEASE_MS = 1_000

/** Takes the bot, and begins to hear developers. Rejects with `taken` when another relay has it. `synced`: see `Hub.forward`. */
export async function openHub(options: HubOptions, synced: (id: string) => Promise<void>): Promise<Hub> {
  const names = namesOf(options.bot)
  const events = createListeners<HubEvent>()
  const manager = await options.broker.manager()
  const lost = (by: string): void => events.emit({ type: 'lost', error: null, by })
  const hold = await takeBot(options, names, manager.jetstream(), lost)
  try {
    return await hearDevelopers(options, { names, events, manager, hold, synced })
  } catch (error) {
    await hold.release()
    throw error
  }
}

/** The bot, as long as this relay has it. */
interface Hold extends Pick<RelayLock, 'renew'> {
  /** Lets another relay have it. Never rejects. */
  release(): Promise<void>
}

async function takeBot(
  { broker, who, session }: HubOptions,
  names: BotNames,
  client: JetStreamClient,
  lost: (by: string) => void,
): Promise<Hold> {
  // From before it has the bot: whoever asks meanwhile must not take it for dead.
  const alive = answering(broker, names.alive(session), async () => ({ ok: true }))
  const isAlive = (holder: string): Promise<boolean> => answersAt(broker, names.alive(holder))
  const lock = await openRelayLock({ client, names, who, session, isAlive, lost }).catch((error: unknown) => {
    alive.unsubscribe()
    throw error
  })
  return {
    renew: lock.renew,
    release: async () => {
      alive.unsubscribe()
      await raceTimeout(lock.close(), RELEASE_MS)
    },
  }
}

async function hearDevelopers(
  options: HubOptions,
  opened: {
    readonly names: BotNames
    readonly events: Listeners<HubEvent>
    readonly manager: JetStreamManager
    readonly hold: Hold
    readonly synced: (id: string) => Promise<void>
  },
): Promise<Hub> {
  const { broker, key, fallback } = options
  const { names, events, manager, hold, synced } = opened
  const client = manager.jetstream()
  const assignments = await openAssignments(client, names)
  const everJoined = await openKnownDevelopers(client, names)
  const held = createHeldStore(manager, names, broker.maxMessageBytes)
  const secretOf = (developer: string): string => createHmac('sha256', key).update(developer).digest('hex')
  const owners = await knownOwners(held, assignments, fallback)
  let url = ''

  const developers: Developers = createDevelopers({
    ...options,
    line: lineTo(broker, names),
    secretOf,
    changed: (developer, state, effects) => {
      const { held: waiting } = dispatcher.count(developer)
      events.emit({ type: 'developer', name: developer, who: state.seat?.who ?? null, state: state.is, held: waiting })
      follow(dispatcher, developer, effects)
    },
  })
  const dispatcher: Dispatcher = createDispatcher({
    ...options,
    held,
    assignments,
    synced,
    routed: (routed) => events.emit({ type: 'routed', ...routed }),
    recipients: recipientsOf(developers, fallback),
  })
  owners.forEach(developers.known)
  await dispatcher.refresh(neverAborted()).catch((error: unknown) => {
    developers.close()
    throw error
  })
  const team = { developers, dispatcher, everJoined }
  const { status, subscriptions } = answerTeam(options, names, team, { url: () => url, secretOf })
  const follower = followBroker(broker, { dispatcher, developers, hold }, (state) => events.emit(brokerEvent(state)))
  // Whoever comes from now on is heard: the broker has the subscriptions. One that went away meanwhile gets them when it is back.
  await raceTimeout(
    broker.connection.flush().catch(() => undefined),
    SUBSCRIBED_MS,
  )
  let closing: Promise<void> | undefined

  return {
    on: events.on,
    isOnline: follower.isOnline,
    tooSmall: tooSmallIn(broker),
    forward: dispatcher.forward,
    ready: (at) => {
      url = at
    },
    status,
    close: () => {
      closing ??= (async () => {
        follower.close()
        developers.close()
        for (const subscription of subscriptions) subscription.unsubscribe()
        await hold.release()
        await broker.close()
      })()
      return closing
    },
  }
}

/** Answers developers who come and leave, and questions of the team, also of those who do not know the bot. */
function answerTeam(
  { broker, bot, who, fallback, findConversation }: HubOptions,
  names: BotNames,
  team: Pick<ControlOptions, 'developers' | 'dispatcher' | 'everJoined'> & Omit<PresenceOptions, 'welcome'>,
  { url, secretOf }: { readonly url: () => string; readonly secretOf: (developer: string) => string },
): { readonly status: () => RelayStatus; readonly subscriptions: readonly Subscription[] } {
  const control = createControl({ ...team, bot, who, url, fallback: fallbackWords(fallback), findConversation })
  const presence = createPresence({
    ...team,
    welcome: (developer) =>
      url() === '' ? null : { ok: true, bot, relay: who, url: url(), secret: secretOf(developer) },
  })
  const subscriptions = [names, namesOf(ANY_BOT)].flatMap((each) => [
    answering(broker, each.presence('*'), presence),
    answering(broker, each.control, control.answer),
  ])
  return { status: control.status, subscriptions }
}

const lineTo = ({ connection, maxMessageBytes }: Broker, names: BotNames): Line => ({
  request: async (developer, message, signal) => {
    const asked = connection.request(names.to(developer), message, { timeout: REQUEST_MS })
    return (await rejectOnAbort(asked, signal)).data
  },
  maxMessageBytes,
})

/** Whoever has something here may come back: what is theirs goes to nobody else before that has become unlikely. */
async function knownOwners(held: HeldStore, assignments: Assignments, fallback: Fallback): Promise<readonly string[]> {
  const owners = [...(await held.counts()).keys(), ...assignments.owners(), fallbackOwner(fallback)]
  return owners.filter(isDeveloperName)
}

function brokerEvent(state: BrokerState): HubEvent {
  if (state.is === 'refused') return { type: 'lost', error: state.error, by: null }
  return { type: 'broker', state: state.is, reason: state.is === 'away' ? state.reason : null }
}

function follow(dispatcher: Dispatcher, developer: string, effects: readonly Effect[]): void {
  if (effects.includes('drain')) dispatcher.drain(developer)
  if (effects.includes('hand-on')) dispatcher.handOn(developer)
}
