// Writing several files so that either all of them change or none.
import { realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, DevHookError, messageOf } from '../core/errors.ts'
import { type PreparedFile, prepareFile } from '../core/files.ts'
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
    for (const file of files) prepared.push(await prepare(cwd, file))
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
    throw new DevHookError('usage', `${name} cannot be written: ${codeOf(cause) ?? messageOf(cause)}`, {
      cause,
      remedy: 'make the folder writable; nothing was changed',
    })
  }
}
