// Where each delivery goes: straight to its developer, or held for them, by whose its conversation is.
import { type Clock, MONOTONIC } from '../../core/async.ts'
import type { Delivery, Reply } from '../../core/delivery.ts'
import { messageOf } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import type { Answer } from '../wire/envelope.ts'
import { NO_CONVERSATION, NOBODY, URL_OWNER } from '../wire/subjects.ts'
import type { Assignments } from './assignments.ts'
import { type HeldStore, NotKeepable } from './held-store.ts'
import { createHolding } from './holding.ts'
import { aboutDelivery, createItem, type Item, type Passage } from './item.ts'
import { createLanes, type Lane } from './lane.ts'
import { isTaken, type Recipients } from './recipients.ts'

/** Where a delivery went. */
export interface Routed {
  readonly id: string
  readonly to: string
  readonly how: 'live' | 'held'
}

export interface DispatcherOptions {
  readonly held: HeldStore
  readonly assignments: Assignments
  readonly recipients: Recipients
  /** Resolves once the delivery is on the disk of the relay, too; rejects when it cannot be. */
  readonly synced: (id: string) => Promise<void>
  readonly routed: (routed: Routed) => void
  /** How long a developer's bot may take to answer, in ms. Default 18 s: the platform gives up at 20 s. */
  readonly answerMs?: number
  readonly clock?: Clock
}

/** What is held: how many deliveries, in how many conversations. */
export interface HeldCount {
  readonly held: number
  readonly conversations: number
}

export interface Dispatcher {
  /** Starts to bring a delivery to whoever it belongs to. */
  forward(delivery: Delivery, written?: () => void): Passage
  /** Refuses everything until the next `refresh`, to be tried again: the broker is away. */
  pause(): void
  /**
   * Reads whose each conversation is, and counts what is held, because the connection is new; goes on from there. Rejects, and stays
   * as it is, when the broker does not answer or the signal is aborted.
   */
  refresh(signal: AbortSignal): Promise<void>
  /** Sends what is held for somebody who is there now, and gives them what they want of that which is nobody's. */
  drain(owner: string): void
  /** Gives what is held for somebody to the default. */
  handOn(owner: string): void
  /** Makes a conversation somebody's, with what is held of it; resolves to whose it was. */
  assign(conversation: string, to: string): Promise<string | null>
  count(owner: string): HeldCount
}

const RECEIVED: Reply = {
  status: 200,
  headers: ['content-type', 'text/plain; charset=utf-8'],
  body: Buffer.from('received\n'),
}
const AWAY = 'the broker is away'

const isLoose = (conversation: string): boolean => conversation === NO_CONVERSATION

