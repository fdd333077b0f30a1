// The lanes of waiting deliveries: the order within each, and which delivery may go next.
import { createHeap, type HeapItem } from './heap.ts'

/** What can wait in a lane; the lanes link it to its neighbours. */
export interface Waiter<T> {
  /** Rises with each arrival. */
  readonly order: number
  /** `null` for a waiter that keeps no order with others. */
  readonly laneName: string | null
  lane: Lane<T> | null
  before: T | null
  after: T | null
}

interface Lane<T> extends HeapItem {
  readonly key: string | T
  first: T | null
  last: T | null
  /** Whether each waits for the answer to the one before: true once something of the lane was held. */
  serial: boolean
  /** What the next one waits for: until its first byte is written, or, in a serial lane, until it is answered. */
  ahead: T | null
}

export interface Lanes<T> {
  /** Whether something of this lane waits, or blocks it. */
  has(laneName: string | null): boolean
  /** Whether each delivery of this lane waits for the answer to the one before. */
  isSerial(laneName: string | null): boolean
  /** Adds a waiter, by its order. `held` makes its lane serial, until the lane is empty. */
  add(waiter: T, held: boolean): void
  /** Removes a waiter, wherever it stands. */
  remove(waiter: T): void
  /** Removes the first to arrive of those that may go; it then blocks its lane until `passed`. */
  take(): { readonly waiter: T; readonly serial: boolean } | null
  /** Blocks the lane of a waiter that is not in it, until `passed`. */
  block(waiter: T): void
  /** Lets the next waiter go, if this one blocks the lane. */
  passed(waiter: T): void
  /** Makes every lane serial, until it is empty. */
  serialise(): void
  /** All waiters, in order of arrival. */
  waiters(): T[]
}

/** Makes a lane serial, unless it is that of a single waiter. */
function makeSerial<T>(lane: Lane<T>): void {
  if (typeof lane.key === 'string') lane.serial = true
}

/** Creates empty lanes. Every change costs O(log n) at most. */
export function createLanes<T extends Waiter<T>>(): Lanes<T> {
  // A waiter without a lane name is the key of a lane of its own.
  const lanes = new Map<string | T, Lane<T>>()
  const ready = createHeap<Lane<T>>((a, b) => (a.first?.order ?? 0) < (b.first?.order ?? 0))

  function laneOf(waiter: T): Lane<T> {
    const key = waiter.laneName ?? waiter
    const known = lanes.get(key)
    if (known !== undefined) return known
    const lane: Lane<T> = { key, first: null, last: null, serial: false, ahead: null, index: -1 }
    lanes.set(key, lane)
    return lane
  }

  /** Must be called after every change of a lane. */
  function update(lane: Lane<T>): void {
    if (lane.first !== null && lane.ahead === null) ready.put(lane)
    else ready.remove(lane)
    if (lane.first === null && lane.ahead === null) lanes.delete(lane.key)
  }

  function take(): { readonly waiter: T; readonly serial: boolean } | null {
    const lane = ready.first()
    const waiter = lane?.first
    if (lane === undefined || waiter === null || waiter === undefined) return null
    unlink(waiter, lane)
    if (typeof lane.key === 'string') lane.ahead = waiter
    update(lane)
    return { waiter, serial: lane.serial }
  }

  return {
    has: (laneName) => laneName !== null && lanes.size > 0 && lanes.has(laneName),
    isSerial: (laneName) => laneName !== null && lanes.get(laneName)?.serial === true,
    add: (waiter, held) => {
      const lane = laneOf(waiter)
      if (held) makeSerial(lane)
      link(waiter, lane)
      update(lane)
    },
    remove: (waiter) => {
      const { lane } = waiter
      if (lane === null) return
      unlink(waiter, lane)
      update(lane)
    },
    take,
    block: (waiter) => {
      const lane = laneOf(waiter)
      lane.ahead = waiter
      update(lane)
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

/** Inserts a waiter by its order: nearly always at the end, but one that was refused goes before those that came after it. */
function link<T extends Waiter<T>>(waiter: T, lane: Lane<T>): void {
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
}

function unlink<T extends Waiter<T>>(waiter: T, lane: Lane<T>): void {
  if (waiter.before === null) lane.first = waiter.after
  else waiter.before.after = waiter.after
  if (waiter.after === null) lane.last = waiter.before
  else waiter.after.before = waiter.before
  waiter.before = null
  waiter.after = null
  waiter.lane = null
}
