// What noticing saves promises, with real files.
import { execFile } from 'node:child_process'
import { chmod, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { startWatcher } from '../../src/watch/watcher.ts'
import { createForwardClock } from '../support/fake-clock.ts'
import { eventually } from '../support/wait.ts'
import { projectForTest, put, watchForTest } from '../support/watched-folder.ts'

describe('Noticing saves', () => {
  it('files that are changed, added and removed are reported by their path from the root', async () => {
    const root = await projectForTest()
    const { save, reported } = await watchForTest(root)
    await save('src/a.js')
    await save('src/new/c.js')
    await rm(join(root, 'bot.js'))
    await eventually(() => reported().length === 3)
    expect(reported()).toEqual(['bot.js', 'src/a.js', 'src/new/c.js'])
  })

  it('each change comes at once, with what it is and the folder in which a name is new', async () => {
    const root = await projectForTest()
    const changes: string[] = []
    const { save, settle } = await watchForTest(root, {
      onChange: ({ kind, path, folder }) =>
        void (path.startsWith('settled') || changes.push(`${kind} ${path} in ${folder}`)),
    })
    await save('src/a.js')
    await settle()
    await save('src/x/y/c.js')
    await settle()
    await rm(join(root, 'src/deep'), { recursive: true })
    await eventually(() => changes.length === 3)
    expect(changes).toEqual([
      'changed src/a.js in src',
      'added src/x/y/c.js in src',
      'removed src/deep/b.js in src/deep',
    ])
  })

  it('what an editor does to save, a file renamed over the old one, is one save', async () => {
    const root = await projectForTest()
    const { save, reported } = await watchForTest(root)
    await save('bot.js.log', 'new')
    await rename(join(root, 'bot.js.log'), join(root, 'bot.js'))
    await eventually(() => reported().length > 0)
    expect(reported()).toEqual(['bot.js'])
  })

  it('what is ignored is not reported', async () => {
    const { save, settle, reported } = await watchForTest(await projectForTest())
    for (const path of ['node_modules/dep/index.js', 'dist/out.js', 'debug.log', '.env', 'src/.a.js.swp'])
      await save(path)
    await settle()
    await settle()
    expect(reported()).toEqual([])
  })

  it('saves close to each other are reported together, each path once', async () => {
    const { save, batches } = await watchForTest(await projectForTest(), { times: { leadMs: 400 } })
    for (const text of ['2', '3', '4']) {
      await save('bot.js', text)
      await save('src/a.js', text)
    }
    await eventually(() => batches.length > 0)
    expect(batches).toEqual([['bot.js', 'src/a.js']])
  })

  it('a file that is saved again just after it was reported is reported again', async () => {
    const { watcher, save, batches } = await watchForTest(await projectForTest())
    for (const n of [1, 2, 3]) {
      await save('bot.js')
      await eventually(() => batches.length === n)
    }
    await watcher.settled()
    expect(batches).toEqual([['bot.js'], ['bot.js'], ['bot.js']])
  })

  it('a file that is written again with the content that it has is not a save', async () => {
    const root = await projectForTest()
    const clock = createForwardClock()
    const { save, settle, reported } = await watchForTest(root, { clock })
    await settle()
    await save('bot.js', 'bot.js')
    await put(join(root, 'src/a.js.tmp'), 'src/a.js')
    await rename(join(root, 'src/a.js.tmp'), join(root, 'src/a.js'))
    await utimes(join(root, 'src/deep/b.js'), new Date(), new Date())
    await chmod(join(root, 'bot.js'), 0o755)
    await rm(join(root, 'next/a.js'))
    await save('next/a.js', 'next/a.js')
    await settle()
    await clock.skip(60_000)
    await settle()
    expect(reported().filter((path) => path !== 'src/a.js.tmp')).toEqual([])
    await save('bot.js', 'bot.jS')
    await eventually(() => reported().includes('bot.js'))
  })

  it('a file that is gone is not reported for as long as it may return, and not at all if it returns as it was', async () => {
    const root = await projectForTest()
    let mayReturn = true
    const clock = createForwardClock()
    const { save, settle, reported } = await watchForTest(root, { mayReturn: () => mayReturn, clock })
    await rm(join(root, 'src'), { recursive: true })
    await settle()
    await clock.skip(200)
    await settle()
    expect(reported()).toEqual([])
    await save('src/a.js', 'src/a.js')
    await settle()
    mayReturn = false
    await eventually(() => reported().length > 0)
    expect(reported()).toEqual(['src/deep/b.js'])
  })

  it('only what is listed is watched, and files that are asked for besides, ignored or not there yet', async () => {
    const { save, reported } = await watchForTest(await projectForTest(), { paths: ['src', 'dist'], also: ['.env'] })
    await save('bot.js')
    await save('.env', 'A=1')
    await eventually(() => reported().includes('.env'))
    await save('dist/out.js')
    await save('src/a.js')
    await eventually(() => reported().length === 3)
    expect(reported()).toEqual(['.env', 'dist/out.js', 'src/a.js'])
  })

  it('a path that is listed before there is anything is announced, and watched from when it is there', async () => {
    const { save, reported, warnings } = await watchForTest(await projectForTest(), { paths: ['lib/deep', 'src/a.js'] })
    expect(warnings).toEqual(['watchFailed: lib/deep is neither a file nor a folder; it is watched once it is'])
    await save('lib/deep/c.js')
    await eventually(() => reported().includes('lib/deep/c.js'))
    await save('lib/deep/c.js')
    await save('src/a.js')
    await eventually(() => reported().includes('src/a.js'))
  })

  it.each([
    ['swapped for another one', 'mv src old; mv next src', 'src/a.js'],
    ['swapped deep inside', 'mv src/deep d; mv next/deep src/deep', 'src/deep/b.js'],
    ['removed and made again', 'rm -r src; mkdir src; echo 1 > src/a.js', 'src/a.js'],
    ['renamed', 'mv src lib', 'lib/deep/b.js'],
    ['renamed, and back', 'mv src lib; sleep 0.05; mv lib src', 'src/deep/b.js'],
    ['replaced by a link', 'mv src real; ln -s real src', 'src/a.js'],
    ['a link to another one', 'rm -r src; ln -s next src; sleep 0.3; cp -r next next2; ln -sfn next2 src', 'src/a.js'],
    ['a file for a moment', 'mv src old; touch src; sleep 0.05; rm src; mv old src', 'src/a.js'],
    ['the working folder, swapped', 'cd ..; mv project old; cp -r old project', 'src/a.js'],
    ['the working folder, removed and made again', 'cd ..; rm -r project; sleep 0.3; mkdir -p project/src', 'src/a.js'],
    ['above the working folder, swapped', 'cd ../..; mv packages old; cp -r old packages', 'src/deep/b.js'],
  ])('a folder is heard again that was %s', async (_, script, file) => {
    for (const options of [{}, { paths: ['src', 'lib'] }]) {
      const root = await projectForTest()
      const clock = createForwardClock()
      const { watcher, save, reported, forget } = await watchForTest(root, { ...options, clock })
      await promisify(execFile)('sh', ['-ec', script], { cwd: root })
      // For what is checked now and then, and not reported by the system.
      await clock.skip(11_000)
      await watcher.settled()
      for (let round = 0; round < 2; round += 1) {
        forget()
        await save(file)
        // Where a link leads to it, it may be reported under its other name.
        await eventually(() => reported().some((path) => basename(path) === basename(file)))
      }
    }
  })

  it('a branch without the folder, and back again, leaves nothing unheard', async () => {
    const root = await projectForTest()
    const git = (...args: string[]) =>
      promisify(execFile)('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd: root })
    await git('init', '-q', '-b', 'full')
    for (const [branch, change] of [
      ['full', 'add .'],
      ['empty', 'rm -rq src'],
    ] as const) {
      if (branch === 'empty') await git('checkout', '-qb', branch)
      await git(...change.split(' '))
      await git('commit', '-qm', branch)
    }
    await git('checkout', '-q', 'full')
    const { save, reported, forget, settle } = await watchForTest(root)
    for (let round = 0; round < 5; round += 1) {
      await git('checkout', '-q', 'empty')
      await git('checkout', '-q', 'full')
      await settle()
      forget()
      await save('src/deep/b.js')
      await eventually(() => reported().includes('src/deep/b.js'))
      await git('checkout', '-q', '.')
    }
  })

  it('a link to a folder above does not lead in circles', async () => {
    const root = await projectForTest()
    await symlink(root, join(root, 'src/circle'))
    await symlink(join(root, 'src'), join(root, 'next/other'))
    const { save, settle, reported } = await watchForTest(root)
    await save('src/a.js')
    await settle()
    expect(reported()).toEqual(['src/a.js'])
  })

  it('a link out of the project is not followed, which is announced once, unless it is named itself', async () => {
    const root = await projectForTest()
    const elsewhere = join(root, '../..', 'shared')
    await put(join(elsewhere, 'one/a.js'), '1')
    await symlink(elsewhere, join(root, 'src/shared'))
    await symlink(join(elsewhere, 'one'), join(root, 'one'))
    const unnamed = await watchForTest(root)
    const named = await watchForTest(root, { paths: ['.', 'src/shared'] })
    await put(join(elsewhere, 'one/a.js'), '2')
    await eventually(() => named.reported().some((path) => path.endsWith('a.js')))
    await unnamed.save('src/a.js')
    await unnamed.settle()
    expect(unnamed.reported()).toEqual(['src/a.js'])
    expect(unnamed.warnings).toEqual([expect.stringMatching(/^linkNotWatched: \S+ is a link out of what is watched: /)])
  })

  it('a link to a file is noticed when the file is saved, or the link is replaced', async () => {
    const root = await projectForTest()
    const elsewhere = join(root, '../..', 'shared')
    await put(join(elsewhere, 'one'), '1')
    await put(join(elsewhere, 'two'), '2')
    await symlink(join(elsewhere, 'one'), join(root, '.env'))
    const { reported, forget } = await watchForTest(root, { also: ['.env'] })
    await writeFile(join(elsewhere, 'one'), 'changed')
    await eventually(() => reported().includes('.env'))
    forget()
    await rm(join(root, '.env'))
    await symlink(join(elsewhere, 'two'), join(root, '.env'))
    await eventually(() => reported().includes('.env'))
  })

  it.runIf(process.platform !== 'win32')('what is neither file nor folder is never opened, nor reported', async () => {
    const root = await projectForTest()
    const clock = createForwardClock()
    const { save, settle, reported } = await watchForTest(root, { also: ['.env'], clock })
    await promisify(execFile)('mkfifo', [join(root, '.env'), join(root, 'src/pipe')])
    // Whoever opened it for reading would let this go on.
    let isRead = false
    const written = writeFile(join(root, 'src/pipe'), 'x').then(() => {
      isRead = true
    })
    await save('src/a.js')
    await settle()
    await clock.skip(60_000)
    await settle()
    expect(isRead).toBe(false)
    expect(reported()).toEqual(['src/a.js'])
    await promisify(execFile)('cat', [join(root, 'src/pipe')])
    await written
  })

  it('a folder that cannot be watched is announced, once', async () => {
    const root = await projectForTest()
    // No mode of a folder keeps root from it.
    const { warnings } = await watchForTest(root, {
      watch: (path) => {
        if (path.startsWith(join(root, 'src'))) throw Object.assign(new Error('permission denied'), { code: 'EACCES' })
        return () => {}
      },
    })
    expect(warnings).toEqual([
      expect.stringContaining(`watchFailed: saves in ${join(root, 'src')} may not be noticed: permission denied`),
    ])
  })

  it('nothing is reported after the stop, not even a batch that was being gathered', async () => {
    const root = await projectForTest()
    const seen: string[] = []
    const clock = createForwardClock()
    const { watcher, save, batches } = await watchForTest(root, {
      clock,
      times: { leadMs: 30_000 },
      onChange: ({ path }) => void seen.push(path),
    })
    await save('bot.js')
    await eventually(() => seen.length > 0)
    await watcher.stop()
    await watcher.stop()
    await save('bot.js')
    await clock.skip(60_000)
    expect([seen, batches]).toEqual([['bot.js'], []])
  })

  it('a stop before the first scan is over leaves nothing behind', async () => {
    const watcher = startWatcher({ root: await projectForTest(), onBatch: () => {}, warn: () => {} })
    await watcher.stop()
  })

  it('when the system has no more watches, that is announced once, and saves are noticed by polling', async () => {
    let isOpen = true
    const { save, reported, warnings } = await watchForTest(await projectForTest(), {
      watch: () => {
        if (!isOpen) throw new Error('it polls by now')
        isOpen = false
        throw Object.assign(new Error('no space left on device, watch'), { code: 'ENOSPC' })
      },
    })
    await save('src/a.js', 'longer')
    await eventually(() => reported().includes('src/a.js'))
    expect(warnings).toEqual(['watchLimited: saves are noticed by polling: no space left on device, watch'])
  })

  it('by polling, when that was asked for, the system is asked to report nothing', async () => {
    const { save, reported, warnings } = await watchForTest(await projectForTest(), {
      isPolling: true,
      watch: () => {
        throw new Error('it polls')
      },
    })
    await save('src/deep/b.js')
    await eventually(() => reported().includes('src/deep/b.js'))
    expect(warnings).toEqual([])
  })

  it('a folder that git ignores is watched when the program is in it, but for logs, and no other one', async () => {
    const root = await projectForTest()
    await put(join(root, '.gitignore'), 'dist/\n.cache/\n')
    const { save, settle, reported } = await watchForTest(root, { own: ['node', 'dist/out.js', 'dist/app.log'] })
    await save('dist/lib/deep.js')
    await save('dist/app.log')
    await save('.cache/x.js')
    await save('dist/node_modules/y.js')
    await settle()
    expect(reported()).toEqual(['dist/lib/deep.js'])
  })

  it.each([
    ['where the system may report nothing, as on some mounts, saves are noticed within a second or two', false, 1_500],
    ['what is saved on a disk of this machine, and not reported all the same, is noticed later', true, 11_000],
  ])('%s', async (_, isLocal, ms) => {
    const clock = createForwardClock()
    const isReported = async () => isLocal
    const options = { watch: () => () => {}, isReported, clock }
    const { save, reported } = await watchForTest(await projectForTest(), options)
    await save('src/deep/b.js')
    await clock.skip(ms)
    await eventually(() => reported().includes('src/deep/b.js'))
  })

  it('where the system reports every save, and nothing is saved, nobody looks more often than every ten seconds', async () => {
    const clock = createForwardClock()
    const waits: number[] = []
    const sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
      waits.push(ms)
      return clock.sleep(ms, signal)
    }
    const root = await projectForTest()
    const { settle } = await watchForTest(root, { isReported: async () => true, clock: { ...clock, sleep } })
    await settle()
    await clock.skip(10_000)
    await settle()
    await clock.skip(10_000)
    expect(waits.filter((ms) => ms === 10_000).length).toBeGreaterThan(1)
  })
})
