// Where other dev-hook commands of this user find the inspector of a run: a private file in the bot's state folder.

import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '../core/errors.ts'
import { writePrivateFile } from '../core/files.ts'

export interface InspectorAddress {
  /** The run that listens there. */
  readonly runId: string
  readonly port: number
  /** Proves that who asks may read this user's files. */
  readonly token: string
}

const pathIn = (folder: string): string => join(folder, 'inspector.json')

/** Writes it; only the user may read it. */
export const writeAddress = (folder: string, address: InspectorAddress): Promise<void> =>
  writePrivateFile(pathIn(folder), `${JSON.stringify(address)}\n`)

/** The address that is written there; `null` when there is none. It may be that of a run that died. */
export async function readAddress(folder: string): Promise<InspectorAddress | null> {
  try {
    const address: unknown = JSON.parse(await readFile(pathIn(folder), 'utf8'))
    return isAddress(address) ? address : null
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return null
    throw error
  }
}

/** Takes it away. */
export const removeAddress = (folder: string): Promise<void> => rm(pathIn(folder), { force: true })

function isAddress(value: unknown): value is InspectorAddress {
  if (typeof value !== 'object' || value === null) return false
  const { runId, port, token } = value as Readonly<Record<string, unknown>>
  return typeof runId === 'string' && typeof port === 'number' && typeof token === 'string'
}
