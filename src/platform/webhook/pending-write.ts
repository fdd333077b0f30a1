// The snapshot of this run, in memory and on disk, and the write that may still be on its way to the platform.
import { raceTimeout, rejectOnAbort } from '../../core/async.ts'
import { DevHookError } from '../../core/errors.ts'

import { type Snapshot, writeSnapshot } from './snapshot.ts'

export interface Ledger {
  /** `null` as long as nothing is owed. */
  snapshot(): Snapshot | null
  /** Changes the snapshot; on return the change is on disk. Throws `stateUnwritable`. */
  record(snapshot: Snapshot): Promise<void>
  /** Sends a write to the platform once it is on disk that one is on its way. Aborting leaves the wait, not the write. */
  send<T>(write: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T>
  /** Sends and saves nothing from now on; waits for the write on its way, then cancels it. */
  end(limitMs: number): Promise<void>
}

/** Creates the ledger of a run, with the snapshot it adopted, if any. */
export function createLedger(folder: string, adopted: Snapshot | null, now: () => number): Ledger {
  let snapshot = adopted
  let writing = Promise.resolve()
  let ended = false
  let onItsWay: { readonly settled: Promise<void>; readonly cancel: () => void } | null = null

  // One file write after the other, each of the newest state.
  function save(): Promise<void> {
    const saved = writing.then(async () => {
      if (snapshot !== null && !ended) await writeSnapshot(folder, snapshot)
    })
    writing = saved.catch(() => {
      // Whoever asked for this write has the error; the next one starts afresh.
    })
    return saved
  }

  async function record(changed: Snapshot): Promise<void> {
    snapshot = changed
    await save()
  }

  async function answered(): Promise<void> {
    if (snapshot === null) return
    snapshot = { ...snapshot, writeSentAt: null }
    // A disk that refuses this one is no harm: the worst is that a restore looks again for five seconds.
    await save().catch(() => {})
  }

  return {
    snapshot: () => snapshot,
    record,
    send: async (write, signal) => {
      if (snapshot !== null) await record({ ...snapshot, writeSentAt: now() })
      signal.throwIfAborted()
      // A claim that is late must not undo the restore.
      if (ended) throw new DevHookError('interrupted', 'the run has ended')
      const stop = new AbortController()
      const answer = write(stop.signal)
      const settled = answer.then(answered, async (error: unknown) => {
        // Any answer ends it; a connection that broke, or was given up, leaves it on its way.
        if (error instanceof DevHookError && !error.is('apiUnreachable')) await answered()
      })
      onItsWay = { settled, cancel: () => stop.abort() }
      try {
        return await rejectOnAbort(answer, signal)
      } finally {
        if (!signal.aborted) await settled
      }
    },
    end: async (limitMs) => {
      ended = true
      if (onItsWay !== null) {
        await raceTimeout(onItsWay.settled, limitMs)
        onItsWay.cancel()
        await onItsWay.settled
      }
      await writing
    },
  }
}
