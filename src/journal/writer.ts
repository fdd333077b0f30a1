// The one writer: a bounded queue in front of the log, written in batches, synced once for all who wait.
import { DevHookError, type ErrorName, messageOf } from '../core/errors.ts'
import type { Kept } from './index-by-delivery.ts'
import type { Tail } from './segment-writer.ts'

/** Says what went wrong with the record, once, and once when it is over. */
export type OnTrouble = (kind: ErrorName, message: string) => void

export interface Writer {
  /** Takes a line; `false` when the queue is full and the line may be dropped. Never waits. */
  push(line: Kept, droppable: boolean): boolean
  /** Resolves once everything taken so far is on disk, synced; rejects when the disk refuses. */
  synced(): Promise<void>
  /** Writes what waits, and closes. */
  close(): Promise<void>
}

export interface WriterOptions {
  readonly tail: Tail
  readonly onTrouble: OnTrouble
  /** Most that may wait, in bytes. */
  readonly queueBytes?: number
  /** How long a line may wait for company when nobody waits for it. */
  readonly lingerMs?: number
  /** How long to wait after the disk refused. */
  readonly retryMs?: number
}

interface Waiter {
  /** How many lines must have been written. */
  readonly upTo: number
  resolve(): void
  reject(error: Error): void
}

// Encoding so much takes about a millisecond of the event loop.
const BATCH_BYTES = 256 * 1024
const LINE_BYTES = 512

const costOf = ({ at }: Kept): number => LINE_BYTES + (at !== null && 'body' in at ? at.body.length : 0)

/** Creates the writer of a log. */
export function createWriter(options: WriterOptions): Writer {
  const { tail, onTrouble, queueBytes = 64 * 1024 * 1024, lingerMs = 10, retryMs = 1_000 } = options
  const queue: Kept[] = []
  let queued = 0
  let written = 0
  const waiters: Waiter[] = []
  let working: Promise<void> | null = null
  let timer: NodeJS.Timeout | null = null
  let troubled = false
  let dropped = 0
  let closing: Promise<void> | null = null

  function push(line: Kept, droppable: boolean): boolean {
    const cost = costOf(line)
    if (closing !== null) return false
    if (droppable && queued + cost > queueBytes) {
      dropped += 1
      trouble('the disk does not keep up; new deliveries are not recorded')
      return false
    }
    queue.push(line)
    queued += cost
    if (queued > BATCH_BYTES && !troubled) work()
    else wait(troubled ? retryMs : lingerMs)
    return true
  }

  function synced(): Promise<void> {
    if (closing !== null) return Promise.reject(unwritable('the journal is closed'))
    return new Promise((resolve, reject) => {
      waiters.push({ upTo: written + queue.length, resolve, reject })
      work()
    })
  }

  function wait(ms: number): void {
    if (timer === null && working === null) timer = setTimeout(work, ms)
  }

  function work(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
    working ??= drain().then(() => {
      working = null
      // Whoever came while it was ending waits as little as anybody else.
      if (waiters.length > 0) work()
      else if (queue.length > 0 && closing === null) wait(troubled ? retryMs : lingerMs)
    })
  }

  /** Writes and syncs until nobody waits. Never rejects. */
  async function drain(): Promise<void> {
    try {
      do {
        // Whoever records or waits in this turn of the event loop shares the next write and its sync.
        await turn()
        await writeQueued()
        await syncWritten()
      } while (waiters.length > 0 || queued > BATCH_BYTES)
    } catch (error) {
      fail(error)
    }
  }

  async function writeQueued(): Promise<void> {
    for (let left = queue.length; left > 0; ) {
      const { count, cost } = nextBatch(left)
      await tail.write(queue.slice(0, count))
      queue.splice(0, count)
      queued -= cost
      written += count
      left -= count
    }
  }

  function nextBatch(most: number): { readonly count: number; readonly cost: number } {
    let count = 0
    let cost = 0
    for (const line of queue) {
      const more = costOf(line)
      if (count === most || (count > 0 && cost + more > BATCH_BYTES)) break
      count += 1
      cost += more
    }
    return { count, cost }
  }

  async function syncWritten(): Promise<void> {
    // In order of what they wait for, as they came.
    const later = waiters.findIndex(({ upTo }) => upTo > written)
    const due = later === -1 ? waiters.length : later
    if (due === 0 && !troubled) return
    await tail.sync()
    for (const waiter of waiters.splice(0, due)) waiter.resolve()
    if (troubled && queued < queueBytes / 2) recover()
  }

  /** What waits stays in the queue and is tried again; whoever waits is told now. */
  function fail(error: unknown): void {
    const message = `the journal cannot be written: ${messageOf(error)}`
    trouble(message)
    for (const waiter of waiters.splice(0)) waiter.reject(unwritable(message, error))
  }

  function trouble(message: string): void {
    if (troubled) return
    troubled = true
    onTrouble('stateUnwritable', message)
  }

  function recover(): void {
    const lost = dropped === 0 ? 'nothing was lost' : `${dropped} records were lost`
    troubled = false
    dropped = 0
    onTrouble('stateRecovered', `the journal is written again; ${lost}`)
  }

  async function close(): Promise<void> {
    await working
    work()
    await working
    if (timer !== null) clearTimeout(timer)
    await tail.close().catch(fail)
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

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const unwritable = (message: string, cause?: unknown): DevHookError =>
  new DevHookError('stateUnwritable', message, { cause })
