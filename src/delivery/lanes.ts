// The lanes of what waits: the order within each, and which delivery may go next.
import { createHeap, type HeapItem } from './heap.ts'

/** Something that waits in a lane; the lanes link it to its neighbours. */
export interface Waiter<T> {
  /** Rises with each arrival. */
  readonly order: number
  /** `null`: on its own, in order with nothing. */
  readonly laneName: string | null
  lane: Lane<T> | null
  before: T | null
  after: T | null
}

interface Lane<T> extends HeapItem {
  readonly key: string | T
  first: T | null
  last: T | null
  /** Whether the next one waits for the answer to the one before: the lane has held something. */
  serial: boolean
  /** The one that the next must wait for: until its first byte is written, in a serial lane until it is answered. */
  ahead: T | null
}

export interface Lanes<T> {
  /** Whether something of this lane waits, or must be waited for. */
  has(laneName: string | null): boolean
  /** Whether the lane goes on only after an answer. */
  isSerial(laneName: string | null): boolean
  /** Adds a waiter at the place of its order. `held` makes its lane serial, until it is empty. */
  add(waiter: T, held: boolean): void
  /** Removes a waiter, wherever it stands. */
  remove(waiter: T): void
  /** Removes the first arrival of those that may go; the rest of its lane waits until `passed` is called for it. */
  take(): { readonly waiter: T; readonly serial: boolean } | null
  /** Makes the lane of something that was sent without waiting wait for it, until `passed` is called for it. */
  block(sent: T): void
  /** Lets the next one of the lane go; does nothing if its lane does not wait for this one. */
  passed(waiter: T): void
  /** Makes every lane serial, until it is empty: everything that waits is held now. */
  serialise(): void
  /** Everything that waits, in order of arrival. */
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
    const lane: Lane<T> = { key, first: null, last: null, serial: false, ahead: null, index: -1 }
    lanes.set(key, lane)
    return lane
  }

  /** To be called after every change of a lane. */
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
    block: (sent) => {
      const lane = laneOf(sent)
      lane.ahead = sent
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

/** Inserts a waiter by its order. Nearly always at the end; one that was refused goes before those that came after it. */
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
