import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openSandboxState } from '../../../src/cli/session/sandbox-state.ts'
import { folderForTest } from '../../support/folder.ts'

/** The id of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'close')
  return child.pid ?? 0
}

/** What is left in a folder once a run has come and gone. */
async function leftAfterRun(parent: string, names: readonly string[]): Promise<string[]> {
  for (const name of names) {
    await mkdir(join(parent, name))
    await writeFile(join(parent, name, 'dev-hook.log'), 'x')
  }
  const state = await openSandboxState(parent, parent)
  expect(await readdir(parent)).toContain(basename(state.folder))
  await state.close()
  return (await readdir(parent)).toSorted()
}

describe('The state folder of a sandbox', () => {
  it('goes with its run, and takes with it what killed runs have left', async () => {
    const parent = await folderForTest()
    const killed = await openSandboxState(parent, parent)
    const name = basename(killed.folder).replace(`-${process.pid}-`, `-${await deadPid()}-`)
    await killed.close()
    expect(await leftAfterRun(parent, [name])).toEqual([])
  })

  it('is said not to be one where its place is not there, or takes nothing', async () => {
    const parent = await folderForTest()
    await expect(openSandboxState(parent, join(parent, 'none'))).rejects.toMatchObject({
      code: 'DEVHOOK_STATE_UNWRITABLE',
      message: expect.stringContaining(`the sandbox cannot keep its files in ${join(parent, 'none')}: ENOENT`),
    })
    await expect(openSandboxState(join(parent, 'none'), parent)).rejects.toMatchObject({
      code: 'DEVHOOK_STATE_UNWRITABLE',
    })
    expect(await readdir(parent)).toEqual([])
  })

  it('leaves alone what may be in use, and what is something else', async () => {
    const parent = await folderForTest()
    const pid = await deadPid()
    const others = [
      `dev-hook-sandbox-${hostname()}-${process.pid}-AbCdEf`,
      `dev-hook-sandbox-another.machine-${pid}-AbCdEf`,
      `dev-hook-sandbox-${hostname()}-notes`,
      `x-dev-hook-sandbox-${hostname()}-${pid}-AbCdEf`,
    ]
    expect(await leftAfterRun(parent, others)).toEqual(others.toSorted())
  })
})
