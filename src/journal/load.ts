// Loads the log when a run starts: its index, its segments, and the sequence number of the next record.
import { codeOf, DevHookError, messageOf } from '../core/errors.ts'
import { makePrivateFolder } from '../core/files/private-file.ts'
import { type KeyRecord, writeRecord } from './format/record-format.ts'
import { createRunIndex, type RunIndex } from './index/run-index.ts'
import type { RunRecord } from './index/stored-entries.ts'
import { type OnRecord, type ParsedSegment, parseSegment } from './parser.ts'
import { keyFileOf, keysFolder, loadKeyFiles } from './prune/key-files.ts'
import type { PrunedKeys } from './prune/pruned-keys.ts'
import { removeLeftovers, repairSegment, setSegmentAside } from './repair.ts'
import {
  createSegment,
  type Extent,
  eventsFolder,
  firstSeqOf,
  growSegment,
  type Limits,
  listSegments,
  type Segment,
} from './segments.ts'
import type { OnTrouble } from './write/trouble.ts'

export interface LoadedLog {
  readonly index: RunIndex
  /** The keys of pruned deliveries, by which they are still recognised when they come again. */
  readonly keys: PrunedKeys
  /** Oldest first. */
  readonly segments: Segment[]
  readonly nextSeq: number
}

/** Reads and repairs the log in a bot's folder, whose lock the caller holds. Rejects with `stateUnwritable`. */
export async function loadLog(folder: string, limits: Limits, now: number, onTrouble: OnTrouble): Promise<LoadedLog> {
  const events = eventsFolder(folder)
  try {
    await makePrivateFolder(events)
    await removeLeftovers(events, limits, now)
    const keys = await loadKeyFiles(keysFolder(folder), limits, now, onTrouble)
    return { ...(await loadSegments(events, keys, onTrouble)), keys }
  } catch (cause) {
    const message = `the journal cannot be opened in ${events}: ${messageOf(cause)}`
    throw new DevHookError('stateUnwritable', message, { cause })
  }
}

async function loadSegments(events: string, keys: PrunedKeys, onTrouble: OnTrouble): Promise<Omit<LoadedLog, 'keys'>> {
  const index = createRunIndex()
  const segments: Segment[] = []
  const names = await listSegments(events)
  let nextSeq = Math.max(1, ...names.map(firstSeqOf))
  for (const name of names) {
    const segment = createSegment(name)
    segments.push(segment)
    const carried: KeyRecord[] = []
    const parsed = await parseOrSetAside(events, name, onTrouble, (record, offset, length) => {
      if (record.t === 'key') carried.push(record)
      else addWritten(index, record, { segment: name, offset, length })
      growSegment(segment, record, length)
      nextSeq = Math.max(nextSeq, record.seq + 1)
    })
    // Earlier versions wrote keys into the segments, so that these are on disk already.
    keys.add(keyFileOf(name), carried)
    keys.written(keyFileOf(name))
    const moved = parsed === null || (await repairSegment(events, name, name === names.at(-1), parsed, onTrouble))
    // Rare enough that reading everything again is the simplest way to learn where each line is now.
    if (moved) return loadSegments(events, keys, onTrouble)
  }
  index.settleAnswers()
  return { index, segments, nextSeq }
}

function addWritten(index: RunIndex, record: RunRecord, at: Extent): void {
  const row = index.add(record, null)
  if (row !== null) index.written(row, writeRecord(record), at)
}

// Errors that are about this one file; any other (such as too many open files) could hit a healthy one as well.
const UNREADABLE = new Set(['EIO', 'EISDIR', 'EACCES', 'EPERM'])

/** Parses a segment, and sets it aside if it cannot be read; `null` when it is no longer there. */
async function parseOrSetAside(
  events: string,
  name: string,
  onTrouble: OnTrouble,
  onRecord: OnRecord,
): Promise<ParsedSegment | null> {
  try {
    return await parseSegment(events, name, 0, onRecord)
  } catch (error) {
    if (!UNREADABLE.has(codeOf(error) ?? '')) throw error
    const aside = await setSegmentAside(events, name)
    onTrouble('stateDamaged', `part of the journal was set aside: ${aside}: ${messageOf(error)}`)
    return null
  }
}
