// The files of what is left of pruned segments: one for each, of the same name and in the same format, in a folder beside them.
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

/** The folder of the files, inside the folder of the bot. */
export const keysFolder = (folder: string): string => join(folder, 'keys')

/** The file of what is left of a segment. Its format is that of now, whatever that of the segment was. */
export const keyFileOf = (segment: string): string => segmentName(firstSeqOf(segment))

/** How many lines are made at once: some tenths of a millisecond in which nothing else is done. */
const LINES_AT_ONCE = 100

/** Writes what is left of a segment, as `writeRecord` has written it; durable on return. Rejects when the disk refuses. */
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
 * Reads all files of a folder, which is made if it is not there, and repairs them; says what cannot be read. Rejects when the folder
 * itself cannot.
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
      // Where a crash has cut one off, its segment is there still, and writes it again.
      if (parsed !== null) await repairSegment(folder, name, true, parsed, onTrouble)
    } catch (error) {
      onTrouble('stateDamaged', `what was received before is not recognised any more: ${messageOf(error)}`)
    }
    keys.add(name, records)
    keys.written(name)
  }
  return keys
}

/** Removes a file. One that cannot be removed is tried again at the next start, when it is as old. */
export const removeKeyFile = (path: string): Promise<void> => rm(path, { force: true }).catch(() => undefined)
