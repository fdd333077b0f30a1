// Reading the whole log at the start of a run: its index, its segments, and the number of its next record.
import { codeOf, DevHookError, messageOf } from '../core/errors.ts'
import { makePrivateFolder } from '../core/files.ts'
import { createDeliveryIndex, type DeliveryIndex, settleAnswer } from './index-by-delivery.ts'
import { type OnRecord, type ParsedSegment, parseSegment } from './parser.ts'
import { removeLeftovers } from './prune.ts'
import { cutTail, setDamageAside, setSegmentAside, tornTail } from './repair.ts'
import {
  createSegment,
  extentOf,
  firstSeqOf,
  growSegment,
  type Limits,
  listSegments,
  type Segment,
} from './segments.ts'
import type { OnTrouble } from './write/trouble.ts'

export interface LoadedLog {
  readonly index: DeliveryIndex
  /** Oldest first. */
  readonly segments: Segment[]
  readonly nextSeq: number
}

/** Reads the log in a folder, and repairs it: only the holder of the lock may do that. Rejects with `stateUnwritable`. */
export async function loadLog(events: string, limits: Limits, now: number, onTrouble: OnTrouble): Promise<LoadedLog> {
  try {
    await makePrivateFolder(events)
    await removeLeftovers(events, limits, now)
    return await loadSegments(events, onTrouble)
  } catch (cause) {
    const message = `the journal cannot be opened in ${events}: ${messageOf(cause)}`
    throw new DevHookError('stateUnwritable', message, { cause })
  }
}

async function loadSegments(events: string, onTrouble: OnTrouble): Promise<LoadedLog> {
  const index = createDeliveryIndex()
  const segments: Segment[] = []
  const names = await listSegments(events)
  let nextSeq = Math.max(1, ...names.map(firstSeqOf))
  for (const name of names) {
    const segment = createSegment(name)
    segments.push(segment)
    const parsed = await parseOrSetAside(events, name, onTrouble, (record, offset, length) => {
      index.add({ record, content: extentOf(record, name, offset, length) })
      growSegment(segment, record, length)
      nextSeq = Math.max(nextSeq, record.seq + 1)
    })
    const moved = await repair(events, name, name === names.at(-1), parsed, onTrouble)
    // Seldom enough that reading everything again is the simplest way to know where every line is now.
    if (moved) return loadSegments(events, onTrouble)
  }
  for (const entry of index.entries.values()) settleAnswer(entry)
  return { index, segments, nextSeq }
}

/** Repairs what was found in a segment; `true` when its lines are elsewhere since. */
async function repair(
  events: string,
  name: string,
  isLast: boolean,
  parsed: ParsedSegment | null,
  onTrouble: OnTrouble,
): Promise<boolean> {
  if (parsed === null) return true
  if (parsed.damaged.length === 0) return false
  const torn = isLast ? tornTail(parsed) : null
  if (torn !== null) {
    await cutTail(events, name, torn)
    return false
  }
  const aside = await setDamageAside(events, name)
  onTrouble('stateDamaged', `part of the journal cannot be read and was set aside: ${aside}`)
  return true
}

// Errors of this one file; any other could befall a healthy one.
const UNREADABLE = new Set(['EIO', 'EISDIR', 'EACCES', 'EPERM'])

/** `null` when the segment is not there any more. */
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
