// Writing small private files so that a reader, or a crash, sees either the old content or the new, never half of it.
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { retry } from '../async.ts'
import { codeOf, messageOf } from '../errors.ts'
import { isFolder } from './exists.ts'

const OTHERS = 0o077
const STICKY = 0o1000

/** Creates a folder that only its owner may enter. One that is there is narrowed; rejects when that is not allowed. */
export async function makePrivateFolder(path: string): Promise<void> {
  await makeFolders(path)
  if (process.platform === 'win32') return
  const { mode } = await stat(path)
  // One in which everybody keeps things of their own, such as /tmp, is not ours to close, and lets nobody move ours.
  if ((mode & OTHERS) === 0 || (mode & STICKY) !== 0) return
  await chmod(path, 0o700).catch((cause: unknown) => {
    throw new Error(`${path} is open to other users, and cannot be closed: ${messageOf(cause)}`, { cause })
  })
}

/** Creates a folder, and those around it. Node's own never ends where nothing can be created, as in `/proc`: it tries again for ever. */
async function makeFolders(path: string): Promise<void> {
  try {
    await makeOne(path)
  } catch (error) {
    const parent = dirname(path)
    if (codeOf(error) !== 'ENOENT' || parent === path) throw error
    await makeFolders(parent)
    await makeOne(path)
  }
}

/** Creates a folder in one that is there. */
async function makeOne(path: string): Promise<void> {
  await mkdir(path, { mode: 0o700 }).catch(async (error: unknown) => {
    // Some systems say that the root is busy, or a drive forbidden, rather than that it is there.
    if (!(await isFolder(path))) throw error
  })
}

/** A file that lies ready under another name in the same folder, synced. */
export interface PreparedFile {
  /** Puts it in its place; whoever looks sees the old content or the new. On return it is on disk. */
  commit(): Promise<void>
  /** Takes it away again. */
  discard(): Promise<void>
}

/** Writes `text` next to `path`, with this mode. */
export async function prepareFile(path: string, text: string, mode: number): Promise<PreparedFile> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  const discard = (): Promise<void> => rm(temporary, { force: true })
  try {
    const file = await open(temporary, 'wx', mode)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
  } catch (error) {
    await discard()
    throw error
  }
  const commit = async (): Promise<void> => {
    try {
      await renameOver(temporary, path)
    } catch (error) {
      await discard()
      throw error
    }
    await syncFolder(dirname(path))
  }
  return { commit, discard }
}

/** Replaces `path` with `text` atomically: temporary file (0600), synced, renamed. On return it is on disk. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  await (await prepareFile(path, text, 0o600)).commit()
}

// Windows refuses to replace a file that a virus scanner or indexer has open for a moment.
const BUSY = new Set(['EPERM', 'EACCES', 'EBUSY'])

const renameOver = (from: string, to: string): Promise<void> =>
  retry(() => rename(from, to), {
    // 10 ms, 20, 40 … 640.
    pace: ({ n }) => 10 * 2 ** n,
    tries: 8,
    shouldRetry: (error) => process.platform === 'win32' && BUSY.has(codeOf(error) ?? ''),
  })

/** Makes what was created or renamed in a folder durable; Windows cannot open a folder for that, and does not need it. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
