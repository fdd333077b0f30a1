// The record of a bot's deliveries and attempts on disk, as the corridor uses it.
import { DevHookError } from '../core/errors.ts'
import type { Journal } from '../core/ports.ts'
import { recordedDelivery, seenDelivery } from './answers.ts'
import { type Content, replyContent } from './format/line-codec.ts'
import { attemptRecord, deliveryRecord, type LogRecord, settlementRecord } from './format/record-format.ts'
import { type IndexEntry, settleAnswer } from './index-by-delivery.ts'
import { loadLog } from './load.ts'
import { createPruning } from './prune.ts'
import { createRecorded, type Recorded } from './recorded.ts'
import { eventsFolder, type Limits, readContent } from './segments.ts'
import { type OpenFile, openLogFile } from './write/log-file.ts'
import { createSegmentWriter } from './write/segment-writer.ts'
import type { OnTrouble } from './write/trouble.ts'
import { createWriter, type WriterOptions } from './write/writer.ts'

export interface JournalOptions extends Pick<WriterOptions, 'queueBytes' | 'lingerMs' | 'retryMs'> {
  readonly onTrouble: OnTrouble
  readonly limits?: Limits
  readonly now?: () => number
  readonly openFile?: OpenFile
}

/** The journal of a run, and what is in it. */
export interface RunJournal extends Journal, Recorded {}

const DAY_MS = 24 * 60 * 60_000
const LIMITS: Limits = { deliveries: 10_000, ms: 7 * DAY_MS, bytes: 512 * 1024 * 1024 }

/**
 * Opens the journal in a bot's folder; the caller holds the folder's lock. Repairs what an earlier run left damaged.
 * Rejects with `stateUnwritable` when the folder cannot be read or written.
 */
export async function openJournal(folder: string, options: JournalOptions): Promise<RunJournal> {
  const { onTrouble, limits = LIMITS, now = Date.now, openFile = openLogFile } = options
  const events = eventsFolder(folder)
  const { index, segments, nextSeq } = await loadLog(events, limits, now(), onTrouble)
  const pruning = createPruning({ events, segments, index, limits, now })
  const segmentWriter = createSegmentWriter({ events, segments, limits, now, openFile, pruning })
  const writer = createWriter({ ...options, segmentWriter })
  const read = (from: Parameters<typeof readContent>[1]): Promise<Content | null> => readContent(events, from)
  let seq = nextSeq

  await pruning.start()

  function add(record: LogRecord, content: Content | null): boolean {
    const indexed = { record, content }
    // A settlement is small, and what was promised to the platform hangs on it.
    if (!writer.push(indexed, record.t !== 'settled')) return false
    seq += 1
    index.add(indexed)
    return true
  }

  return {
    record: (delivery, label, key, editOf) => {
      const { headers, body } = delivery
      return add(deliveryRecord(seq, delivery, label, key, editOf), { headers, body })
    },
    recordAttempt: (id, n, attempt) => {
      if (index.entries.has(id)) add(attemptRecord(seq, id, n, attempt), replyContent(attempt))
    },
    settle: (id, settled, ownStatus) => {
      const entry = index.entries.get(id)
      if (entry === undefined) return
      // Most often the attempt has settled it, and a line for each delivery is spared.
      if (entry.settled === settled && ownStatus === undefined) settleAnswer(entry)
      else {
        const first = entry.answer === null ? (ownStatus ?? null) : null
        add(settlementRecord(seq, id, settled, now(), first), null)
      }
    },
    synced: (id) => {
      if (index.entries.has(id) || index.pruned.has(id)) return writer.synced()
      return Promise.reject(new DevHookError('stateUnwritable', `delivery ${id} is not in the journal`))
    },
    undelivered: () => [...index.undelivered].sort(byArrival).map((entry) => recordedDelivery(entry, read)),
    find: (id) => {
      const entry = index.entries.get(id)
      return entry === undefined ? null : recordedDelivery(entry, read)
    },
    seen: (key) => {
      const latest = index.byKey(key)
      return latest === null ? null : seenDelivery(latest, now(), read)
    },
    ...createRecorded(index.entries, events, read),
    close: () => {
      pruning.stop()
      return writer.close()
    },
  }
}

const byArrival = (a: IndexEntry, b: IndexEntry): number => a.delivery.record.seq - b.delivery.record.seq
