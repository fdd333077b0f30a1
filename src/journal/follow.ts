// Follows the log while a run writes it: every change, as soon as it is on disk.
import { type FSWatcher, watch } from 'node:fs'
import { ignoreAbort, nextCall, withDeadline } from '../core/async.ts'
import type { Summary } from '../core/delivery.ts'
import { createListeners } from '../core/listeners.ts'
import type { LogRecord } from './format/record-format.ts'
import { createDeliveryIndex } from './index/by-delivery.ts'
import type { IndexEntry } from './index/entry.ts'
import { BEGINNING, type DeliveryFilter, fitsContent, readFrom } from './reader.ts'
import { eventsFolder, extentOf, listSegments } from './segments.ts'

/** A record that was added to the log, and the summary of its delivery with that record. */
export interface DeliveryChange {
  readonly what: LogRecord['t']
  readonly summary: Summary
}

// For when the system reports no changes: on network file systems, or when it has no watch left.
const POLL_MS = 500

/**
 * Yields the `last` deliveries recorded so far (default 0), then every change as it is written, until the signal is aborted; only of
 * deliveries that match `where` and `content`.
 */
export async function* followDeliveries(
  folder: string,
  signal: AbortSignal,
  { where = () => true, content = null, last = 0 }: DeliveryFilter = {},
): AsyncGenerator<DeliveryChange, void, undefined> {
  const events = eventsFolder(folder)
  const index = createDeliveryIndex()
  const add = (record: LogRecord, segment: string, offset: number, length: number): IndexEntry | null =>
    index.add({ record, content: extentOf(record, segment, offset, length) })
  const hasContent = memoized(({ delivery }) => fitsContent(events, delivery.content, content))
  const watched = watchFolder(events, signal)
  try {
    let position = await readFrom(events, BEGINNING, { record: add })
    const recorded: Summary[] = []
    for (const entry of [...index.entries.values()].reverse()) {
      if (recorded.length >= last || signal.aborted) break
      const summary = summaryOf(entry)
      if (where(summary) && (await hasContent(entry))) recorded.push(summary)
    }
    for (const summary of recorded.reverse()) yield { what: 'delivery', summary }
    while (!signal.aborted) {
      const changes: (DeliveryChange & { readonly entry: IndexEntry })[] = []
      position = await readFrom(events, position, {
        record: (record, ...at) => {
          const entry = add(record, ...at)
          if (entry !== null) changes.push({ what: record.t, summary: summaryOf(entry), entry })
        },
      })
      for (const { what, summary, entry } of changes)
        if (where(summary) && (await hasContent(entry))) yield { what, summary }
      if (changes.length === 0) await watched.change()
      else index.forgetBefore((await listSegments(events))[0] ?? '')
    }
  } finally {
    watched.close()
  }
}

/** A copy, because the index updates its own summary with each record. */
const summaryOf = ({ summary }: IndexEntry): Summary => ({ ...summary })

/** Remembers the answer for each delivery: its content never changes. */
function memoized(ask: (entry: IndexEntry) => Promise<boolean>): (entry: IndexEntry) => Promise<boolean> {
  const answers = new WeakMap<IndexEntry, Promise<boolean>>()
  return (entry) => {
    const answer = answers.get(entry) ?? ask(entry)
    answers.set(entry, answer)
    return answer
  }
}

interface WatchedFolder {
  /** Resolves when the folder has changed since the last call, after half a second, or when the signal is aborted. */
  change(): Promise<void>
  close(): void
}

function watchFolder(folder: string, signal: AbortSignal): WatchedFolder {
  const listeners = createListeners<void>()
  let changed = false
  let watcher: FSWatcher | null = null
  listeners.on(() => {
    changed = true
  })

  const stop = (): void => {
    watcher?.close()
    watcher = null
  }
  const start = (): boolean => {
    try {
      watcher = watch(folder, () => listeners.emit()).on('error', stop)
      return true
    } catch {
      // The folder does not exist yet, or the system has no watch left: polling finds the changes.
      return false
    }
  }

  return {
    change: async () => {
      // Look once more for what changed just before the watch began.
      if (watcher === null && start()) return
      if (!changed) {
        await withDeadline([signal], { ms: POLL_MS, reason: 'time to look anyway' }, (ending) =>
          ignoreAbort(nextCall(listeners.on, ending), ending),
        )
      }
      changed = false
    },
    close: stop,
  }
}
