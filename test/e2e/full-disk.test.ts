// A disk that is full, over quota or broken: from any write of the start on, and during a run.
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Cli } from '../support/cli/cli.ts'
import { folderForTest } from '../support/folder.ts'
import { expectNothingLeft, registrationOf } from '../support/leftovers.ts'
import { type TestWorld, worldForTest } from '../support/world.ts'

const PRELOAD = pathToFileURL(join(import.meta.dirname, '../support/fixtures/full-disk.mjs')).href

/** Starts a run whose state lies on a disk that the environment describes. */
async function startOn(world: TestWorld, disk: Readonly<Record<string, string>>): Promise<Cli> {
  const state = await folderForTest()
  const env = { XDG_STATE_HOME: state, NODE_OPTIONS: `--import ${PRELOAD}`, DISK_FOLDER: state, ...disk }
  return world.start({ args: ['--tunnel', 'loopback'], env })
}

/** Lets a run that has started serve, and ends it. */
async function endInOrder(world: TestWorld, cli: Cli): Promise<void> {
  const contact = await world.platform.contact({ name: 'Jenny' })
  expect((await contact.say('hi')).text).toBe('You said: hi')
  cli.kill('SIGINT')
  const { code, stderr } = await cli.ended
  expect(code, stderr).toBe(0)
}

describe('a disk that is full', () => {
  it('from any write of the start on lets the run start, or end with 1; it is restored either way', async () => {
    const counted = join(await folderForTest(), 'count')
    const world = await worldForTest()
    const before = registrationOf(world)
    const whole = await startOn(world, { DISK_COUNT: counted })
    await whole.notice('ready')
    await endInOrder(world, whole)
    const writes = Number(await readFile(counted, 'utf8'))
    expect(writes).toBeGreaterThan(10)

    const failed: boolean[] = []
    for (let n = 0; n < writes; n += 1) {
      const code = ['ENOSPC', 'EDQUOT', 'EIO'][n % 3] ?? 'ENOSPC'
      const cli = await startOn(world, { DISK_FROM: String(n), DISK_CODE: code })
      const started = await cli.notice('ready').then(
        () => true,
        () => false,
      )
      failed.push(!started)
      if (started) await endInOrder(world, cli)
      const end = await cli.ended
      expect(end.code, `write ${n}: ${end.stderr}`).toBe(started ? 0 : 1)
      expect(cli.notices.at(-1), `write ${n}`).toMatchObject({ type: 'stopped', exitCode: end.code })
      if (!started)
        expect(cli.notices.find(({ type }) => type === 'error')).toMatchObject({ code: 'DEVHOOK_STATE_UNWRITABLE' })
      await expectNothingLeft(world, cli, before)
    }
    // Without the lock or the snapshot there is no run; without the log there is.
    expect(failed).toContain(true)
    expect(failed).toContain(false)
  }, 600_000)

  it.each(['ENOSPC', 'EDQUOT', 'EIO'])('during a run (%s) stops neither deliveries nor the end', async (code) => {
    const flag = join(await folderForTest(), 'full')
    const world = await worldForTest()
    const before = registrationOf(world)
    const cli = await startOn(world, { DISK_FLAG: flag, DISK_CODE: code })
    await cli.notice('ready')
    await writeFile(flag, '')
    await endInOrder(world, cli)
    await expectNothingLeft(world, cli, before)
  })

  it('does not keep a second signal from ending at once', async () => {
    const flag = join(await folderForTest(), 'full')
    const world = await worldForTest()
    const cli = await startOn(world, { DISK_FLAG: flag })
    await cli.notice('ready')
    await writeFile(flag, '')
    cli.kill('SIGINT')
    cli.kill('SIGTERM')
    // So close together, the system may hand over either of them first; the other one is then the second.
    expect([130, 143]).toContain((await cli.ended).code)
  })

  it.runIf(process.platform === 'linux')(
    'as the system has it: a log that goes to /dev/full ends with the run',
    async () => {
      const state = await folderForTest()
      await mkdir(join(state, 'dev-hook', 'log'), { recursive: true })
      await symlink('/dev/full', join(state, 'dev-hook', 'log', 'dev-hook.log'))
      const world = await worldForTest()
      const before = registrationOf(world)
      const cli = await world.start({ args: ['--tunnel', 'loopback'], env: { XDG_STATE_HOME: state } })
      await cli.notice('ready')
      await endInOrder(world, cli)
      await expectNothingLeft(world, cli, before)
    },
  )
})
