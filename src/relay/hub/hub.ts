// The relay's end at the broker: it has the bot, hears its developers, and brings each delivery to one of them.
import { createHmac } from 'node:crypto'
import type { Msg } from '@nats-io/transport-node'
import { neverAborted, raceTimeout, rejectOnAbort, retry } from '../../core/async.ts'
import type { Delivery } from '../../core/delivery.ts'
import type { DevHookError } from '../../core/errors.ts'
import { createListeners, type Off } from '../../core/listeners.ts'
import { exponential } from '../../core/pace.ts'
import { type Broker, tooSmallIn } from '../broker/broker.ts'
import { ANY_BOT, isDeveloperName, NOBODY, namesOf, tokenOf, URL_OWNER } from '../wire/subjects.ts'
import {
  type Asked,
  type RelayStatus,
  readAsked,
  readSaid,
  type Said,
  type SeenDeveloper,
  type Welcome,
} from '../wire/words.ts'
import { answering, answersAt } from './answering.ts'
import { openAssignments } from './assignments.ts'
import type { DeveloperState, Effect } from './developer-state.ts'
import { createDevelopers, type Developers } from './developers.ts'
import { createDispatcher, type Dispatcher, type Routed } from './dispatcher.ts'
import { createHeldStore } from './held-store.ts'
import type { Passage } from './item.ts'
import { openKnownDevelopers } from './known-developers.ts'
import type { Live } from './recipients.ts'
import { openRelayLock } from './relay-lock.ts'

/** Who gets what no developer wants. */
export type Fallback =
  | { readonly to: 'hold' }
  | { readonly to: 'developer'; readonly name: string }
  | { readonly to: 'url'; readonly url: string; readonly pass: (delivery: Delivery) => Live }

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
/** How often a broker that has come back is asked what it holds, until it says it. */
const COUNT_PACE = exponential(250, 5_000)

