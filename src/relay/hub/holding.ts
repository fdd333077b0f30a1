// What is held for developers: kept in the order of each conversation, sent once they are there, and handed over.
import { type Clock, MONOTONIC, poll, raceTimeout } from '../../core/async.ts'
import type { Delivery } from '../../core/delivery.ts'
import { exponential } from '../../core/pace.ts'
import type { Answer } from '../wire/envelope.ts'
import { NO_CONVERSATION } from '../wire/subjects.ts'
import type { HeldStore } from './held-store.ts'
import type { Lane, RelayLanes } from './lane.ts'
import { isTaken } from './recipients.ts'

export interface HoldingOptions {
  readonly store: HeldStore
  readonly lanes: RelayLanes
  /** Whether something can be sent to an owner now. */
  readonly isHere: (owner: string) => boolean
  /** Sends a delivery; resolves with the answer, or with why there is none in time. Never rejects. */
  readonly ask: (owner: string, delivery: Delivery) => Promise<Answer>
  /** Something that was held has been taken. */
  readonly sent: (id: string, owner: string) => void
  /** How long a hand-over waits for what the one before has under way, in ms. */
  readonly answerMs: number
  readonly clock?: Clock
}

export interface Holding {
  /** Keeps a delivery after what is held of its lane already. To be called within a step of the lane. */
  keep(lane: Lane, owner: string, delivery: Delivery): Promise<void>
  /** Sends what is held of a lane, in order, if its owner is there. */
  drain(lane: Lane): void
  /** Gives what is held of a lane to somebody else, in order. To be called within a step of the lane. */
  move(lane: Lane, to: string): Promise<void>
  /** Sends nothing until the next `refresh`: the broker is away. */
  pause(): void
  /**
   * Counts what is held, because the connection is new, and sends it from then on. `ownerOf`: whose a conversation is that was found in
   * two places. Rejects, and leaves all as it was, when the broker does not answer or the signal is aborted.
   */
  refresh(ownerOf: (conversation: string) => string | null, signal: AbortSignal): Promise<void>
}

/** Of how many conversations of a developer held deliveries are sent at a time: each has one of them in memory. */
const MAX_DRAINS = 16
const DRAIN_PACE = exponential(250, 10_000)

/** How many conversations of a developer are being sent, and those that wait for one of them to be done. */
interface Turns {
  running: number
  readonly waiting: Set<Lane>
}

/** Creates the holding, which knows of nothing held; `refresh` finds out. */
// One story: keeping, sending and moving change the same lanes, and must leave them consistent.
export function createHolding(options: HoldingOptions): Holding {
  const { store, lanes, isHere, ask, sent, answerMs, clock = MONOTONIC } = options
  /** By developer, so that one whose bot takes nothing does not keep the others waiting. */
  const turns = new Map<string, Turns>()
  let online = true

  async function keep(lane: Lane, owner: string, delivery: Delivery): Promise<void> {
    if (lane.held > 0 && lane.holder !== owner) await move(lane, owner)
    await store.append(owner, lane.conversation, delivery)
    // It may have been there already and be counted twice: once nothing more is found, the count is right again.
    lane.held += 1
    lane.holder = owner
  }

  const mayDrain = ({ holder, held, moving }: Lane): boolean => online && !moving && held > 0 && isHere(holder)

  function turnsOf(owner: string): Turns {
    const known = turns.get(owner)
    if (known !== undefined) return known
    const created = { running: 0, waiting: new Set<Lane>() }
    turns.set(owner, created)
    return created
  }

  function drain(lane: Lane): void {
    if (lane.draining !== null || !mayDrain(lane)) return
    const turn = turnsOf(lane.holder)
    if (turn.running >= MAX_DRAINS) return void turn.waiting.add(lane)
    turn.running += 1
    const drained = poll(
      () => drainNow(lane),
      (isDone) => isDone,
      { pace: DRAIN_PACE, clock },
    )
    lane.draining = drained.then(() => endDrain(lane, turn))
  }

  function endDrain(lane: Lane, turn: Turns): void {
    turn.running -= 1
    lane.draining = null
    // Something may have been held since it looked last.
    lanes.enter(lane, () => drain(lane))
    for (const next of turn.waiting) {
      if (turn.running >= MAX_DRAINS) return
      turn.waiting.delete(next)
      drain(next)
    }
  }

  /** Sends what is held, one after the other; resolves to whether there is nothing more to be done. Never rejects. */
  async function drainNow(lane: Lane): Promise<boolean> {
    try {
      while (mayDrain(lane)) if (!(await drainOne(lane))) return !mayDrain(lane)
    } catch {
      // The broker: if it is away, counting starts over once it is back.
    }
    return !mayDrain(lane)
  }

  async function drainOne(lane: Lane): Promise<boolean> {
    const { holder, conversation } = lane
    const next = await store.first(holder, conversation)
    if (next === null) {
      lane.held = 0
      return true
    }
    const answer = await ask(holder, next.delivery)
    if (!isTaken(answer)) return false
    await store.remove(holder, next.seq)
    lane.held = Math.max(0, lane.held - 1)
    sent(next.delivery.id, holder)
    return true
  }

  async function move(lane: Lane, to: string): Promise<void> {
    const { holder: from, conversation } = lane
    if (from === to || lane.held === 0) return
    lane.moving = true
    try {
      // What is at the one before may be answered: nobody else is to get it as well.
      if (lane.draining !== null) await raceTimeout(lane.draining, answerMs, clock)
      const moved = await carryOver(from, conversation, to)
      if (conversation === NO_CONVERSATION) {
        const target = lanes.of(conversation, to)
        target.held += moved
        lane.held = 0
        lanes.enter(target, () => drain(target))
      } else {
        lane.holder = to
      }
    } finally {
      lane.moving = false
    }
    drain(lane)
  }

  /** Carries what is held of a conversation from one owner to another; resolves to how many it was. */
  async function carryOver(from: string, conversation: string, to: string): Promise<number> {
    let moved = 0
    const oldest = (): ReturnType<HeldStore['first']> => store.first(from, conversation)
    for (let next = await oldest(); next !== null; next = await oldest()) {
      await store.append(to, conversation, next.delivery)
      moved += 1
      await store.remove(from, next.seq)
    }
    return moved
  }

  /** A hand-over that was cut off has left something of a conversation behind, which is younger than what has arrived. */
  function finishMove(lane: Lane, other: string, owner: string | null): void {
    lanes.enter(lane, async () => {
      const from = owner === other ? lane.holder : other
      const to = owner === other ? other : lane.holder
      lane.held += await carryOver(from, lane.conversation, to)
      lane.holder = to
      drain(lane)
    })
  }

  return {
    keep,
    drain,
    move,
    pause: () => {
      online = false
    },
    refresh: async (ownerOf, signal) => {
      const counts = await store.counts()
      signal.throwIfAborted()
      online = true
      for (const lane of lanes.all()) lane.held = 0
      for (const [owner, conversations] of counts)
        for (const [conversation, count] of conversations) {
          const lane = lanes.of(conversation, conversation === NO_CONVERSATION ? owner : null)
          if (lane.held > 0 && lane.holder !== owner) finishMove(lane, owner, ownerOf(conversation))
          else {
            lane.holder = owner
            lane.held = count
          }
        }
      for (const lane of lanes.all()) lanes.enter(lane, () => drain(lane))
    },
  }
}
