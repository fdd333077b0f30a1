// Pruning: removes the oldest segments as soon as the journal exceeds its limits.
import { unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { repeat } from '../../core/async.ts'
import { codeOf } from '../../core/errors.ts'
import type { Off } from '../../core/listeners.ts'
import type { RunIndex } from '../index/run-index.ts'
import { eventsFolder, type Limits, type Segment, segmentBytes } from '../segments.ts'
import type { OpenFile } from '../write/log-file.ts'
import { keyFileOf, keysFolder, removeKeyFile, writeKeyFile } from './key-files.ts'
import { keysOf } from './keys-of.ts'
import type { PrunedKeys } from './pruned-keys.ts'

interface PruningOptions {
  /** The folder of the bot. */
  readonly folder: string
  /** Oldest first; what is pruned is removed from it. */
  readonly segments: Segment[]
  readonly index: RunIndex
  readonly keys: PrunedKeys
  readonly limits: Limits
  readonly now: () => number
  readonly openFile: OpenFile
}

export interface Pruning {
  /** Removes what exceeds the limits; one call after the other. Never rejects: what the disk refuses is tried again next time. */
  prune(): Promise<void>
  /** Prunes now and every hour. */
  start(): Promise<void>
  /** Ends the hourly pruning; resolves when none is under way, so that the folder may be another run's. */
  stop(): Promise<void>
}

const HOUR_MS = 60 * 60_000

/** Creates the pruning of a log; nothing is removed before it is started. */
export function createPruning(options: PruningOptions): Pruning {
  const { segments } = options
  let stop: Off = () => undefined
  let pruning: Promise<void> = Promise.resolve()

  async function pruneNow(): Promise<void> {
    await writeUnwrittenKeys(options)
    for (const segment of segments.slice(0, countExpired(options))) {
      await keepKeys(options, segment)
      if (!(await removeOldest(options, segment))) break
    }
    await removeExpiredKeys(options)
  }

  function prune(): Promise<void> {
    pruning = pruning.then(pruneNow)
    return pruning
  }

  return {
    prune,
    start: () => {
      stop = repeat(HOUR_MS, () => void prune())
      return prune()
    },
    stop: () => {
      stop()
      return pruning
    },
  }
}

/**
 * How many of the oldest segments exceed the limits. Whole segments go, so up to a tenth more deliveries and a seventh more time are
 * kept; the size leaves room for the segment that is being written. Two are kept whatever the limits say: the last segment, and one
 * with a delivery that the next run will still deliver.
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

/** How old an acknowledged delivery may be for the next run to deliver it, in ms: yesterday's messages surprise people. */
export const DELIVERABLE_MS = 10 * 60_000

/** The segment of the oldest delivery that the next run will still deliver; `null` when there is none. */
function firstDeliverable(index: RunIndex, now: number): string | null {
  for (const { delivery } of index.undelivered()) {
    const { record, content } = delivery
    if (now - record.receivedAt <= DELIVERABLE_MS && content !== null && 'segment' in content) return content.segment
  }
  return null
}

/** Keeps the keys of the oldest segment, on disk if possible: the disk may be full, which is why the segment goes. */
async function keepKeys(options: PruningOptions, segment: Segment): Promise<void> {
  const { segments, index, keys, now } = options
  const file = keyFileOf(segment.name)
  for await (const records of keysOf(index, segment.name, segments[1]?.name ?? '', now())) keys.add(file, records)
  await writeKeys(options, file)
}

/** Writes the keys that the disk refused before. */
async function writeUnwrittenKeys(options: PruningOptions): Promise<void> {
  for (const file of options.keys.unwritten()) await writeKeys(options, file)
}

async function writeKeys({ folder, keys, openFile }: PruningOptions, file: string): Promise<void> {
  const records = keys.json(file)
  if (records.length === 0) return
  try {
    await writeKeyFile(join(keysFolder(folder), file), records, openFile)
    keys.written(file)
  } catch {
    // In memory they serve as well, and the next pruning tries again. That the disk refuses is reported by the writer of the log.
  }
}

/** Removes the oldest segment; false if that is not possible now. Oldest first, so that a reader never sees a gap. */
async function removeOldest({ folder, segments, index }: PruningOptions, segment: Segment): Promise<boolean> {
  try {
    await unlink(join(eventsFolder(folder), segment.name))
  } catch (error) {
    // Windows does not remove a file that a reader has open: the next pruning does.
    if (codeOf(error) !== 'ENOENT') return false
  }
  if (segments[0] === segment) segments.shift()
  index.forgetBefore(segments[0]?.name ?? '')
  return true
}

async function removeExpiredKeys({ folder, keys, now }: PruningOptions): Promise<void> {
  for (const file of keys.forgetExpired(now())) await removeKeyFile(join(keysFolder(folder), file))
}
