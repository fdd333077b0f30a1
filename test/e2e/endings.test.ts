import { readdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { STEPS } from '../../src/daemon/start/start-steps.ts'
import { type Cli, type CliEnd, startCli } from '../support/cli/cli.ts'
import { expectNothingLeft, locksIn, registrationOf, snapshotsIn } from '../support/leftovers.ts'
import { isAlive, processesOf } from '../support/processes.ts'
import { eventually } from '../support/wait.ts'
import { type TestWorld, worldForTest } from '../support/world.ts'

/** What a run has to be restored within after it died. */
const PROMISED_MS = 5_000
const writesBot = /^PATCH /

/** Runs another command of dev-hook in the same world, with the state that a run has left. */
async function runCommand(world: TestWorld, { home }: Pick<Cli, 'home'>, ...args: string[]): Promise<CliEnd> {
  const cli = await startCli({ args, env: { ...world.env, XDG_STATE_HOME: `${home}/state` } })
  return cli.ended
}

/** Ends the watchdog of a run: then nothing but the snapshot carries the promise. */
async function killWatchdog({ home }: Cli): Promise<void> {
  const found = (await processesOf(home)).filter(({ command }) => command.includes('watchdog/child'))
  expect(found).toHaveLength(1)
  for (const { pid } of found) process.kill(pid, 'SIGKILL')
  await eventually(() => found.every(({ pid }) => !isAlive(pid)))
}

/** Waits until the watchdog has put everything back, and expects that it kept its promise. */
async function expectRestoredInTime(world: TestWorld, cli: Cli, before: unknown, since: number): Promise<void> {
  await eventually(async () => (await processesOf(cli.home)).length === 0)
  await expectNothingLeft(world, cli, before)
  const last = world.platform.calls.filter(({ method }) => method === 'PATCH').at(-1)
  expect((last?.at ?? 0) - since).toBeLessThan(PROMISED_MS)
}

describe('a run that is ended', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('by %s ends in order', async (signal) => {
    const world = await worldForTest()
    const before = registrationOf(world)
    const cli = await world.start()
    await cli.notice('bot', ({ state }) => state === 'ready')
    await cli.notice('ready')
    cli.kill(signal)
    expect((await cli.ended).code).toBe(0)
    expect(await cli.notice('restored')).toMatchObject({ result: 'restored' })
    await expectNothingLeft(world, cli, before)
  })

  it('takes the same signal twice at once for one', async () => {
    const world = await worldForTest()
    const before = registrationOf(world)
    const cli = await world.start()
    await cli.notice('ready')
    world.platform.faults.add({ match: writesBot, delayMs: 1_500 })
    cli.kill('SIGINT')
    // Apart, as the system keeps only one of a kind until it is taken; together, as npm and a terminal pass it on.
    await sleep(100)
    cli.kill('SIGINT')
    expect((await cli.ended).code).toBe(0)
    await expectNothingLeft(world, cli, before)
  })

  it.each([
    ['SIGINT', 130, 1_100],
    ['SIGTERM', 143, 0],
  ] as const)(
    'by a second signal, %s, ends at once with %i, and the watchdog restores',
    async (signal, code, later) => {
      const world = await worldForTest()
      const before = registrationOf(world)
      const cli = await world.start()
      await cli.notice('bot', ({ state }) => state === 'ready')
      await cli.notice('ready')
      // The end cannot be over before the second signal comes.
      world.platform.faults.add({ delayMs: 60_000 })
      cli.kill('SIGINT')
      // A second one of the same name is told from an echo by the time between them alone.
      await sleep(later)
      world.platform.faults.clear()
      const since = Date.now()
      cli.kill(signal)
      expect((await cli.ended).code).toBe(code)
      await expectRestoredInTime(world, cli, before, since)
    },
  )

  it.each(STEPS)('during the step "%s" of its start, ends in order', async (step) => {
    const world = await worldForTest()
    const before = registrationOf(world)
    // So that the step is still under way when the signal comes, where the platform or the tunnel has a part in it.
    world.platform.faults.add({ delayMs: 300 })
    world.edge.faults.delayPublic(300)
    const cli = await world.start()
    await cli.notice('starting', (notice) => notice.step === step)
    cli.kill('SIGINT')
    const { code, stderr } = await cli.ended
    expect(code, stderr).toBe(0)
    expect(cli.notices.at(-1)).toMatchObject({ type: 'stopped', exitCode: 0 })
    expect(cli.notices.filter(({ type }) => type === 'error' || type === 'ready')).toEqual([])
    await expectNothingLeft(world, cli, before)
    expect(await locksIn(cli.home)).toEqual([])
  })

  it('goes on when nobody reads its output any more, and ends in order', async () => {
    const world = await worldForTest()
    const before = registrationOf(world)
    const cli = await world.start()
    await cli.notice('ready')
    cli.closeStdout()
    const jenny = await world.platform.contact({ name: 'Jenny' })
    expect((await jenny.say('hi')).text).toBe('You said: hi')
    cli.kill('SIGTERM')
    expect((await cli.ended).code).toBe(0)
    await expectNothingLeft(world, cli, before)
  })

  it('with --no-restore leaves the webhook as it is, and `dev-hook restore` still puts it back', async () => {
    const world = await worldForTest()
    const before = registrationOf(world)
    const cli = await world.start({ args: ['--no-restore'] })
    await cli.notice('ready')
    const claimed = registrationOf(world)
    cli.kill('SIGINT')
    expect((await cli.ended).code).toBe(0)
    expect(await cli.notice('restored')).toMatchObject({ result: 'nothing' })
    expect(registrationOf(world)).toEqual(claimed)
    expect(await processesOf(cli.home)).toEqual([])
    expect((await runCommand(world, cli, 'restore')).code).toBe(0)
    await expectNothingLeft(world, cli, before)
  })
})

