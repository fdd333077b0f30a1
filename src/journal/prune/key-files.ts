// The files with the keys of pruned segments: one for each segment, of the same name and format, in a folder of their own.
import { constants } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { nextTurn } from '../../core/async.ts'
import { messageOf } from '../../core/errors.ts'
import { makePrivateFolder } from '../../core/files/private-file.ts'
import type { KeyRecord } from '../format/record-format.ts'
import { parseSegment } from '../parser.ts'
import { removeLeftovers, repairSegment } from '../repair.ts'
import { firstSeqOf, type Limits, listSegments, segmentName } from '../segments.ts'
import { addLine } from '../write/add-line.ts'
import { createByteBuffer } from '../write/byte-buffer.ts'
import { type OpenFile, writePieces } from '../write/log-file.ts'
import type { OnTrouble } from '../write/trouble.ts'
import { createPrunedKeys, type PrunedKeys } from './pruned-keys.ts'

/** The folder of the key files, inside the folder of the bot. */
export const keysFolder = (folder: string): string => join(folder, 'keys')

/** The name of a segment's key file, which has the current format, whatever the segment has. */
export const keyFileOf = (segment: string): string => segmentName(firstSeqOf(segment))

/** How many lines are made in one turn of the event loop, which takes a few tenths of a millisecond. */
const LINES_AT_ONCE = 100

/** Writes the key file of a segment, durably; `records` are as `writeRecord` writes them. Rejects when the disk refuses. */
export async function writeKeyFile(path: string, records: readonly string[], openFile: OpenFile): Promise<void> {
  const buffer = createByteBuffer()
  for (const [i, json] of records.entries()) {
    addLine(buffer, json, null)
    if (i % LINES_AT_ONCE === LINES_AT_ONCE - 1) await nextTurn()
  }
  const file = await openFile(path, constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC, 0o600)
  try {
    await writePieces(file, buffer.bytes(), 0)
    await file.datasync()
  } finally {
    await file.close()
  }
}

/**
 * Reads and repairs all key files in a folder, which is created if it is missing; reports those that cannot be read. Rejects when the
 * folder itself cannot be read.
 */
export async function loadKeyFiles(
  folder: string,
  limits: Limits,
  now: number,
  onTrouble: OnTrouble,
): Promise<PrunedKeys> {
  await makePrivateFolder(folder)
  await removeLeftovers(folder, limits, now)
  const keys = createPrunedKeys()
  for (const name of await listSegments(folder)) {
    const records: KeyRecord[] = []
    try {
      const parsed = await parseSegment(folder, name, 0, (record) => {
        if (record.t === 'key') records.push(record)
      })
      // If a crash cut it off, its segment is still there, and pruning that writes the file again.
      if (parsed !== null) await repairSegment(folder, name, true, parsed, onTrouble)
    } catch (error) {
      onTrouble('stateDamaged', `what was received before is not recognised any more: ${messageOf(error)}`)
    }
    keys.add(name, records)
    keys.written(name)
  }
  return keys
}

/** Removes a key file. Never rejects: the next start tries again. */
export const removeKeyFile = (path: string): Promise<void> => rm(path, { force: true }).catch(() => undefined)