/** Creates a dispatcher that knows of nothing held; `refresh` finds out. */
// One story: the functions stand in the order in which a delivery passes them.
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { assignments, recipients, synced, routed, answerMs = 18_000, clock = MONOTONIC } = options
  const lanes = createLanes()
  const isHere = (owner: string): boolean => owner === URL_OWNER || recipients.isHere(owner)
  const sent = (id: string, to: string): void => routed({ id, to, how: 'live' })
  const holding = createHolding({ store: options.held, lanes, isHere, ask, sent, answerMs, clock })
  let online = true

  function forward(delivery: Delivery, written: () => void = () => undefined): Passage {
    const item = createItem(delivery, written)
    enter(item)
    return item
  }

  function enter(item: Item): void {
    const { conversation, payload } = item
    if (!online) item.refused(AWAY)
    else if (isLoose(conversation)) {
      const owner = recipients.choose(payload) ?? recipients.fallback
      const lane = lanes.of(conversation, owner)
      lanes.enter(lane, () => routeTo(item, lane, owner))
    } else {
      const lane = lanes.of(conversation, null)
      lanes.enter(lane, () => route(item, lane))
    }
  }

  function route(item: Item, lane: Lane): Promise<void> | void {
    assignments.goesOn(lane.conversation)
    const owner = knownOwner(lane.conversation, item.payload)
    if (owner !== null) return routeTo(item, lane, owner)
    return guarded(item, async () => routeTo(item, lane, await findOwner(lane.conversation, item.payload)))
  }

  /** Whose a conversation is, if nothing has to be written for it; else `null`. */
  function knownOwner(conversation: string, payload: Json | null): string | null {
    const assigned = assignments.of(conversation)
    if (assigned !== null) return recipients.isGone(assigned) && successor() !== null ? null : assigned
    return recipients.choose(payload) === null ? recipients.fallback : null
  }

  /** Who takes over from somebody who has gone; `null` where everything waits for them. */
  const successor = (): string | null => (recipients.fallback === NOBODY ? null : recipients.fallback)

  async function findOwner(conversation: string, payload: Json | null): Promise<string> {
    const assigned = assignments.of(conversation)
    const next = successor()
    if (assigned !== null)
      return next === null || !recipients.isGone(assigned) ? assigned : assignments.change(conversation, assigned, next)
    const wanted = recipients.choose(payload)
    return wanted === null ? recipients.fallback : assignments.change(conversation, null, wanted)
  }

  function routeTo(item: Item, lane: Lane, owner: string): Promise<void> | void {
    if (lane.held === 0 && isHere(owner)) return sendLive(item, lane, owner)
    // What was sent before may come back to be held, and then has to go first.
    if (lane.live.size > 0 && !isLoose(lane.conversation)) return void Promise.all(lane.live).then(() => enter(item))
    return keep(item, lane, owner)
  }

  function sendLive(item: Item, lane: Lane, owner: string): void {
    if (item.isSettled()) return
    item.leaves()
    const live = ask(owner, item.delivery).then((answer) => {
      // What the default URL does not take is not acknowledged in its place: the platform sends it again.
      if (owner === URL_OWNER && !answer.taken) return item.failed(answer.why)
      if (owner !== URL_OWNER && !isTaken(answer)) return keepLate(item, owner)
      if (answer.taken) item.answered(answer.reply)
      sent(item.delivery.id, owner)
    })
    lanes.follow(lane, live)
  }

  /** Sends a delivery; resolves with the answer, or with why there is none in time. */
  function ask(owner: string, delivery: Delivery): Promise<Answer> {
    const live = recipients.send(owner, delivery)
    const cancelLimit = clock.after(answerMs, () => live.abort('it has not answered in time'))
    return live.answer.finally(cancelLimit)
  }

  /** It was sent and not taken; meanwhile its conversation may have become somebody else's. */
  function keepLate(item: Item, sentTo: string): void {
    if (!online) return item.refused(AWAY)
    const { conversation, payload } = item
    const lane = lanes.of(conversation, isLoose(conversation) ? sentTo : null)
    lanes.enter(lane, () =>
      guarded(item, async () =>
        keep(item, lane, isLoose(conversation) ? sentTo : await findOwner(conversation, payload)),
      ),
    )
  }

  function keep(item: Item, lane: Lane, owner: string): Promise<void> {
    const { delivery } = item
    return guarded(item, async () => {
      if (item.isSettled()) return
      // What is held is counted before anything is added.
      if (!online) return item.refused(AWAY)
      item.leaves()
      await holding.keep(lane, owner, delivery)
      // A broker before 2.10 syncs its files only every two minutes: the journal of the relay has it, too.
      await synced(delivery.id).catch(() => undefined)
      routed({ id: delivery.id, to: owner, how: 'held' })
      item.answered(RECEIVED)
      holding.drain(lane)
    })
  }

  /** Does a step of a delivery; what goes wrong in it is the delivery's outcome. */
  async function guarded(item: Item, step: () => Promise<void> | void): Promise<void> {
    try {
      await step()
    } catch (error) {
      if (error instanceof NotKeepable) item.failed(error.message)
      else if (!online) item.refused(AWAY)
      else item.refusedAlone(`it could not be held: ${messageOf(error)}`)
    }
  }

  /** Makes a conversation somebody else's, with what is held of it. Comes to nothing if the broker goes away meanwhile. */
  function handOver(lane: Lane, decide: () => Promise<string | null>): void {
    lanes.enter(lane, async () => {
      try {
        const to = await decide()
        if (to !== null) await holding.move(lane, to)
      } catch {
        // What is held stays where it is; the next delivery of the conversation, or the next count, tries again.
      }
    })
  }

  const lanesOf = (owner: string): readonly Lane[] =>
    lanes.all().filter(({ holder, held }) => held > 0 && holder === owner)

  const change = async (conversation: string, from: string | null, to: string): Promise<string> =>
    isLoose(conversation) ? to : assignments.change(conversation, from, to)

  /** Gives what is held for nobody to those who want it by now. */
  function offerUnclaimed(): void {
    for (const lane of lanesOf(NOBODY))
      handOver(lane, async () => {
        const next = await options.held.first(NOBODY, lane.conversation)
        const wanted = next === null ? null : recipients.choose(aboutDelivery(next.delivery).payload)
        return wanted === null ? null : change(lane.conversation, null, wanted)
      })
  }

  return {
    forward,
    pause: () => {
      online = false
      holding.pause()
    },
    refresh: async (signal) => {
      await assignments.reread()
      await holding.refresh(assignments.of, signal)
      online = true
      offerUnclaimed()
    },
    drain: (owner) => {
      for (const lane of lanesOf(owner)) holding.drain(lane)
      offerUnclaimed()
    },
    handOn: (owner) => {
      const next = successor()
      if (next === null || next === owner) return
      for (const lane of lanesOf(owner))
        handOver(lane, async () => (recipients.isGone(owner) ? change(lane.conversation, owner, next) : null))
    },
    assign: (conversation, to) =>
      new Promise((resolve, reject) => {
        const lane = lanes.of(conversation, null)
        lanes.enter(lane, async () => {
          try {
            const before = assignments.of(conversation)
            await holding.move(lane, await assignments.change(conversation, before, to))
            resolve(before)
          } catch (error) {
            reject(error)
          }
        })
      }),
    count: (owner) => {
      const mine = lanesOf(owner)
      return { held: mine.reduce((sum, { held }) => sum + held, 0), conversations: mine.length }
    },
  }
}
