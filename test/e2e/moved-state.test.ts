import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Cli, type CliEnd, startCli } from '../support/cli/cli.ts'
import { killWithWatchdog } from '../support/cli/machine.ts'
import { folderForTest } from '../support/folder.ts'
import { registrationOf } from '../support/leftovers.ts'
import { eventually } from '../support/wait.ts'
import { type TestWorld, worldForTest } from '../support/world.ts'

interface Scene {
  readonly world: TestWorld
  readonly before: unknown
  /** Starts a run with its state in this folder. */
  start(state: string): Promise<Cli>
  /** Runs another command, from a project folder of its own. */
  run(state: string, ...args: readonly string[]): Promise<CliEnd>
}

async function sceneForTest(): Promise<Scene> {
  const world = await worldForTest()
  return {
    world,
    before: registrationOf(world),
    start: (state) => world.start({ command: null, env: { XDG_STATE_HOME: state } }),
    run: async (state, ...args) => (await startCli({ args, env: { ...world.env, XDG_STATE_HOME: state } })).ended,
  }
}

/** A run whose state folder has been moved since it was ready. */
async function movedForTest() {
  const scene = await sceneForTest()
  const root = await folderForTest()
  const old = join(root, 'old')
  const cli = await scene.start(old)
  await cli.notice('ready')
  const moved = join(root, 'new')
  await rename(old, moved)
  return { ...scene, cli, old, moved }
}

const leftoverOf = ({ stdout }: CliEnd): unknown => Object(JSON.parse(stdout)).leftover

describe('A run whose state folder is moved', () => {
  it('puts the webhook back at its end, and owes nothing wherever one looks', async () => {
    const { world, before, cli, old, moved, run } = await movedForTest()
    cli.kill('SIGINT')
    expect((await cli.ended).code).toBe(0)
    expect(registrationOf(world)).toEqual(before)
    for (const state of [moved, old]) {
      expect((await run(state, 'restore')).code).toBe(0)
      expect((await run(state, 'status')).code).toBe(0)
    }
    expect(registrationOf(world)).toEqual(before)
  })

  it('is put back by its watchdog when it is killed', async () => {
    const { world, before, cli } = await movedForTest()
    cli.kill('SIGKILL')
    await cli.ended
    await eventually(() => JSON.stringify(registrationOf(world)) === JSON.stringify(before))
  })

  it('is put back from where the folder is now when its watchdog is killed too', async () => {
    const { world, before, cli, moved, run } = await movedForTest()
    await killWithWatchdog(cli)
    const status = await run(moved, 'status', '--json')
    expect(status.code).toBe(1)
    expect(leftoverOf(status)).toMatchObject({ owed: 'https://bots.example.com/hook', blocked: false })
    expect((await run(moved, 'restore')).code).toBe(0)
    expect(registrationOf(world)).toEqual(before)
    expect((await run(moved, 'status')).code).toBe(0)
  })
})

describe('A run that was killed with its watchdog', () => {
  it('is told to a run of another home that has the bot, which puts back what was before both', async () => {
    const { world, before, start, run } = await sceneForTest()
    const [one, other] = [await folderForTest(), await folderForTest()]
    const cli = await start(one)
    await cli.notice('ready')
    await killWithWatchdog(cli)
    const next = await start(other)
    await next.notice('ready')
    expect(leftoverOf(await run(one, 'status', '--json'))).toMatchObject({ blocked: true })
    // Nothing may be put back over a run that goes on.
    const restore = await run(one, 'restore')
    expect([restore.code, restore.stderr]).toEqual([0, expect.stringContaining('DEVHOOK_SUPERSEDED')])
    await next.notice('warning', ({ code }) => code === 'DEVHOOK_LEFTOVER_ADOPTED')
    expect(leftoverOf(await run(one, 'status', '--json'))).toBeNull()
    next.kill('SIGINT')
    expect((await next.ended).code).toBe(0)
    expect(registrationOf(world)).toEqual(before)
    for (const state of [one, other]) expect((await run(state, 'status')).code).toBe(0)
  })

  it('stays owed when nobody is told, and is put back from its own home', async () => {
    const { world, before, start, run } = await sceneForTest()
    const [one, other] = [await folderForTest(), await folderForTest()]
    const cli = await start(one)
    await cli.notice('ready')
    await killWithWatchdog(cli)
    const next = await start(other)
    await next.notice('ready')
    next.kill('SIGINT')
    expect((await next.ended).code).toBe(0)
    expect((await run(other, 'status')).code).toBe(0)
    expect(leftoverOf(await run(one, 'status', '--json'))).toMatchObject({
      owed: 'https://bots.example.com/hook',
      blocked: false,
    })
    expect((await run(one, 'restore')).code).toBe(0)
    expect(registrationOf(world)).toEqual(before)
  })
})
