// Following the log while the daemon writes it: every change, as it is written.
import { type FSWatcher, watch } from 'node:fs'
import { ignoreAbort, nextCall, withDeadline } from '../core/async.ts'
import type { Summary } from '../core/delivery.ts'
import { createListeners } from '../core/listeners.ts'
import type { LogRecord } from './format/record-format.ts'
import { createDeliveryIndex } from './index/by-delivery.ts'
import type { IndexEntry } from './index/entry.ts'
import { BEGINNING, type DeliveryFilter, fitsContent, readFrom } from './reader.ts'
import { eventsFolder, extentOf, listSegments } from './segments.ts'

/** A record was added for a delivery; `summary` is what is known of that with the record. */
export interface DeliveryChange {
  readonly what: LogRecord['t']
  readonly summary: Summary
}

// Changes are announced by the system where it can; this is for where it cannot (network folders, too many watches).
const POLL_MS = 500

/** Yields the `last` deliveries recorded so far (none if not said), then every change, of those asked for, until the signal is aborted. */
export async function* followDeliveries(
  folder: string,
  signal: AbortSignal,
  { where = () => true, content = null, last = 0 }: DeliveryFilter = {},
): AsyncGenerator<DeliveryChange, void, undefined> {
  const events = eventsFolder(folder)
  const index = createDeliveryIndex()
  const add = (record: LogRecord, segment: string, offset: number, length: number): IndexEntry | null =>
    index.add({ record, content: extentOf(record, segment, offset, length) })
  const hasContent = once(({ delivery }) => fitsContent(events, delivery.content, content))
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

/** The row of a delivery as it is now: that of the index changes with each record. */
const summaryOf = ({ summary }: IndexEntry): Summary => ({ ...summary })

/** Asks the same once of each delivery, whose content does not change. */
function once(ask: (entry: IndexEntry) => Promise<boolean>): (entry: IndexEntry) => Promise<boolean> {
  const answers = new WeakMap<IndexEntry, Promise<boolean>>()
  return (entry) => {
    const answer = answers.get(entry) ?? ask(entry)
    answers.set(entry, answer)
    return answer
  }
}

interface WatchedFolder {
  /** Resolves when the folder changed since the last time, when it is time to look anyway, or when the signal is aborted. */
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
      // Not there yet, or nothing left to watch with: polling finds the changes.
      return false
    }
  }

  return {
    change: async () => {
      // What changed just before the watch began is found by looking once more.
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
