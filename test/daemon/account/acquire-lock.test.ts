// The lock of a bot, waited for while somebody restores.

import { describe, expect, it } from 'vitest'
import { lockBot } from '../../../src/daemon/account/acquire-lock.ts'
import { openLock, readLock } from '../../../src/lock/lock.ts'
import { folderForTest } from '../../support/folder.ts'

const never = new AbortController().signal
const run = { runId: 'run-2', user: 'jo@desk pid 7' }
const watchdog = { runId: 'run-1', user: 'the watchdog of jo@desk pid 6', restoring: true }

describe('The lock of a bot', () => {
  it('is taken at once when nobody has it', async () => {
    const folder = await folderForTest()
    const lock = await lockBot(folder, run, never)
    expect(await readLock(folder)).toMatchObject({ ...run, restoring: false })
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
    const waiting = lockBot(folder, run, never)
    expect(await Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 200, 'waits'))])).toBe('waits')
    await restoring.close()
    const lock = await waiting
    expect((await readLock(folder))?.runId).toBe('run-2')
    await lock.close()
  })

  it('is waited for while the run that is to be restored is still dying', async () => {
    const folder = await folderForTest()
    const dying = await openLock(folder, { runId: 'run-1', user: 'jo@desk pid 6' })
    const waiting = lockBot(folder, watchdog, never)
    expect(await Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 200, 'waits'))])).toBe('waits')
    await dying.close()
    await (await waiting).close()
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
