// The journal of a run: records deliveries, attempts and settlements on disk, and finds them again.
import { DevHookError } from '../core/errors.ts'
import type { Journal } from '../core/ports.ts'
import { recordedDelivery, seenDelivery } from './answers.ts'
import { type Content, replyContent } from './format/line-codec.ts'
import { attemptRecord, deliveryRecord, settlementRecord } from './format/record-format.ts'
import { settleAnswer } from './index/run-index.ts'
import type { RunRecord } from './index/stored-entries.ts'
import { loadLog } from './load.ts'
import { createPruning } from './prune/prune.ts'
import { createRecorded, type Recorded } from './recorded.ts'
import { eventsFolder, type Limits, readContent } from './segments.ts'
import { type OpenFile, openLogFile } from './write/log-file.ts'
import { createSegmentWriter } from './write/segment-writer.ts'
import type { OnTrouble } from './write/trouble.ts'
import type { WaitingRecord } from './write/write-queue.ts'
import { createWriter, type WriterOptions } from './write/writer.ts'

export interface JournalOptions extends Pick<WriterOptions, 'queueBytes' | 'lingerMs' | 'retryMs'> {
  readonly onTrouble: OnTrouble
  readonly limits?: Limits
  readonly now?: () => number
  readonly openFile?: OpenFile
}

/** The journal of a run, with read access to everything that is recorded. */
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
  const { index, keys, segments, nextSeq } = await loadLog(folder, limits, now(), onTrouble)
  const pruning = createPruning({ folder, segments, index, keys, limits, now, openFile })
  const segmentWriter = createSegmentWriter({
    events,
    segments,
    limits,
    now,
    openFile,
    written: ({ row }, json, at) => row && index.written(row, json, at),
    prune: pruning.prune,
  })
  const writer = createWriter({ ...options, segmentWriter })
  const read = (from: Parameters<typeof readContent>[1]): Promise<Content | null> => readContent(events, from)
  let seq = nextSeq

  await pruning.start()

  function add(record: RunRecord, content: Content | null): boolean {
    const waiting: WaitingRecord = { record, content, row: null }
    // A settlement is never dropped: it is small, and what the platform was promised depends on it.
    if (!writer.push(waiting, record.t !== 'settled')) return false
    seq += 1
    waiting.row = index.add(record, content)
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
      const progress = index.progress(id)
      if (progress === null) return
      // Usually the attempt has settled it already, which saves a line for each delivery.
      if (progress.settled === settled && ownStatus === undefined) settleAnswer(progress)
      else add(settlementRecord(seq, id, settled, now(), progress.isAnswerKnown ? null : (ownStatus ?? null)), null)
    },
    synced: (id) => {
      if (index.entries.has(id) || keys.has(id)) return writer.synced()
      return Promise.reject(new DevHookError('stateUnwritable', `delivery ${id} is not in the journal`))
    },
    undelivered: () => index.undelivered().map((entry) => recordedDelivery(entry, read)),
    find: (id) => {
      const entry = index.entries.get(id)
      return entry === undefined ? null : recordedDelivery(entry, read)
    },
    seen: (key) => {
      const latest = index.byKey(key) ?? keys.find(key)
      return latest === null ? null : seenDelivery(latest, now(), read)
    },
    ...createRecorded(index.entries, events, read),
    close: async () => {
      await writer.close()
      await pruning.stop()
    },
  }
}
