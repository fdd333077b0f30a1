// A folder with files in it, watched for a test.
import { mkdir, mkdtemp, open, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, sep } from 'node:path'
import { onTestFinished } from 'vitest'
import { startWatcher, type Watcher, type WatcherOptions } from '../../src/watch/watcher.ts'
import { eventually } from './wait.ts'

/** Creates a project, in a folder of its own inside another one, which a test may swap for another one. */
export async function projectForTest(): Promise<string> {
  const above = await realpath(await mkdtemp(join(tmpdir(), 'dev-hook-watch-')))
  onTestFinished(() => rm(above, { recursive: true, force: true }))
  const root = join(above, 'packages/project')
  const files = [
    'bot.js',
    'src/a.js',
    'src/deep/b.js',
    'next/a.js',
    'next/deep/b.js',
    'node_modules/dep/index.js',
    'dist/out.js',
  ]
  for (const file of files) await put(join(root, file), file)
  await writeFile(join(root, '.gitignore'), 'dist/\n*.log\n.env\n')
  return root
}

/**
 * Writes a file, with the folders that it is in: in place, but in one go, or as a whole where it is new. Node empties a file before it
 * writes it, which a watcher on a busy machine takes for a save of its own.
 */
export async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const file = await open(path, 'r+').catch(() => null)
  if (file === null) return putNew(path, text)
  try {
    await file.write(text, 0)
    if ((await file.stat()).size > Buffer.byteLength(text)) await file.truncate(Buffer.byteLength(text))
  } finally {
    await file.close()
  }
}

async function putNew(path: string, text: string): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'dev-hook-put-'))
  await writeFile(join(scratch, 'file'), text)
  await rename(join(scratch, 'file'), path)
  await rm(scratch, { recursive: true })
}

export interface Watched {
  readonly watcher: Watcher
  /** What was reported, in bursts; paths have slashes everywhere. */
  readonly batches: string[][]
  readonly warnings: string[]
  /** Saves a file of the project. */
  save(path: string, text?: string): Promise<void>
  /** Every path that was reported, sorted, each once. */
  reported(): string[]
  forget(): void
  /** Saves a file until that is reported: what was saved before has been reported by then. */
  settle(): Promise<void>
}

/** Watches a project until the test is over. */
export async function watchForTest(root: string, options: Partial<WatcherOptions> = {}): Promise<Watched> {
  const batches: string[][] = []
  const warnings: string[] = []
  const watcher = startWatcher({
    root,
    onBatch: (paths) => batches.push(paths.map((path) => path.split(sep).join('/')).sort()),
    warn: (kind, message) => warnings.push(`${kind}: ${message}`),
    ...options,
  })
  onTestFinished(() => watcher.stop())
  await watcher.ready
  let saves = 0
  const next = (): number => {
    saves += 1
    return saves
  }
  const save = (path: string, text = `save ${next()}`): Promise<void> => put(join(root, path), text)
  const all = (): Set<string> => new Set(batches.flat())
  return {
    watcher,
    batches,
    warnings,
    save,
    reported: () => [...all()].filter((path) => !path.startsWith('settled-')).sort(),
    forget: () => void batches.splice(0),
    settle: async () => {
      const name = `settled-${next()}`
      await save(name)
      await eventually(() => all().has(name))
      await watcher.settled()
    },
  }
}
