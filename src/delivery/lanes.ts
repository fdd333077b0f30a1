// What waits, lane by lane, and which of it may go next.
import { createHeap, type Placed } from './heap.ts'

/** What waits. The lanes link it to its neighbours. */
export interface Waiter<T> {
  /** Rises with each arrival. */
  readonly order: number
  /** `null`: on its own, in order with nothing. */
  readonly laneName: string | null
  lane: Lane<T> | null
  before: T | null
  after: T | null
}

export interface Lane<T> extends Placed {
  readonly key: string | T
  first: T | null
  last: T | null
  /** Whether one of it goes only after the other: it has held something. */
  serial: boolean
  /** What has gone and is not answered yet, of a serial lane. */
  ahead: T | null
}

export interface Lanes<T> {
  /** Whether something of this lane waits, or must be answered first. */
  has(laneName: string | null): boolean
  /** Whether one of this lane goes only after the other. */
  isSerial(laneName: string | null): boolean
  /** Adds a waiter at the place of its order. `held` makes its lane serial, until it is empty. */
  add(waiter: T, held: boolean): void
  /** Takes a waiter out, wherever it stands. */
  remove(waiter: T): void
  /** Takes out the first arrival of those that may go; its lane, if serial, waits until it is `passed`. */
  take(): { readonly waiter: T; readonly serial: boolean } | null
  /** Lets the next one of the lane go; nothing if its lane does not wait for this one. */
  passed(waiter: T): void
  /** Everything that waits is held now: makes every lane serial, until it is empty. */
  serialise(): void
  /** Everything that waits. */
  waiters(): T[]
}

/** A lane of one has nothing to keep in order. */
function makeSerial<T>(lane: Lane<T>): void {
  if (typeof lane.key === 'string') lane.serial = true
}

/** Creates empty lanes. Every change costs O(log n) at most. */
export function createLanes<T extends Waiter<T>>(): Lanes<T> {
  // A waiter without a lane is the key of one of its own.
  const lanes = new Map<string | T, Lane<T>>()
  const ready = createHeap<Lane<T>>((a, b) => (a.first?.order ?? 0) < (b.first?.order ?? 0))

  function laneOf(waiter: T): Lane<T> {
    const key = waiter.laneName ?? waiter
    const known = lanes.get(key)
    if (known !== undefined) return known
    const lane: Lane<T> = { key, first: null, last: null, serial: false, ahead: null, place: -1 }
    lanes.set(key, lane)
    return lane
  }

  /** After every change of a lane. */
  function update(lane: Lane<T>): void {
    if (lane.first !== null && lane.ahead === null) ready.put(lane)
    else ready.remove(lane)
    if (lane.first === null && lane.ahead === null) lanes.delete(lane.key)
  }

  function unlink(waiter: T, lane: Lane<T>): void {
    if (waiter.before === null) lane.first = waiter.after
    else waiter.before.after = waiter.after
    if (waiter.after === null) lane.last = waiter.before
    else waiter.after.before = waiter.before
    waiter.before = null
    waiter.after = null
    waiter.lane = null
  }

  return {
    has: (laneName) => laneName !== null && lanes.size > 0 && lanes.has(laneName),
    isSerial: (laneName) => laneName !== null && lanes.get(laneName)?.serial === true,
    add: (waiter, held) => {
      const lane = laneOf(waiter)
      if (held) makeSerial(lane)
      // Nearly always the end; one that was refused goes back before those that came after it.
      let before = lane.last
      while (before !== null && before.order > waiter.order) before = before.before
      const after = before === null ? lane.first : before.after
      waiter.before = before
      waiter.after = after
      waiter.lane = lane
      if (before === null) lane.first = waiter
      else before.after = waiter
      if (after === null) lane.last = waiter
      else after.before = waiter
      update(lane)
    },
    remove: (waiter) => {
      const { lane } = waiter
      if (lane === null) return
      unlink(waiter, lane)
      update(lane)
    },
    take: () => {
      const lane = ready.first()
      const waiter = lane?.first
      if (lane === undefined || waiter === null || waiter === undefined) return null
      unlink(waiter, lane)
      if (lane.serial) lane.ahead = waiter
      update(lane)
      return { waiter, serial: lane.serial }
    },
    passed: (waiter) => {
      const lane = lanes.get(waiter.laneName ?? waiter)
      if (lane === undefined || lane.ahead !== waiter) return
      lane.ahead = null
      update(lane)
    },
    serialise: () => {
      for (const lane of lanes.values()) makeSerial(lane)
    },
    waiters: () => {
      const all: T[] = []
      for (const lane of lanes.values()) for (let at = lane.first; at !== null; at = at.after) all.push(at)
      return all.sort((a, b) => a.order - b.order)
    },
  }
}
