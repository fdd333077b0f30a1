// The file by which other dev-hook commands of this user find the inspector of a run, private to the user.
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '../core/errors.ts'
import { writePrivateFile } from '../core/files.ts'
import { isRecord } from '../core/json.ts'

/** Where the inspector of a run listens on 127.0.0.1. */
export interface InspectorAddress {
  /** The run that listens there. */
  readonly runId: string
  readonly port: number
  /** Proves that a client may read this user's files. */
  readonly token: string
}

const pathIn = (folder: string): string => join(folder, 'inspector.json')

/** Writes the address into the bot's state folder, for this user alone. */
export const writeAddress = (folder: string, address: InspectorAddress): Promise<void> =>
  writePrivateFile(pathIn(folder), `${JSON.stringify(address)}\n`)

/** Reads the address in a bot's state folder; `null` when there is none. It may be that of a run that died. */
export async function readAddress(folder: string): Promise<InspectorAddress | null> {
  try {
    const address: unknown = JSON.parse(await readFile(pathIn(folder), 'utf8'))
    return isAddress(address) ? address : null
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return null
    throw error
  }
}

/** Deletes the address in a bot's state folder. */
export const removeAddress = (folder: string): Promise<void> => rm(pathIn(folder), { force: true })

function isAddress(value: unknown): value is InspectorAddress {
  if (!isRecord(value)) return false
  const { runId, port, token } = value
  return typeof runId === 'string' && typeof port === 'number' && typeof token === 'string'
}
