// Reading the whole log at the start of a run: its ledger, its segments, and where it goes on.
import { codeOf, messageOf } from '../core/errors.ts'

import { createLedger, type Ledger } from './index-by-delivery.ts'
import { type Scanned, scanSegment } from './parser.ts'
import { cutTail, setDamageAside, setSegmentAside, tornTail } from './repair.ts'
import { createSegment, firstSeqOf, grow, listSegments, placeOf, type Segment } from './segments.ts'
import type { OnTrouble } from './writer.ts'

export interface Loaded {
  readonly ledger: Ledger
  /** Oldest first. */
  readonly segments: Segment[]
  readonly nextSeq: number
}

/** Reads the log and heals it; only the holder of the lock may do that. */
export async function loadLog(events: string, onTrouble: OnTrouble): Promise<Loaded> {
  const ledger = createLedger()
  const segments: Segment[] = []
  const names = await listSegments(events)
  let nextSeq = Math.max(1, ...names.map(firstSeqOf))
  for (const name of names) {
    const segment = createSegment(name)
    segments.push(segment)
    const scanned = await scanOrSetAside(events, name, onTrouble, (head, offset, length) => {
      ledger.add({ head, at: placeOf(head, name, offset, length) })
      grow(segment, head, length)
      nextSeq = Math.max(nextSeq, head.seq + 1)
    })
    const moved = await heal(events, name, name === names.at(-1), scanned, onTrouble)
    // Seldom enough that reading everything again is the simplest way to know where every line is now.
    if (moved) return loadLog(events, onTrouble)
  }
  return { ledger, segments, nextSeq }
}

/** Puts right what a walk over a segment found; `true` when lines are elsewhere since. */
async function heal(
  events: string,
  name: string,
  isLast: boolean,
  scanned: Scanned | null,
  onTrouble: OnTrouble,
): Promise<boolean> {
  if (scanned === null) return true
  if (scanned.bad.length === 0) return false
  const torn = isLast ? tornTail(scanned) : null
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
async function scanOrSetAside(
  events: string,
  name: string,
  onTrouble: OnTrouble,
  onLine: Parameters<typeof scanSegment>[3],
): Promise<Scanned | null> {
  try {
    return await scanSegment(events, name, 0, onLine)
  } catch (error) {
    if (!UNREADABLE.has(codeOf(error) ?? '')) throw error
    const aside = await setSegmentAside(events, name)
    onTrouble('stateDamaged', `part of the journal was set aside: ${aside}: ${messageOf(error)}`)
    return null
  }
}
