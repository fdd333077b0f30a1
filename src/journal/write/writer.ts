// The one writer of the log: takes records without waiting, writes them in batches, and syncs once for all who wait.
import { nextTurn } from '../../core/async.ts'
import { DevHookError, messageOf } from '../../core/errors.ts'
import { MAX_UNWRITTEN_BYTES } from '../../core/limits.ts'
import { createSchedule } from './schedule.ts'
import type { SegmentWriter } from './segment-writer.ts'
import { createTrouble, type OnTrouble } from './trouble.ts'
import { BATCH_BYTES, createWriteQueue, type WaitingRecord, type WriteQueue } from './write-queue.ts'

export interface Writer {
  /** Takes a record; `false` when too much waits and this one may be dropped, or when the writer is closed. Never waits. */
  push(record: WaitingRecord, droppable: boolean): boolean
  /** Resolves once everything taken so far is on disk, synced; rejects with `stateUnwritable` when the disk refuses. */
  synced(): Promise<void>
  /** Writes what waits, and closes. Idempotent; never rejects. */
  close(): Promise<void>
}

export interface WriterOptions {
  readonly segmentWriter: SegmentWriter
  readonly onTrouble: OnTrouble
  /** How much may wait to be written, in bytes. Default `MAX_UNWRITTEN_BYTES`. */
  readonly queueBytes?: number
  /** How long a record may wait for more to share its write, in ms, when nobody waits for it. Default 10. */
  readonly lingerMs?: number
  /** How long to wait after the disk refused, in ms. Default 1,000. */
  readonly retryMs?: number
}

/** Creates the writer of a log. */
export function createWriter(options: WriterOptions): Writer {
  const { segmentWriter, onTrouble, queueBytes = MAX_UNWRITTEN_BYTES, lingerMs = 10, retryMs = 1_000 } = options
  const queue = createWriteQueue(queueBytes)
  const trouble = createTrouble(onTrouble)
  const waiters = createWaiters()
  const schedule = createSchedule(drain, ended)
  let closing: Promise<void> | null = null

  function push(record: WaitingRecord, droppable: boolean): boolean {
    if (closing !== null) return false
    if (droppable && queue.isFullFor(record)) {
      trouble.lost('the disk does not keep up; new deliveries are not recorded')
      return false
    }
    queue.push(record)
    if (queue.bytes > BATCH_BYTES && !trouble.isOn) schedule.begin()
    else linger()
    return true
  }

  function synced(): Promise<void> {
    if (closing !== null) return Promise.reject(unwritable('the journal is closed'))
    schedule.begin()
    return waiters.add(queue.removed + queue.length)
  }

  const linger = (): void => schedule.beginWithin(trouble.isOn ? retryMs : lingerMs)

  function ended(): void {
    // Somebody may have begun to wait after the last check of `drain`.
    if (waiters.length > 0) schedule.begin()
    else if (queue.length > 0 && closing === null) linger()
  }

  /** Writes and syncs until nobody waits. Never rejects. */
  async function drain(): Promise<void> {
    try {
      do {
        // Whoever records or waits in this turn of the event loop shares the next write and its sync.
        await nextTurn()
        await writeAll(queue, segmentWriter)
        await syncWritten()
      } while (waiters.length > 0 || queue.bytes > BATCH_BYTES)
    } catch (error) {
      fail(error)
    }
  }

  async function syncWritten(): Promise<void> {
    const written = queue.removed
    if (!waiters.areDue(written) && !trouble.isOn) return
    await segmentWriter.sync()
    waiters.resolve(written)
    if (trouble.isOn && queue.bytes < queueBytes / 2) trouble.end()
  }

  /** What is queued stays queued and is tried again; whoever waits for it is rejected now. */
  function fail(error: unknown): void {
    const message = `the journal cannot be written: ${messageOf(error)}`
    trouble.begin(message, error)
    waiters.reject(unwritable(message, error))
  }

  async function close(): Promise<void> {
    await schedule.idle()
    schedule.begin()
    await schedule.idle()
    schedule.cancel()
    await segmentWriter.close().catch(fail)
  }

  return {
    push,
    synced,
    close: () => {
      closing ??= close()
      return closing
    },
  }
}

/** Writes what waits now. */
async function writeAll(queue: WriteQueue, segmentWriter: SegmentWriter): Promise<void> {
  for (let left = queue.length; left > 0; ) {
    const batch = queue.batch(left)
    await segmentWriter.write(batch.records)
    queue.remove(batch)
    left -= batch.records.length
  }
}

interface Waiter {
  /** How many records must be on disk. */
  readonly upTo: number
  resolve(): void
  reject(error: Error): void
}

/** Those who wait for records to be on disk, in the order of what they wait for. */
function createWaiters() {
  const waiters: Waiter[] = []
  return {
    get length() {
      return waiters.length
    },
    add: (upTo: number): Promise<void> =>
      new Promise((resolve, reject) => {
        waiters.push({ upTo, resolve, reject })
      }),
    areDue: (written: number): boolean => waiters[0] !== undefined && waiters[0].upTo <= written,
    resolve: (written: number): void => {
      const later = waiters.findIndex(({ upTo }) => upTo > written)
      for (const waiter of waiters.splice(0, later === -1 ? waiters.length : later)) waiter.resolve()
    },
    reject: (error: Error): void => {
      for (const waiter of waiters.splice(0)) waiter.reject(error)
    },
  }
}

const unwritable = (message: string, cause?: unknown): DevHookError =>
  new DevHookError('stateUnwritable', message, { cause })
