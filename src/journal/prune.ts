// Pruning: which of the oldest segments are beyond the limits, and removing them, now and every hour.
import { lstat, readdir, rm, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { repeat } from '../core/async.ts'
import { codeOf } from '../core/errors.ts'
import type { Off } from '../core/listeners.ts'
import { type DeliveryIndex, type PrunedDelivery, segmentOf } from './index-by-delivery.ts'
import { keysToCarry } from './pruned-keys.ts'
import { type Limits, type Segment, segmentBytes } from './segments.ts'

interface PruningOptions {
  readonly events: string
  /** Oldest first; what is removed is taken out. */
  readonly segments: Segment[]
  readonly index: DeliveryIndex
  readonly limits: Limits
  readonly now: () => number
}

/** Segments that are beyond the limits, and what is to be left of them. */
interface DuePruning {
  /** To be written before they go. */
  readonly left: readonly PrunedDelivery[]
  /** Removes the segments, whether what is left was written or not: then it is in memory, and due again. Never rejects. */
  prune(): Promise<void>
}

export interface Pruning {
  /** What is due now; what is left is written with the record of this number. */
  due(seq: number): DuePruning
  /** Prunes now and every hour, unless something has to be written before. */
  start(): Promise<void>
  stop(): void
}

const HOUR_MS = 60 * 60_000
const NOTHING: DuePruning = { left: [], prune: () => Promise.resolve() }

/** Creates the pruning of a log; nothing is removed before it is started. */
export function createPruning(options: PruningOptions): Pruning {
  const { segments, index, now } = options
  let stop: Off = () => undefined
  let isLeftUnwritten = false
  let removing: Promise<void> = Promise.resolve()

  function due(seq: number): DuePruning {
    const count = countExpired(options)
    const first = segments[count]
    if (first === undefined || (count === 0 && !isLeftUnwritten)) return NOTHING
    const left = keysToCarry(index, { before: first.name, seq, now: now(), hasUnwritten: isLeftUnwritten })
    const expired = segments.slice(0, count)
    return {
      left,
      prune: () => {
        for (const delivery of left) index.add(delivery)
        isLeftUnwritten = left.some(({ content }) => content === null)
        removing = removing.then(() => removeSegments(options, expired))
        return removing
      },
    }
  }

  async function pruneWithoutWriting(): Promise<void> {
    const { left, prune } = due(0)
    if (left.length === 0) await prune()
  }

  return {
    due,
    start: () => {
      stop = repeat(HOUR_MS, () => void pruneWithoutWriting())
      return pruneWithoutWriting()
    },
    stop: () => stop(),
  }
}

/**
 * How many of the oldest segments are beyond the limits. Whole segments go, so up to a tenth more deliveries, and a seventh
 * more time, is kept; the size leaves room for the segment that is being written. Never goes: the last segment, and
 * one with a delivery that the next run still delivers, whatever the limits say.
 */
function countExpired({ segments, index, limits, now }: PruningOptions): number {
  const needed = firstDeliverable(index, now())
  const room = limits.bytes - segmentBytes(limits)
  let deliveries = segments.reduce((sum, segment) => sum + segment.deliveries, 0)
  let bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0)
  let count = 0
  for (const segment of segments.slice(0, -1)) {
    deliveries -= segment.deliveries
    const tooOld = now() - (segment.newest ?? 0) > limits.ms
    if (deliveries < limits.deliveries && bytes <= room && !tooOld) break
    if (needed !== null && segment.name >= needed) break
    bytes -= segment.bytes
    count += 1
  }
  return count
}

/** How long the next run may still deliver what was acknowledged and not delivered. */
const DELIVERABLE_MS = 10 * 60_000

/** The segment of the oldest delivery that was acknowledged lately and is not delivered. */
function firstDeliverable({ undelivered }: DeliveryIndex, now: number): string | null {
  let first: string | null = null
  for (const entry of undelivered) {
    const segment = now - entry.delivery.record.receivedAt <= DELIVERABLE_MS ? segmentOf(entry.delivery) : null
    if (segment !== null && (first === null || segment < first)) first = segment
  }
  return first
}

/** Removes some of the oldest segments, oldest first, so that a reader never sees a gap. */
async function removeSegments({ events, segments, index }: PruningOptions, expired: readonly Segment[]): Promise<void> {
  for (const segment of expired) {
    try {
      await unlink(join(events, segment.name))
    } catch (error) {
      // Windows keeps a file that a reader has open: it goes next time.
      if (codeOf(error) !== 'ENOENT') return
    }
    if (segments[0] === segment) segments.shift()
    index.forgetBefore(segments[0]?.name ?? '')
  }
}

const LEFTOVER = /\.(damaged-\d+|tmp)$/

/** Removes what earlier runs set aside, or left half written, once it is as old as a delivery may be. */
export async function removeLeftovers(events: string, limits: Limits, now: number): Promise<void> {
  for (const name of await readdir(events)) {
    if (!LEFTOVER.test(name)) continue
    const path = join(events, name)
    // One that is gone, or may not be removed, is in nobody's way.
    await removeIfOlder(path, now - limits.ms).catch(() => undefined)
  }
}

async function removeIfOlder(path: string, than: number): Promise<void> {
  if ((await lstat(path)).mtimeMs < than) await rm(path, { recursive: true, force: true })
}
