// The snapshot of a run as it changes: on disk before a write to the platform is sent, and again when its answer is in.
import { raceTimeout, rejectOnAbort } from '../../core/async.ts'
import { DevHookError } from '../../core/errors.ts'

import { readSnapshot, type Snapshot, writeSnapshot } from './snapshot.ts'

export interface SnapshotStore {
  /** `null` as long as nothing is owed. */
  snapshot(): Snapshot | null
  /** Replaces the snapshot; on return the new one is on disk. Throws `stateUnwritable`. */
  save(snapshot: Snapshot): Promise<void>
  /** Saves the snapshot once more where somebody has removed its file. Never rejects. */
  keep(): Promise<void>
  /** Sends a write to the platform once it is on disk that one is on its way. Aborting ends the wait, not the write. */
  send<T>(send: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T>
  /** Sends and saves nothing from now on; waits for the write on its way, and cancels it when the limit is over. */
  close(limitMs: number): Promise<void>
}

export interface SnapshotStoreOptions {
  /** The bot's state folder. */
  readonly folder: string
  /** The snapshot that the run adopted, if any. */
  readonly adopted: Snapshot | null
  /** Called with every snapshot that is to be saved, for whoever keeps another copy. */
  readonly saving: (snapshot: Snapshot) => void
  readonly now: () => number
}

/** Creates the store of a run. */
export function createSnapshotStore({ folder, adopted, saving, now }: SnapshotStoreOptions): SnapshotStore {
  let snapshot = adopted
  let writing: Promise<void> = Promise.resolve()
  let closed = false
  let onItsWay: { readonly settled: Promise<void>; readonly cancel: () => void } | null = null

  // One file write after the other, each of the newest state.
  function write(): Promise<void> {
    if (snapshot !== null && !closed) saving(snapshot)
    const saved = writing.then(async () => {
      if (snapshot !== null && !closed) await writeSnapshot(folder, snapshot)
    })
    writing = saved.catch(() => {
      // Whoever asked for this write has the error; the next one starts afresh.
    })
    return saved
  }

  async function save(changed: Snapshot): Promise<void> {
    snapshot = changed
    await write()
  }

  async function answered(): Promise<void> {
    if (snapshot === null) return
    snapshot = { ...snapshot, writeSentAt: null }
    // A disk that refuses this one is no harm: at worst a restore reads again for five seconds.
    await write().catch(() => {})
  }

  return {
    snapshot: () => snapshot,
    save,
    keep: async () => {
      const isThere = await readSnapshot(folder).then(
        (file) => file.snapshot !== null || file.damaged !== null,
        () => true,
      )
      // On a disk that refuses it: until the next time the watchdog has a copy.
      if (!isThere) await write().catch(() => {})
    },
    send: async (send, signal) => {
      if (snapshot !== null) await save({ ...snapshot, writeSentAt: now() })
      signal.throwIfAborted()
      // A claim that is late must not undo the restore.
      if (closed) throw new DevHookError('interrupted', 'the run has ended')
      const stop = new AbortController()
      const answer = send(stop.signal)
      const settled = answer.then(answered, async (error: unknown) => {
        // Any answer settles it; a connection that broke, or was given up, leaves it on its way.
        if (error instanceof DevHookError && !error.is('apiUnreachable')) await answered()
      })
      onItsWay = { settled, cancel: () => stop.abort() }
      try {
        return await rejectOnAbort(answer, signal)
      } finally {
        if (!signal.aborted) await settled
      }
    },
    close: async (limitMs) => {
      closed = true
      if (onItsWay !== null) {
        await raceTimeout(onItsWay.settled, limitMs)
        onItsWay.cancel()
        await onItsWay.settled
      }
      await writing
    },
  }
}
