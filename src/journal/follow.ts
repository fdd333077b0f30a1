// Following the log while the daemon writes it: every change, as it is written.
import { type FSWatcher, watch } from 'node:fs'
import { createLedger, type Entry } from './index-by-delivery.ts'
import { BEGINNING, readFrom } from './reader.ts'
import type { Head } from './record-format.ts'
import { eventsFolder, listSegments, placeOf } from './segments.ts'
import { type Summary, summarize } from './summary.ts'

/** A line was added for a delivery; `summary` is what is known of it with that line. */
export interface Change {
  readonly what: Head['t']
  readonly summary: Summary
}

// Changes are announced by the system where it can; this is for where it cannot (network folders, too many watches).
const POLL_MS = 500

/** Yields the `last` deliveries recorded so far, then every change, of those asked for, until the signal is aborted. */
export async function* followDeliveries(
  folder: string,
  signal: AbortSignal,
  last = 0,
  where: (summary: Summary) => boolean = () => true,
): AsyncGenerator<Change, void, undefined> {
  const events = eventsFolder(folder)
  const ledger = createLedger()
  const add = (head: Head, segment: string, offset: number, length: number): Entry | null =>
    ledger.add({ head, at: placeOf(head, segment, offset, length) })
  const alarm = createAlarm(events, signal)
  try {
    let position = await readFrom(events, BEGINNING, add)
    const recorded = [...ledger.entries.values()].map(summarize).filter(where)
    for (const summary of recorded.slice(Math.max(0, recorded.length - last))) yield { what: 'delivery', summary }
    while (!signal.aborted) {
      const changes: Change[] = []
      position = await readFrom(events, position, (head, ...place) => {
        const entry = add(head, ...place)
        if (entry !== null) changes.push({ what: head.t, summary: summarize(entry) })
      })
      yield* changes.filter(({ summary }) => where(summary))
      if (changes.length === 0) await alarm.rings()
      else ledger.forgetBefore((await listSegments(events))[0] ?? '')
    }
  } finally {
    alarm.close()
  }
}

interface Alarm {
  /** Resolves when the folder changed since the last time, when it is time to look anyway, or when the signal is aborted. */
  rings(): Promise<void>
  close(): void
}

function createAlarm(folder: string, signal: AbortSignal): Alarm {
  let rung = false
  let wake: (() => void) | null = null
  let watcher: FSWatcher | null = null

  const ring = (): void => {
    rung = true
    wake?.()
  }
  const unwatch = (): void => {
    watcher?.close()
    watcher = null
  }
  const startWatching = (): boolean => {
    try {
      watcher = watch(folder, ring).on('error', unwatch)
      return true
    } catch {
      // Not there yet, or nothing left to watch with: polling finds the changes.
      return false
    }
  }
  signal.addEventListener('abort', ring)

  return {
    rings: async () => {
      // What changed just before the watch began is found by looking once more.
      if (watcher === null && startWatching()) return
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, POLL_MS)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
      rung = false
    },
    close: () => {
      signal.removeEventListener('abort', ring)
      unwatch()
    },
  }
}