describe('a run whose platform is away at the end', () => {
  /** Ends in order without the platform, which is away from now on. */
  async function endWithout(world: TestWorld): Promise<Cli> {
    const cli = await world.start()
    await cli.notice('ready')
    world.platform.faults.add({ cut: true })
    cli.kill('SIGINT')
    expect((await cli.ended).code).toBe(6)
    return cli
  }

  it('ends with 6, and is put back by its watchdog as soon as the platform is back', async () => {
    const world = await worldForTest()
    const before = registrationOf(world)
    const cli = await endWithout(world)
    await cli.notice('warning', ({ code }) => code === 'DEVHOOK_RESTORE_GOES_ON')
    expect(registrationOf(world)).not.toEqual(before)
    world.platform.faults.clear()
    await expectRestoredInTime(world, cli, before, Date.now())
  })

  it('ends with 6 and the command that restores; the command does, once the platform is back', async () => {
    const world = await worldForTest()
    const before = registrationOf(world)
    const cli = await endWithout(world)
    expect(await cli.notice('error')).toMatchObject({
      code: 'DEVHOOK_NOT_RESTORED',
      remedy: expect.stringContaining('`dev-hook restore --bot '),
    })
    expect(cli.notices.at(-1)).toMatchObject({ type: 'stopped', restored: 'failed', exitCode: 6 })
    expect(await snapshotsIn(cli.home)).toHaveLength(1)
    await killWatchdog(cli)
    expect(await processesOf(cli.home)).toEqual([])

    // Still away: the command says so too, and keeps the snapshot.
    expect(await runCommand(world, cli, 'restore')).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('DEVHOOK_NOT_RESTORED'),
    })
    world.platform.faults.clear()
    const found = await runCommand(world, cli, 'status', '--json')
    expect(found.code).toBe(1)
    expect(JSON.parse(found.stdout)).toMatchObject({ leftover: { pid: cli.pid }, owner: { is: 'us' }, answers: false })

    expect(await runCommand(world, cli, 'restore')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('webhook: restored'),
    })
    await expectNothingLeft(world, cli, before)
    const after = await runCommand(world, cli, 'status', '--json')
    expect(after.code).toBe(0)
    expect(JSON.parse(after.stdout)).toMatchObject({ leftover: null, owner: { is: 'somebody' } })
    expect(await runCommand(world, cli, 'restore')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('there is nothing to put back'),
    })
  })

  it('and whose snapshot cannot be read any more is told of by every look, until a start sets it aside', async () => {
    const world = await worldForTest()
    // Without a bot: nobody would be left who ends it.
    const cli = await world.start({ command: null })
    await cli.notice('ready')
    await killWatchdog(cli)
    cli.kill('SIGKILL')
    await cli.ended
    const [path = ''] = await snapshotsIn(cli.home)
    await writeFile(path, '{ "version": 1,')
    for (const _ of [1, 2]) {
      const found = await runCommand(world, cli, 'status', '--json')
      expect(found.code).toBe(1)
      expect(JSON.parse(found.stdout)).toMatchObject({ leftover: { damaged: path } })
      expect(await runCommand(world, cli, 'restore')).toMatchObject({
        code: 6,
        stderr: expect.stringMatching(/cannot be read: .*snapshot\.json[\s\S]*in the admin page/),
      })
    }
    const next = await world.start({ env: { XDG_STATE_HOME: `${cli.home}/state` } })
    await next.notice('warning', ({ code }) => code === 'DEVHOOK_SNAPSHOT_DAMAGED')
    await next.notice('ready')
    next.kill('SIGINT')
    await next.ended
    expect(await readdir(dirname(path))).toContainEqual(expect.stringMatching(/^snapshot\.damaged-/))
  })
})

