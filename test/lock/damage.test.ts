// A lock file that was damaged: nobody gets in beside a live holder, and it is in nobody's way for long.
import { readFile, rename, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { writePrivateFile } from '../../src/core/files/private-file.ts'
import { openLock, readLock } from '../../src/lock/lock.ts'
import { type Claim, decodeClaim, encodeClaim } from '../../src/lock/lock-format.ts'
import { folderForTest } from '../support/folder.ts'
import { anyDamage, damaged } from '../support/journal/damages.ts'
import { eventually } from '../support/wait.ts'

const SEED = 19
const info = { runId: 'run-2', user: 'jo@desk pid 7' }
const long = new Date(Date.now() - 120_000)
const CLAIM: Claim = {
  runId: 'a'.repeat(32),
  user: 'jo@desk pid 7',
  host: hostname(),
  pid: 2 ** 22 + 5,
  started: 1_800_000_000_000,
  restoring: false,
  token: '0b5c8b8e-2d0e-4a7a-9d5f-6f0f6a1b2c3d',
  mark: 'boot/1',
}

describe('A lock file', () => {
  it('says what was written, or nothing, whatever damages it', () => {
    const whole = Buffer.from(encodeClaim(CLAIM))
    let read = 0
    fc.assert(
      fc.property(anyDamage, (damage) => {
        const claim = decodeClaim(damaged(whole, damage).toString())
        if (claim !== null) read += 1
        expect([null, CLAIM]).toContainEqual(claim)
      }),
      { numRuns: 500, seed: SEED },
    )
    // Most leave one of both copies whole.
    expect(read).toBeGreaterThan(300)
  })

  it('of a version without a checksum is still read, unless a field of it cannot be', () => {
    expect(decodeClaim(JSON.stringify(CLAIM))).toEqual(CLAIM)
    const wrong = [
      { pid: 0 },
      { pid: -1 },
      { pid: 1.5 },
      { token: '../../x' },
      { token: 'a\0b' },
      { token: 'x'.repeat(300) },
      { token: '' },
      { started: 1e308 },
      { started: -1 },
      { user: 7 },
      { more: true },
    ]
    for (const field of wrong)
      expect(decodeClaim(JSON.stringify({ ...CLAIM, ...field })), JSON.stringify(field)).toBeNull()
  })

  it('lets nobody in beside its live holder, whatever damages it', async () => {
    const folder = await folderForTest()
    const path = join(folder, 'lock')
    const lock = await openLock(folder, { ...info, runId: 'run-1' })
    const whole = await readFile(path)
    await fc.assert(
      fc.asyncProperty(anyDamage, async (damage) => {
        await writeFile(path, damaged(whole, damage))
        await expect(openLock(folder, info)).rejects.toMatchObject({ code: 'DEVHOOK_TAKEN' })
        expect(await readLock(folder)).not.toBeNull()
      }),
      { numRuns: 500, seed: SEED },
    )
    await writeFile(path, whole)
    await lock.close()
  })

  it('of a dead holder is in nobody’s way, whatever damages it', async () => {
    const folder = await folderForTest()
    const path = join(folder, 'lock')
    const whole = Buffer.from(encodeClaim(CLAIM))
    await fc.assert(
      fc.asyncProperty(anyDamage, async (damage) => {
        await writeFile(path, damaged(whole, damage))
        await utimes(path, long, long)
        await (await openLock(folder, info)).close()
      }),
      { numRuns: 500, seed: SEED },
    )
  })

  it('is put right again by its live holder, who leaves it to a newer one', async () => {
    const folder = await folderForTest()
    const path = join(folder, 'lock')
    const lock = await openLock(folder, { ...info, runId: 'run-1' }, 5)
    await writeFile(path, 'x')
    await eventually(async () => (await readLock(folder))?.runId === 'run-1')
    for (const gone of [path, folder]) {
      // At one stroke: its holder puts it right all the while.
      await rename(gone, join(await folderForTest(), 'removed'))
      await eventually(async () => (await readLock(folder))?.runId === 'run-1')
    }
    const newer = encodeClaim({ ...CLAIM, pid: process.pid })
    await writePrivateFile(path, newer)
    await lock.close()
    expect(await readFile(path, 'utf8')).toBe(newer)
  })

  it('that says nothing keeps nobody from putting back what a dead run has left', async () => {
    const folder = await folderForTest()
    await writeFile(join(folder, 'lock'), 'x')
    const error = await openLock(folder, info).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'DEVHOOK_TAKEN', remedy: expect.stringContaining('in a minute') })
    await (await openLock(folder, { ...info, restoring: true })).close()
  })
})
