// Which parts of the log a power failure could still destroy, and how they are made durable.
import { syncFolder } from '../../core/files/private-file.ts'
import type { Segment } from '../segments.ts'
import { type LogFile, rewrite } from './log-file.ts'

export interface SegmentSync {
  /** Notes that this segment is written to. */
  written(segment: Segment): void
  /** Notes that the folder has a new file, which it may have lost after a power failure. */
  folderChanged(): void
  /** Notes that a write or a sync failed: what was written since the last sync must be written again before it counts. */
  failed(): void
  /** Makes everything durable. Rejects when the disk refuses, or when somebody removed the last segment. */
  sync(): Promise<void>
}

interface SegmentSyncOptions {
  readonly events: string
  /** Oldest first. */
  readonly segments: readonly Segment[]
  /** Opens a segment; `null` when somebody removed it. */
  readonly open: (segment: Segment) => Promise<LogFile | null>
  /** The last segment, which stays open. */
  readonly openLast: (segment: Segment) => Promise<LogFile | null>
}

/** Creates the list of what is not durable. Segments stay on it until somebody waits for a sync, which is rare. */
export function createSegmentSync({ events, segments, open, openLast }: SegmentSyncOptions): SegmentSync {
  const due = new Set<Segment>()
  /** How many bytes of each segment are certain to be durable. */
  const durable = new WeakMap<Segment, number>()
  let isFolderDue = false
  let refused = false

  function written(segment: Segment): void {
    if (due.has(segment)) return
    // A pruned segment has nothing left to lose.
    for (const one of due) if (!segments.includes(one)) due.delete(one)
    due.add(segment)
  }

  async function sync(): Promise<void> {
    for (const segment of due) {
      if (segment !== segments.at(-1)) await syncClosed(segment)
      else await syncLast(segment)
    }
    if (isFolderDue) await syncFolder(events)
    due.clear()
    isFolderDue = false
    refused = false
  }

  async function syncLast(segment: Segment): Promise<void> {
    const file = await openLast(segment)
    if (file === null) throw new Error('its files were removed')
    await syncFile(file, segment)
  }

  /** Does nothing for a segment that somebody removed. */
  async function syncClosed(segment: Segment): Promise<void> {
    const file = await open(segment)
    try {
      if (file !== null) await syncFile(file, segment)
    } finally {
      await file?.close()
    }
  }

  async function syncFile(file: LogFile, segment: Segment): Promise<void> {
    const { bytes } = segment
    if (refused) await rewrite(file, durable.get(segment) ?? 0, bytes)
    await file.datasync()
    durable.set(segment, bytes)
  }

  return {
    written,
    folderChanged: () => {
      isFolderDue = true
    },
    failed: () => {
      refused = true
    },
    sync,
  }
}
