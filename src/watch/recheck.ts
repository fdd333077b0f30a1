// A second look at files that were just told of, for what the watcher has missed.

import { stat } from 'node:fs/promises'
import { sleep } from '../core/async.ts'

// chokidar tells of a change of a file, and of further ones within the next 50 ms never.
const DEAF_MS = 60

/** Gives those of the files, absolute, that were changed shortly after they were told of; none when it is aborted. Never rejects. */
export async function changedSince(paths: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
  const before = await Promise.all(paths.map(stampOf))
  await sleep(DEAF_MS, signal).catch(() => undefined)
  if (signal.aborted) return []
  const after = await Promise.all(paths.map(stampOf))
  return paths.filter((_, i) => before[i] !== after[i])
}

/** Differs when the file does; the same for one that is not there. */
async function stampOf(path: string): Promise<string> {
  const { mtimeMs, size, ino } = await stat(path).catch(() => ({ mtimeMs: 0, size: 0, ino: 0 }))
  return `${mtimeMs} ${size} ${ino}`
}
