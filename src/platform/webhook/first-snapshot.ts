// The snapshot that a run takes before its first claim, of the registration as it is then.
import { omit } from '../../core/json.ts'
import { type Located, statusBeside } from './location.ts'
import type { Snapshot } from './snapshot.ts'

/** The run that takes the snapshot, and what for. */
export type SnapshotRun = Pick<Snapshot, 'kind' | 'apiHost' | 'botId' | 'runId' | 'serviceName' | 'takenAt'>

/**
 * Builds the snapshot of what was read; `located` is `null` for a service that has yet to be created. `ownedByDevHook`: the
 * URL there is another dev-hook's, so it is no registration to restore, and what was there before it nobody knows here.
 */
export function firstSnapshot(run: SnapshotRun, located: Located | null, ownedByDevHook: boolean): Snapshot {
  const hook = located?.reading.hook ?? null
  return {
    version: 1,
    ...run,
    urls: [],
    location: located?.location ?? null,
    // A service of our name with a URL of a dev-hook was made by a run on this machine whose snapshot is lost.
    created: run.kind === 'service' && (located === null || ownedByDevHook),
    before: ownedByDevHook && hook !== null ? omit(hook, 'url', 'status', 'verified') : hook,
    beforeStatus: located === null ? null : statusBeside(located),
    previousUnknown: ownedByDevHook,
    pid: process.pid,
    writeSentAt: null,
  }
}
