// What a power failure would still take of the log, and making it durable.
import { syncFolder } from '../../core/files/private-file.ts'
import type { Segment } from '../segments.ts'
import { type LogFile, rewrite } from './log-file.ts'

export interface SegmentSync {
  /** Something is written to this segment. */
  written(segment: Segment): void
  /** The folder has a file that it may not know after a power failure. */
  folderChanged(): void
  /** A write or a sync was refused: what was written since the last sync is written again before it counts. */
  failed(): void
  /** Makes all of it durable. Rejects when the disk refuses, or when somebody removed the last segment. */
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

/** Creates the record of what is not durable. Segments stay in it until somebody waits for them: most often nobody does. */
export function createSegmentSync({ events, segments, open, openLast }: SegmentSyncOptions): SegmentSync {
  const due = new Set<Segment>()
  /** How much of each is durable for certain. */
  const durable = new WeakMap<Segment, number>()
  let isFolderDue = false
  let refused = false

  function written(segment: Segment): void {
    if (due.has(segment)) return
    // What was pruned has nothing any more that could be lost.
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

  /** Nothing for one that somebody removed. */
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
