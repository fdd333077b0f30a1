// Writing several files so that either all of them change or none.
import { mkdir, realpath, rmdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { codeOf, DevHookError, messageOf } from '../core/errors.ts'
import { type PreparedFile, prepareFile } from '../core/files/private-file.ts'
import type { PlannedFile } from './plan.ts'
import { readProjectText } from './read-text.ts'

const PRIVATE = 0o600
const ORDINARY = 0o644

/**
 * Prepares every file next to its place, then moves one after the other there. Throws before anything has changed:
 * `usage` when a file is no longer as it was shown or cannot be written, or `interrupted`.
 */
export async function writeAll(cwd: string, files: readonly PlannedFile[], signal: AbortSignal): Promise<void> {
  const prepared: PreparedFile[] = []
  try {
    for (const file of files) prepared.push(await prepareInFolder(cwd, file))
    if (signal.aborted) throw new DevHookError('interrupted', 'init was cancelled; nothing was written')
  } catch (error) {
    await Promise.all(prepared.map((file) => file.discard()))
    throw error
  }
  for (const [at, file] of prepared.entries()) {
    try {
      await file.commit()
    } catch (error) {
      await Promise.all(prepared.slice(at).map((rest) => rest.discard()))
      throw error
    }
  }
}

/** Prepares one file, and the folder for it where there is none: discarded, neither of them stays. */
async function prepareInFolder(cwd: string, file: PlannedFile): Promise<PreparedFile> {
  const folder = dirname(join(cwd, file.name))
  const first = await makeFolder(folder, file.name)
  const removeFolders = (): Promise<void> => removeEmpty(folder, first)
  try {
    const { commit, discard } = await prepare(cwd, file)
    return { commit, discard: () => discard().then(removeFolders) }
  } catch (error) {
    await removeFolders()
    throw error
  }
}

/** Gives the outermost folder that was made; `undefined` when they are all there. */
async function makeFolder(folder: string, name: string): Promise<string | undefined> {
  try {
    return await mkdir(folder, { recursive: true })
  } catch (cause) {
    throw cannotWrite(name, cause)
  }
}

/** Removes a folder and those around it, up to the outermost that was made. */
async function removeEmpty(folder: string, first: string | undefined): Promise<void> {
  if (first === undefined) return
  for (let at = folder; at.length >= first.length; at = dirname(at)) {
    try {
      await rmdir(at)
    } catch {
      // Somebody else has put something there meanwhile.
      return
    }
  }
}

async function prepare(cwd: string, { name, before, after, private: isPrivate }: PlannedFile): Promise<PreparedFile> {
  try {
    // A link stays one: what it points to is replaced.
    const path = before === null ? join(cwd, name) : await realpath(join(cwd, name))
    const now = await readProjectText(path)
    if (now !== before)
      throw new DevHookError('usage', `${name} was changed in the meantime`, { remedy: 'start again' })
    const mode = before === null ? ORDINARY : (await stat(path)).mode & 0o777
    return await prepareFile(path, after, isPrivate ? PRIVATE : mode)
  } catch (cause) {
    if (cause instanceof DevHookError) throw cause
    throw cannotWrite(name, cause)
  }
}

const cannotWrite = (name: string, cause: unknown): DevHookError =>
  new DevHookError('usage', `${name} cannot be written: ${codeOf(cause) ?? messageOf(cause)}`, {
    cause,
    remedy: 'make the folder writable; nothing was changed',
  })
