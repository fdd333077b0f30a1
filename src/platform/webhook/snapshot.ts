// The snapshot of a run on disk: the registration as it was before the claim, which is owed to the platform.

import { readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, DevHookError, messageOf } from '../../core/errors.ts'
import { makePrivateFolder, writePrivateFile } from '../../core/files/private-file.ts'
import { runIdOf } from '../../core/hook-url.ts'
import { type Json, textIn } from '../../core/json.ts'

import type { Ancestor } from './ancestors.ts'
import type { WebhookLocation } from './location.ts'
import { decodeSnapshot, encodeSnapshot } from './snapshot-format.ts'

export interface Snapshot {
  readonly version: 1
  readonly kind: 'bot' | 'service'
  /** Origin and path prefix of the API. */
  readonly apiHost: string
  readonly botId: string
  /** The run that claims, or adopted this snapshot from one that died. */
  readonly runId: string
  /** Every URL that was put there, or was about to be: ours. */
  readonly urls: readonly string[]
  /** `null` as long as a service of ours has no id yet; then it is found by its name. */
  readonly location: WebhookLocation | null
  readonly serviceName: string
  /** A service that dev-hook made, and takes away again. */
  readonly created: boolean
  /** The whole nested object as it was; `null` when nothing was there. */
  readonly before: Json | null
  /** A service's status, which stands beside its nested object. */
  readonly beforeStatus: string | null
  /** The URL before was that of a dev-hook that is gone: what stood there before that one, nobody knows. */
  readonly previousUnknown: boolean
  /** The dev-hooks behind this one, the nearest first, with what each of them would put back; absent where there are none. */
  readonly ancestors?: readonly Ancestor[]
  /** When it was taken, ISO 8601. */
  readonly takenAt: string
  readonly pid: number
  /** When the last write was sent whose answer never came (it may still land), ms since the epoch; else `null`. */
  readonly writeSentAt: number | null
}

/** What was read from disk. `damaged` is the path of a snapshot that is not what was written. */
export type SnapshotFile =
  | { readonly snapshot: Snapshot; readonly damaged: null }
  | { readonly snapshot: null; readonly damaged: string | null }

const NAME = 'snapshot.json'

/** Reads the snapshot in a bot's state folder, and changes nothing. Throws `stateUnwritable`. */
export async function readSnapshot(folder: string): Promise<SnapshotFile> {
  const path = join(folder, NAME)
  try {
    const snapshot = decodeSnapshot(await readFile(path, 'utf8'))
    return snapshot === null ? { snapshot, damaged: path } : { snapshot, damaged: null }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { snapshot: null, damaged: null }
    throw unwritable(path, error)
  }
}

/** Renames a snapshot that cannot be understood, so that a run can go on; for whoever holds the bot. Resolves with its new path. Throws `stateUnwritable`. */
export async function setSnapshotAside(folder: string, now: () => number): Promise<string> {
  const path = join(folder, NAME)
  const time = new Date(now()).toISOString().replaceAll(/[:.]/g, '-')
  const aside = join(folder, `snapshot.damaged-${time}.json`)
  await rename(path, aside).catch((error: unknown) => {
    throw unwritable(path, error)
  })
  return aside
}

/** Writes a snapshot atomically and synced: on return it survives a crash. Throws `stateUnwritable`. */
export async function writeSnapshot(folder: string, snapshot: Snapshot): Promise<void> {
  const path = join(folder, NAME)
  try {
    await makePrivateFolder(folder)
    await writePrivateFile(path, encodeSnapshot(snapshot))
  } catch (error) {
    throw unwritable(path, error)
  }
}

/** Deletes the snapshot: nothing is owed any more. Throws `stateUnwritable`. */
export async function deleteSnapshot(folder: string): Promise<void> {
  const path = join(folder, NAME)
  await rm(path, { force: true }).catch((error: unknown) => {
    throw unwritable(path, error)
  })
}

/** The command that restores a snapshot: whole, as a run may have been given another bot or host than it would find by itself. */
export const restoreCommand = ({ botId, apiHost }: Pick<Snapshot, 'botId' | 'apiHost'>): string =>
  `\`dev-hook restore --bot ${botId} --api-host ${apiHost}\``

/** The URL that a snapshot puts back; `null` when there was none. */
export const urlBefore = ({ before }: Snapshot): string | null => textIn(before, 'url')

/** Whether a URL was put there by the run of this snapshot, even if the platform writes it in another way. */
export function isOurs(snapshot: Snapshot, url: string | null): boolean {
  if (url === null) return false
  if (snapshot.urls.includes(url)) return true
  const runId = runIdOf(url)
  return runId !== null && (runId === snapshot.runId || snapshot.urls.some((ours) => runIdOf(ours) === runId))
}

const unwritable = (path: string, cause: unknown): DevHookError =>
  new DevHookError('stateUnwritable', `${path}: ${codeOf(cause) ?? messageOf(cause)}`, { cause })