/** Takes the bot, and begins to hear developers. Rejects with `taken` when another relay has it. `synced`: see `Hub.forward`. */
// One story: what opens one after the other, and what each part is told of the others.
export async function openHub(options: HubOptions, synced: (id: string) => Promise<void>): Promise<Hub> {
  const { broker, bot, who, session, key, fallback, graceMs } = options
  const { connection } = broker
  const names = namesOf(bot)
  const events = createListeners<HubEvent>()
  const manager = await broker.manager()
  const client = manager.jetstream()
  // From before it has the bot: whoever asks meanwhile must not take it for dead.
  const alive = answering(broker, names.alive(session), async () => ({ ok: true }))
  const lock = await openRelayLock({
    client,
    names,
    who,
    session,
    isAlive: (holder) => answersAt(broker, names.alive(holder)),
    lost: (by) => events.emit({ type: 'lost', error: null, by }),
  })
  const assignments = await openAssignments(client, names)
  const everJoined = await openKnownDevelopers(client, names)
  const held = createHeldStore(manager, names, broker.maxMessageBytes)
  const secretOf = (developer: string): string => createHmac('sha256', key).update(developer).digest('hex')
  let url = ''

  const developers: Developers = createDevelopers({
    line: {
      request: async (developer, message, signal) => {
        const asked = connection.request(names.to(developer), message, { timeout: REQUEST_MS })
        return (await rejectOnAbort(asked, signal)).data
      },
      maxMessageBytes: broker.maxMessageBytes,
    },
    secretOf,
    graceMs,
    ...(options.silentMs !== undefined && { silentMs: options.silentMs }),
    changed: (developer, state, effects) => {
      const seat = state.seat
      const { held: waiting } = dispatcher.count(developer)
      events.emit({ type: 'developer', name: developer, who: seat?.who ?? null, state: state.is, held: waiting })
      follow(dispatcher, developer, effects)
    },
  })
  const fallbackOwner = ownerOf(fallback)
  const dispatcher: Dispatcher = createDispatcher({
    held,
    assignments,
    synced,
    routed: (routed) => events.emit({ type: 'routed', ...routed }),
    ...(options.answerMs !== undefined && { answerMs: options.answerMs }),
    recipients: {
      isHere: (owner) => developers.state(owner).is === 'here',
      isGone: (owner) => developers.state(owner).is === 'gone',
      choose: developers.choose,
      fallback: fallbackOwner,
      send: (owner, delivery) =>
        owner === URL_OWNER && fallback.to === 'url' ? fallback.pass(delivery) : developers.send(owner, delivery),
    },
  })
  // Whoever has something here may come back: what is theirs goes to nobody else before that has become unlikely.
  const known = [...(await held.counts()).keys(), ...assignments.owners()]
  for (const owner of known) if (isDeveloperName(owner)) developers.known(owner)
  if (isDeveloperName(fallbackOwner)) developers.known(fallbackOwner)
  await dispatcher.refresh(neverAborted())

  const welcome = (developer: string): Welcome => ({ ok: true, bot, relay: who, url, secret: secretOf(developer) })

  async function hear(developer: string, said: Said): Promise<Welcome> {
    const { is, session: theirs, only } = said
    if (is === 'leaving') {
      developers.leaves(developer, theirs)
      return welcome(developer)
    }
    if (url === '') return { ok: false, why: 'starting', message: 'the relay is not ready yet' }
    const { is: now, seat } = developers.state(developer)
    if (now === 'here' && seat.session !== theirs) {
      if (await developers.answers(developer))
        return { ok: false, why: 'taken', message: `${developer} is there already: ${seat.who}` }
      developers.silent(developer, seat.session)
      // Another one may have come meanwhile.
      return hear(developer, said)
    }
    if (is === 'here') {
      developers.here(developer, { session: theirs, who: said.who, only })
      everJoined.add(developer)
    }
    return welcome(developer)
  }

  async function asked(question: Asked): Promise<unknown> {
    switch (question.is) {
      case 'ping':
        return { ok: true, bot, relay: who, now: Date.now() }
      case 'status':
        return status()
      case 'assign': {
        const { conversation, to, isNew } = question
        if (!isDeveloperName(to)) return { ok: false, message: `\`${to}\` is not the name of a developer` }
        const names = new Set([...everJoined.names(), ...developers.names()])
        if (!isNew && !names.has(to))
          return { ok: false, message: `nobody has ever joined this relay as \`${to}\``, known: [...names].sort() }
        // One of which nothing has been delivered yet may be given to somebody as well, as long as it is said.
        const found = await options.findConversation(conversation)
        const before = await dispatcher.assign(tokenOf(found ?? conversation), to)
        if (developers.state(to).is === 'gone') developers.known(to)
        const isKnown = found !== null || before !== null
        return { ok: true, conversation: found ?? conversation, isKnown, before, ...dispatcher.count(to) }
      }
      default:
        return question satisfies never
    }
  }

  function status(): RelayStatus {
    const seen = developers.names().map((name): SeenDeveloper => {
      const { is, seat } = developers.state(name)
      return { name, who: seat?.who ?? null, state: is, only: seat?.only ?? null, ...dispatcher.count(name) }
    })
    const { held: unclaimed } = dispatcher.count(NOBODY)
    return { bot, relay: who, url, fallback: wordsOf(fallback), developers: seen, unclaimed }
  }

  const nameIn = ({ subject }: Msg): string => subject.split('.').at(-1) ?? ''
  const onPresence = async (message: Msg): Promise<unknown> => {
    const said = readSaid(message.string())
    const name = nameIn(message)
    if (said === null || !isDeveloperName(name)) return { ok: false, why: 'usage', message: 'that is not understood' }
    return hear(name, said)
  }
  const onControl = async (message: Msg): Promise<unknown> => {
    const question = readAsked(message.string())
    return question === null ? { ok: false, message: 'that is not understood' } : asked(question)
  }
  const subscriptions = [
    alive,
    answering(broker, names.presence('*'), onPresence),
    answering(broker, namesOf(ANY_BOT).presence('*'), onPresence),
    answering(broker, names.control, onControl),
    answering(broker, namesOf(ANY_BOT).control, onControl),
  ]
  let isOnline = true
  /** Aborted when the connection of now breaks. */
  let connected = new AbortController()

  function goAway(): void {
    isOnline = false
    connected.abort()
    dispatcher.pause()
    developers.setOnline(false)
  }

  /** What was sent while it was away may have been kept after all: it is counted before anything else is sent. */
  async function comeBack(): Promise<void> {
    developers.setOnline(true)
    connected = new AbortController()
    const { signal } = connected
    await lock.renew()
    await retry(() => dispatcher.refresh(signal), { pace: COUNT_PACE, shouldRetry: () => true, signal })
    isOnline = true
    events.emit({ type: 'broker', state: 'online', reason: null })
  }

  const offBroker = broker.on((state) => {
    // It fails only when the connection breaks again.
    if (state.is === 'online') return void comeBack().catch(() => undefined)
    goAway()
    if (state.is === 'refused') events.emit({ type: 'lost', error: state.error, by: null })
    else events.emit({ type: 'broker', state: 'away', reason: state.reason })
  })
  // Whoever comes from now on is heard: the broker has the subscriptions. One that went away meanwhile gets them when it is back.
  await raceTimeout(
    connection.flush().catch(() => undefined),
    SUBSCRIBED_MS,
  )
  let closing: Promise<void> | undefined

  return {
    on: events.on,
    isOnline: () => isOnline,
    tooSmall: tooSmallIn(broker),
    forward: dispatcher.forward,
    ready: (at) => {
      url = at
    },
    status,
    close: () => {
      closing ??= (async () => {
        offBroker()
        connected.abort()
        dispatcher.pause()
        developers.close()
        for (const subscription of subscriptions) subscription.unsubscribe()
        await raceTimeout(lock.close(), RELEASE_MS)
        await broker.close()
      })()
      return closing
    },
  }
}

const ownerOf = (fallback: Fallback): string =>
  fallback.to === 'developer' ? fallback.name : fallback.to === 'url' ? URL_OWNER : NOBODY

const wordsOf = (fallback: Fallback): string =>
  fallback.to === 'developer' ? fallback.name : fallback.to === 'url' ? fallback.url : 'hold'

function follow(dispatcher: Dispatcher, developer: string, effects: readonly Effect[]): void {
  if (effects.includes('drain')) dispatcher.drain(developer)
  if (effects.includes('hand-on')) dispatcher.handOn(developer)
}
