// The lock of a bot, waited for while somebody restores.

import { chmod, mkdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lockBot } from '../../../src/daemon/account/acquire-lock.ts'
import { type LockInfo, openLock, readLock } from '../../../src/lock/lock.ts'
import { createFakeClock } from '../../support/fake-clock.ts'
import { folderForTest } from '../../support/folder.ts'
import { eventually } from '../../support/wait.ts'

const never = new AbortController().signal
const run = { runId: 'run-2', user: 'jo@desk pid 7' }
const watchdog = { runId: 'run-1', user: 'the watchdog of jo@desk pid 6', restoring: true }

/** Acquires the lock on a clock that the test turns. */
function lockSlowly(folder: string, info: LockInfo) {
  const clock = createFakeClock()
  const lock = lockBot(folder, info, never, clock)
  return {
    lock,
    /** Resolves when it has found the lock taken, and waits for its next attempt. */
    waits: () => eventually(() => clock.timers() > 0),
    tryAgain: () => clock.pass(50),
  }
}

describe('The lock of a bot', () => {
  it('is taken at once when nobody has it', async () => {
    const folder = await folderForTest()
    const lock = await lockBot(folder, run, never)
    expect(await readLock(folder)).toMatchObject({ ...run, restoring: false })
    await lock.close()
  })

  it.skipIf(process.platform === 'win32')('closes the folders above it that were open to others', async () => {
    const home = join(await folderForTest(), 'dev-hook')
    const folder = join(home, 'api.example', 'b1')
    await mkdir(folder, { recursive: true })
    const all = [home, dirname(folder), folder]
    for (const path of all) await chmod(path, 0o777)
    const lock = await lockBot(folder, run, never)
    for (const path of all) expect((await stat(path)).mode & 0o777).toBe(0o700)
    await lock.close()
  })

  it('is refused at once while another run has it', async () => {
    const folder = await folderForTest()
    const lock = await openLock(folder, { runId: 'run-1', user: 'jo@desk pid 6' })
    const asked = performance.now()
    await expect(lockBot(folder, run, never)).rejects.toMatchObject({ code: 'DEVHOOK_TAKEN' })
    expect(performance.now() - asked).toBeLessThan(5_000)
    await lock.close()
  })

  it('is waited for while somebody only restores', async () => {
    const folder = await folderForTest()
    const restoring = await openLock(folder, watchdog)
    const { lock: waiting, waits, tryAgain } = lockSlowly(folder, run)
    await waits()
    await tryAgain()
    await waits()
    await restoring.close()
    await tryAgain()
    const lock = await waiting
    expect((await readLock(folder))?.runId).toBe('run-2')
    await lock.close()
  })

  it('is waited for while the run that is to be restored is still dying', async () => {
    const folder = await folderForTest()
    const dying = await openLock(folder, { runId: 'run-1', user: 'jo@desk pid 6' })
    const { lock, waits, tryAgain } = lockSlowly(folder, watchdog)
    await waits()
    await tryAgain()
    await waits()
    await dying.close()
    await tryAgain()
    await (await lock).close()
  })

  it('is not waited for any longer than the signal allows', async () => {
    const folder = await folderForTest()
    const restoring = await openLock(folder, watchdog)
    const end = new AbortController()
    const waiting = lockBot(folder, run, end.signal)
    end.abort(new Error('ended'))
    await expect(waiting).rejects.toThrow()
    await restoring.close()
    expect(await readLock(folder)).toBeNull()
  })
})
