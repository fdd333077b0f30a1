// Which of the oldest segments may go, and removing them.

import { readdir, rm, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '../core/errors.ts'

import { type Ledger, segmentOf } from './index-by-delivery.ts'
import { type Limits, type Segment, segmentBytes } from './segments.ts'

/** So long the next run may still deliver what was acknowledged and not delivered. */
const DELIVERABLE_MS = 10 * 60_000

/**
 * How many of the oldest segments are beyond the limits. Whole segments go, so up to a tenth more deliveries, and a seventh
 * more time, is kept; the size leaves room for the segment that is being written. Never goes: the last segment, and
 * one with a delivery that the next run owes to the bot, whatever the limits say.
 */
export function countExpired(segments: readonly Segment[], ledger: Ledger, limits: Limits, now: number): number {
  const owed = firstOwed(ledger, now)
  const room = limits.bytes - segmentBytes(limits)
  let deliveries = segments.reduce((sum, segment) => sum + segment.deliveries, 0)
  let bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0)
  let count = 0
  for (const segment of segments.slice(0, -1)) {
    deliveries -= segment.deliveries
    const tooOld = now - (segment.newest ?? 0) > limits.ms
    if (deliveries < limits.deliveries && bytes <= room && !tooOld) break
    if (owed !== null && segment.name >= owed) break
    bytes -= segment.bytes
    count += 1
  }
  return count
}

/** The segment of the oldest delivery that was acknowledged lately and is not delivered. */
function firstOwed({ owed }: Ledger, now: number): string | null {
  let first: string | null = null
  for (const entry of owed) {
    const segment = now - entry.delivery.head.receivedAt <= DELIVERABLE_MS ? segmentOf(entry) : null
    if (segment !== null && (first === null || segment < first)) first = segment
  }
  return first
}

/** Removes the oldest segments, oldest first, so that a reader never sees a gap. */
export async function removeOldest(events: string, segments: Segment[], ledger: Ledger, count: number): Promise<void> {
  for (const { name } of segments.slice(0, count)) {
    try {
      await unlink(join(events, name))
    } catch (error) {
      // Windows keeps a file that a reader has open: it goes next time.
      if (codeOf(error) !== 'ENOENT') return
    }
    segments.shift()
    ledger.forgetBefore(segments[0]?.name ?? '')
  }
}

const LEFTOVER = /\.(damaged-\d+|tmp)$/

/** Removes what earlier runs set aside, or left half written, once it is as old as a delivery may be. */
export async function removeLeftovers(events: string, limits: Limits, now: number): Promise<void> {
  for (const name of await readdir(events)) {
    if (!LEFTOVER.test(name)) continue
    const path = join(events, name)
    if (now - (await stat(path)).mtimeMs > limits.ms) await rm(path, { recursive: true, force: true })
  }
}