describe('a run whose webhook somebody else has changed', () => {
  const theirs = { url: 'https://theirs.example.com/hook' }

  it('says so, leaves it alone, and ends with 0', async () => {
    const world = await worldForTest()
    const cli = await world.start()
    await cli.notice('ready')
    await world.platform.changeRegistration(theirs)
    const after = registrationOf(world)
    // After a change of the tunnel it looks at once.
    world.edge.faults.drop('reset')
    await cli.notice('registration', ({ state }) => state === 'superseded')
    expect(await cli.notice('warning')).toMatchObject({ code: 'DEVHOOK_SUPERSEDED' })
    cli.kill('SIGINT')
    expect((await cli.ended).code).toBe(0)
    expect(await cli.notice('restored')).toMatchObject({ result: 'superseded' })
    await expectNothingLeft(world, cli, after)
  })

  it('finds out at the end, if not before', async () => {
    const world = await worldForTest()
    const cli = await world.start()
    await cli.notice('ready')
    await world.platform.changeRegistration(theirs)
    const after = registrationOf(world)
    cli.kill('SIGINT')
    expect((await cli.ended).code).toBe(0)
    expect(cli.notices.at(-1)).toMatchObject({ type: 'stopped', restored: 'superseded', exitCode: 0 })
    await expectNothingLeft(world, cli, after)
  })
})

describe('a run that is killed', () => {
  it('while running, is restored by its watchdog, which ends the bot too', async () => {
    const world = await worldForTest()
    const before = registrationOf(world)
    const cli = await world.start()
    const bot = await cli.notice('bot', ({ state }) => state === 'ready')
    await cli.notice('ready')
    expect(isAlive(bot.pid ?? 0)).toBe(true)
    const since = Date.now()
    cli.kill('SIGKILL')
    expect((await cli.ended).signal).toBe('SIGKILL')
    await expectRestoredInTime(world, cli, before, since)
    expect(isAlive(bot.pid ?? 0)).toBe(false)
  })

  it('after its claim was done, and before it heard so, is restored all the same', async () => {
    const world = await worldForTest()
    const before = registrationOf(world)
    world.platform.faults.add({ match: writesBot, delayMs: 60_000, after: true, times: 1 })
    const cli = await world.start()
    await eventually(() => !isDeepStrictEqual(registrationOf(world), before))
    const since = Date.now()
    cli.kill('SIGKILL')
    await expectRestoredInTime(world, cli, before, since)
  })

  it('with --no-restore, leaves the webhook as it is, and no bot', async () => {
    const world = await worldForTest()
    const cli = await world.start({ args: ['--no-restore'] })
    await cli.notice('bot', ({ state }) => state === 'ready')
    await cli.notice('ready')
    const claimed = registrationOf(world)
    cli.kill('SIGKILL')
    await eventually(async () => (await processesOf(cli.home)).length === 0)
    expect(registrationOf(world)).toEqual(claimed)
  })

  it('together with its watchdog, is put right by the next run, which adopts its snapshot', async () => {
    const world = await worldForTest()
    const before = registrationOf(world)
    const dead = await world.start({ command: null })
    await dead.notice('ready')
    await killWatchdog(dead)
    dead.kill('SIGKILL')
    await dead.ended
    expect(await snapshotsIn(dead.home)).toHaveLength(1)

    const next = await world.start({ env: { XDG_STATE_HOME: `${dead.home}/state` } })
    expect(await next.notice('warning')).toMatchObject({ code: 'DEVHOOK_LEFTOVER_ADOPTED' })
    expect(await next.notice('ready')).toMatchObject({ before: { url: 'https://bots.example.com/hook' } })
    next.kill('SIGINT')
    expect((await next.ended).code).toBe(0)
    await expectNothingLeft(world, dead, before)
  })

  it('together with its watchdog, is put right even by a run that fails to start', async () => {
    const world = await worldForTest()
    const before = registrationOf(world)
    const dead = await world.start({ command: null })
    await dead.notice('ready')
    await killWatchdog(dead)
    dead.kill('SIGKILL')
    await dead.ended

    // Both are needed: the look is done when the tunnel fails.
    world.edge.faults.refuse('auth', 105)
    world.edge.faults.silence('tls')
    const next = await world.start({ env: { XDG_STATE_HOME: `${dead.home}/state` } })
    await next.notice('warning', ({ code }) => code === 'DEVHOOK_LEFTOVER_ADOPTED')
    world.edge.faults.clear()
    world.edge.faults.refuse('auth', 105)
    expect((await next.ended).code).toBe(3)
    await expectNothingLeft(world, dead, before)
  })

  it('and followed at once by the next run, is put right by whichever of the two is first', async () => {
    const world = await worldForTest()
    const before = registrationOf(world)
    const dead = await world.start({ command: null })
    await dead.notice('ready')
    dead.kill('SIGKILL')
    const next = await world.start({ env: { XDG_STATE_HOME: `${dead.home}/state` } })
    await next.notice('ready')
    const jenny = await world.platform.contact({ name: 'Jenny' })
    expect((await jenny.say('hi')).text).toBe('You said: hi')
    next.kill('SIGINT')
    expect((await next.ended).code).toBe(0)
    await eventually(async () => (await processesOf(dead.home)).length === 0)
    await expectNothingLeft(world, dead, before)
  })
})
