// The file by which other dev-hook commands of this user find the inspector of a run, private to the user.
import { createHash } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { repeat } from '../core/async.ts'
import { codeOf } from '../core/errors.ts'
import { exists } from '../core/files/exists.ts'
import { makePrivateFolder, writePrivateFile } from '../core/files/private-file.ts'
import { isRecord, type Json } from '../core/json.ts'
import { createAccess } from './access.ts'

/** Where the inspector of a run listens on 127.0.0.1. */
export interface InspectorAddress {
  /** The run that listens there. */
  readonly runId: string
  readonly port: number
  /** Proves that a client may read this user's files. */
  readonly token: string
}

/** Where page and API of a run are, and how one is let in. */
export interface PagePlace {
  /** `http://127.0.0.1:4747` */
  readonly inspector: string
  /** The file with the token for programs. */
  readonly tokenFile: string
  /** The address with the token that lets a browser in: not to be logged. */
  readonly link: string
}

/** The place of the page of a run, whose address is in this state folder. */
export function pagePlace(folder: string, { port, token }: Pick<InspectorAddress, 'port' | 'token'>): PagePlace {
  const inspector = `http://127.0.0.1:${port}`
  return { inspector, tokenFile: addressPath(folder), link: `${inspector}/?token=${createAccess(token).linkToken}` }
}

/** The file in a bot’s state folder. */
export const addressPath = (folder: string): string => join(folder, 'inspector.json')

/** Writes the address into the bot's state folder, for this user alone. */
export const writeAddress = (folder: string, address: InspectorAddress): Promise<void> =>
  writePrivateFile(addressPath(folder), `${JSON.stringify({ ...address, checksum: checksumOf(address) })}\n`)

/**
 * Writes the address again whenever it is gone, as it is when somebody has emptied or moved the state folder of a run. Returns what ends
 * that.
 */
export function keepAddress(folder: string, address: InspectorAddress, everyMs: number): () => Promise<void> {
  let keeping = Promise.resolve()
  const stop = repeat(everyMs, () => {
    keeping = keeping.then(() => writeIfGone(folder, address))
  })
  return () => {
    stop()
    return keeping
  }
}

async function writeIfGone(folder: string, address: InspectorAddress): Promise<void> {
  try {
    if (await exists(addressPath(folder))) return
    await makePrivateFolder(folder)
    await writeAddress(folder, address)
  } catch {
    // The folder cannot be written for now: it is tried again.
  }
}

/** Reads the address in a bot's state folder; `null` when there is none, or it is damaged. It may be that of a run that died. */
export async function readAddress(folder: string): Promise<InspectorAddress | null> {
  try {
    return addressIn(JSON.parse(await readFile(addressPath(folder), 'utf8')))
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return null
    throw error
  }
}

/** Deletes the address in a bot's state folder. */
export const removeAddress = (folder: string): Promise<void> => rm(addressPath(folder), { force: true })

function addressIn(file: unknown): InspectorAddress | null {
  if (!isRecord(file)) return null
  const { checksum, ...address } = file
  if (!isAddress(address)) return null
  // Without a checksum it is one of the first version, which had none: in any other its name is what is damaged.
  return checksum === undefined || checksum === checksumOf(address) ? address : null
}

function isAddress(value: Json): value is InspectorAddress & Json {
  const { runId, port, token, ...more } = value
  const isPort = typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536
  return typeof runId === 'string' && isPort && typeof token === 'string' && Object.keys(more).length === 0
}

const checksumOf = ({ runId, port, token }: InspectorAddress): string =>
  createHash('sha256')
    .update(JSON.stringify([runId, port, token]))
    .digest('hex')
