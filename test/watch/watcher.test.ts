// What noticing saves promises, with real files.

import { mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { type ChokidarOptions, FSWatcher, watch } from 'chokidar'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startWatcher, type WatcherOptions } from '../../src/watch/watcher.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { eventually } from '../support/wait.ts'

async function folder(): Promise<string> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'dev-hook-watch-')))
  onTestFinished(() => rm(root, { recursive: true }))
  await mkdir(join(root, 'src'))
  await mkdir(join(root, 'node_modules/dep'), { recursive: true })
  await mkdir(join(root, 'dist'))
  for (const file of ['bot.js', 'src/a.js', 'node_modules/dep/index.js', 'dist/out.js'])
    await writeFile(join(root, file), '1')
  await writeFile(join(root, '.gitignore'), 'dist/\n*.log\n.env\n')
  return root
}

async function watchIn(root: string, options: Partial<WatcherOptions> = {}) {
  const batches: string[][] = []
  const warnings: string[] = []
  const watcher = startWatcher({
    root,
    changed: (paths) => batches.push(paths.map((path) => path.split(sep).join('/')).sort()),
    warn: (kind) => warnings.push(kind),
    ...options,
  })
  onTestFinished(() => watcher.stop())
  await watcher.ready
  const save = (path: string, text = '2'): Promise<void> => writeFile(join(root, path), text)
  /** Saves a file that is watched, and waits until it was told: what was saved before has been told by then. */
  let marks = 0
  const mark = async (): Promise<void> => {
    const name = `mark-${marks++}`
    await save(name)
    await eventually(() => batches.flat().includes(name))
  }
  const told = (): string[] => [...new Set(batches.flat())].filter((path) => !path.startsWith('mark-'))
  return { watcher, batches, warnings, save, mark, told }
}

describe('Noticing saves', () => {
  it('files that are changed, added and removed are told by their path from the root', async () => {
    const root = await folder()
    const { save, told } = await watchIn(root)
    await save('src/a.js')
    await eventually(() => told().includes('src/a.js'))
    await mkdir(join(root, 'src/deep'))
    // A file that comes while chokidar only begins to watch its new folder is noticed when it is saved again.
    await eventually(async () => {
      await save('src/deep/b.js')
      return told().includes('src/deep/b.js')
    })
    await rm(join(root, 'bot.js'))
    await eventually(() => told().includes('bot.js'))
    expect(told().sort()).toEqual(['bot.js', 'src/a.js', 'src/deep/b.js'])
  })

  it('what an editor does to save, a file renamed over the old one, is one save', async () => {
    const root = await folder()
    const { save, told } = await watchIn(root)
    await save('bot.js.log', 'new')
    await rename(join(root, 'bot.js.log'), join(root, 'bot.js'))
    await eventually(() => told().length > 0)
    expect(told()).toEqual(['bot.js'])
  })

  it('what is ignored is not told', async () => {
    const { save, mark, told } = await watchIn(await folder())
    for (const path of ['node_modules/dep/index.js', 'dist/out.js', 'debug.log', '.env']) await save(path)
    await mark()
    await mark()
    expect(told()).toEqual([])
  })

  it('saves close to each other are told at once, each path once', async () => {
    const { save, batches } = await watchIn(await folder(), { times: { leadMs: 400 } })
    for (const text of ['2', '3', '4']) {
      await save('bot.js', text)
      await save('src/a.js', text)
    }
    await eventually(() => batches.length > 0)
    expect(batches).toEqual([['bot.js', 'src/a.js']])
  })

  it('a file that is saved again just after it was told is told again, and rest comes after that', async () => {
    const root = await folder()
    const changing: string[] = []
    const { watcher, save, batches } = await watchIn(root, { changing: (path) => changing.push(path) })
    await save('bot.js', '2')
    await eventually(() => batches.length > 0)
    // chokidar says nothing of this one: it is too soon after the first.
    await save('bot.js', '3')
    await eventually(() => changing.length > 1)
    expect(batches).toEqual([['bot.js']])
    await watcher.settled()
    expect(batches).toEqual([['bot.js'], ['bot.js']])
  })

  it('only what is listed is watched, and files that are asked for besides, ignored or not there yet', async () => {
    const { save, told } = await watchIn(await folder(), { paths: ['src', 'dist'], also: ['.env'] })
    await save('bot.js')
    await save('.env', 'A=1')
    await eventually(() => told().includes('.env'))
    await save('dist/out.js')
    await eventually(() => told().includes('dist/out.js'))
    await save('.env', 'A=2!')
    await save('src/a.js')
    await eventually(() => told().includes('src/a.js'))
    expect(told().sort()).toEqual(['.env', 'dist/out.js', 'src/a.js'])
  })

  it('a link to a folder above does not lead in circles', async () => {
    const root = await folder()
    await symlink(root, join(root, 'src/circle'))
    const { save, told } = await watchIn(root)
    await save('src/a.js')
    await eventually(() => told().includes('src/a.js'))
  })

  it('nothing is told after the stop, not even a batch that was being gathered', async () => {
    const root = await folder()
    const seen: string[] = []
    const clock = createFakeClock()
    const { watcher, save, batches } = await watchIn(root, {
      clock,
      watch: (paths, options) => watch(paths, options).on('all', (_, path) => void seen.push(path)),
    })
    await save('bot.js')
    await eventually(() => seen.length > 0)
    expect(clock.timers()).toBeGreaterThan(0)
    await watcher.stop()
    await watcher.stop()
    await save('bot.js', '3')
    await clock.pass(60_000)
    expect(batches).toEqual([])
  })

  it('a stop before the first look is over leaves nothing behind', async () => {
    const watcher = startWatcher({ root: await folder(), changed: () => {}, warn: () => {} })
    await watcher.stop()
  })

  it('when the system has no more watches, it says so once and polls', async () => {
    const opened: ChokidarOptions[] = []
    const { save, told, warnings } = await watchIn(await folder(), {
      watch: (paths, options) => {
        opened.push(options)
        if (options.usePolling) return watch(paths, { ...options, interval: 20 })
        const limited = new FSWatcher(options)
        const full = Object.assign(new Error('no space left on device, watch'), { code: 'ENOSPC' })
        setImmediate(() => limited.emit('error', full) && limited.emit('error', full))
        return limited
      },
    })
    await save('src/a.js', 'longer')
    await eventually(() => told().includes('src/a.js'))
    expect(warnings).toEqual(['watchLimited'])
    expect(opened.map(({ usePolling }) => usePolling)).toEqual([false, true])
  })
})
