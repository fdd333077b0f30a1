import { describe, expect, it } from 'vitest'
import { runIdOf } from '../../src/core/hook-url.ts'
import type { Notice } from '../../src/core/notices.ts'
import { type LoggingBot, loggingBotForTest } from '../support/bot/logging-bot.ts'
import { type Cli, noticeFromNow } from '../support/cli/cli.ts'
import { expectNothingLeft, registrationOf } from '../support/leftovers.ts'
import { createMessageStream, type MessageStream, repeated, type SentMessage } from '../support/message-stream.ts'
import { processesOf } from '../support/processes.ts'
import { eventually } from '../support/wait.ts'
import { type TestWorld, worldForTest } from '../support/world.ts'

/** What the tunnel is given to serve again, once the network is well. */
const SERVES_WITHIN_MS = 15_000
const PER_SECOND = 8
/** So many attempts to connect, each after a longer wait, take some seconds. */
const DARK_ATTEMPTS = 6

interface Busy {
  readonly world: TestWorld
  readonly before: unknown
  readonly cli: Cli
  readonly bot: LoggingBot
  readonly traffic: MessageStream
  /** Ends the stream of messages. */
  quiet(): Promise<void>
}

/** A run under traffic; a platform that is impatient, and that sends again what was not received. */
async function busyRun(args: readonly string[] = [], perSecond = PER_SECOND): Promise<Busy> {
  const world = await worldForTest({
    timeoutMs: 2_000,
    retry: { firstMs: 500, factor: 2, maxMs: 3_000, forMs: 120_000 },
  })
  const before = registrationOf(world)
  const bot = await loggingBotForTest(5)
  const cli = await world.start({ ...bot, args })
  await cli.notice('ready')
  await cli.notice('bot', ({ state }) => state === 'ready')
  const traffic = createMessageStream(world.platform, 10)
  const ending = new AbortController()
  const flowing = traffic.flow(Number.POSITIVE_INFINITY, perSecond, ending.signal)
  await eventually(() => traffic.sent.filter(isDelivered).length > 1)
  const quiet = async (): Promise<void> => {
    ending.abort()
    await flowing
  }
  return { world, before, cli, bot, traffic, quiet }
}

const isDelivered = ({ delivery }: SentMessage): boolean => delivery?.state === 'delivered'
/** The platform was refused, or waited in vain, and will send it again. */
const isMissed = ({ delivery }: SentMessage): boolean => delivery?.state === 'pending' && delivery.attempts.length > 0

/** Waits until this has become of a message that is sent from now on. */
async function nextMessage({ traffic }: Busy, became: (message: SentMessage) => boolean): Promise<void> {
  const first = traffic.sent.length
  await eventually(() => traffic.sent.slice(first).some(became))
}

/** Waits until a message gets through again, sent from now on; not longer than promised. */
async function expectServing(busy: Busy): Promise<void> {
  const from = performance.now()
  await nextMessage(busy, isDelivered)
  expect(performance.now() - from).toBeLessThan(SERVES_WITHIN_MS)
}

/** Ends the traffic: everything came, once, and what was received is not lost. */
async function expectAllDelivered(busy: Busy): Promise<void> {
  const { traffic, bot } = busy
  await busy.quiet()
  await traffic.settled()
  const came = await bot.came()
  expect(repeated(came)).toEqual([])
  expect([...came].sort()).toEqual(traffic.sent.map(({ id }) => id).sort())
}

/** Ends the run: everything is as it was before. */
async function expectEnd({ world, before, cli }: Busy): Promise<void> {
  cli.kill('SIGINT')
  expect((await cli.ended).code).toBe(0)
  expect(await cli.notice('stopped')).toMatchObject({ restored: 'restored', undelivered: 0 })
  await expectNothingLeft(world, cli, before)
}

const countOf = (cli: Cli, fits: (notice: Notice) => boolean): number => cli.notices.filter(fits).length
const isReclaimed = (notice: Notice): boolean => notice.type === 'registration' && notice.state === 'reclaimed'
const urlOf = ({ platform }: TestWorld): string => String(Object(platform.registration())['url'])

describe('A run whose tunnel is lost under traffic', () => {
  it.each(['reset', 'fin'] as const)('serves again after a session that ended with a %s', async (how) => {
    const busy = await busyRun()
    const { world, cli } = busy
    const claimed = urlOf(world)
    for (const _ of [1, 2, 3]) {
      const online = noticeFromNow(cli)('tunnel', ({ state }) => state === 'online')
      world.edge.faults.drop(how)
      await online
      await expectServing(busy)
    }
    await expectAllDelivered(busy)
    expect(urlOf(world)).toBe(claimed)
    expect(countOf(cli, isReclaimed)).toBe(0)
    await expectEnd(busy)
  })

  it('serves again when the network was dark for many attempts', async () => {
    // All of them are sent again and again meanwhile, each over a connection of its own.
    const busy = await busyRun([], 3)
    const { faults, log } = busy.world.edge
    faults.dark()
    await log.until('reset', DARK_ATTEMPTS)
    faults.light()
    await expectServing(busy)
    await expectAllDelivered(busy)
    await expectEnd(busy)
  })

  it('serves again when the session was half-open', async () => {
    const busy = await busyRun()
    busy.world.edge.faults.freeze()
    await noticeFromNow(busy.cli)('tunnel', ({ state }) => state === 'reconnecting')
    await expectServing(busy)
    await expectAllDelivered(busy)
    await expectEnd(busy)
  })

  it('serves again when heartbeats are answered but nothing comes through', async () => {
    const busy = await busyRun(['--probe', '2s'])
    busy.world.edge.faults.wedge()
    await noticeFromNow(busy.cli)('tunnel', ({ state }) => state === 'reconnecting')
    await expectServing(busy)
    await expectAllDelivered(busy)
    await expectEnd(busy)
  })

  it('is claimed again when it comes back with another URL, and at the end the first one is restored', async () => {
    const busy = await busyRun()
    const { world, cli, traffic } = busy
    const claimed = urlOf(world)
    await busy.quiet()
    await traffic.settled()
    const reclaimed = noticeFromNow(cli)('registration', ({ state }) => state === 'reclaimed')
    await world.edge.faults.moveUrl()
    world.edge.faults.drop('reset')
    await reclaimed
    expect(new URL(urlOf(world)).port).not.toBe(new URL(claimed).port)
    expect(runIdOf(urlOf(world))).toBe(runIdOf(claimed))
    traffic.send()
    await expectAllDelivered(busy)
    await expectEnd(busy)
  })

  it('is claimed again as soon as the platform answers, when that was down meanwhile', async () => {
    const busy = await busyRun()
    const { world, cli, traffic } = busy
    const claimed = urlOf(world)
    await busy.quiet()
    await traffic.settled()
    const { calls } = world.platform
    const made = calls.length
    world.platform.faults.add({ status: 503, body: 'maintenance' })
    await world.edge.faults.moveUrl()
    world.edge.faults.drop('reset')
    await cli.notice('warning', ({ code }) => code === 'DEVHOOK_VIGIL_FAILED')
    // As many calls again: the whole claim has failed once more.
    const failed = calls.length - made
    expect(failed).toBeGreaterThan(0)
    await eventually(() => calls.length >= made + 2 * failed)
    expect(urlOf(world)).toBe(claimed)
    world.platform.faults.clear()
    const from = performance.now()
    await cli.notice('registration', ({ state }) => state === 'reclaimed')
    expect(performance.now() - from).toBeLessThan(SERVES_WITHIN_MS)
    // Announced once, however often it was tried.
    expect(countOf(cli, (notice) => notice.type === 'warning')).toBe(1)
    traffic.send()
    await expectAllDelivered(busy)
    await expectEnd(busy)
  })
})

describe('A run that was suspended under traffic', () => {
  it('serves again when its tunnel was lost meanwhile', async () => {
    const busy = await busyRun()
    busy.cli.kill('SIGSTOP')
    await nextMessage(busy, isMissed)
    busy.world.edge.faults.drop('reset')
    await nextMessage(busy, isMissed)
    busy.cli.kill('SIGCONT')
    await expectServing(busy)
    await expectAllDelivered(busy)
    await expectEnd(busy)
  })

  it('serves again when all its processes were, as on a laptop that slept', async () => {
    const busy = await busyRun()
    const all = await processesOf(busy.cli.home)
    for (const { pid } of all) process.kill(pid, 'SIGSTOP')
    await nextMessage(busy, isMissed)
    busy.world.edge.faults.freeze()
    await nextMessage(busy, isMissed)
    busy.world.edge.faults.drop('reset')
    for (const { pid } of all) process.kill(pid, 'SIGCONT')
    await expectServing(busy)
    await expectAllDelivered(busy)
    await expectEnd(busy)
  })

  it('replaces the process of the tunnel when that hangs', async () => {
    const busy = await busyRun()
    const [child] = (await processesOf(busy.cli.home)).filter(({ command }) => command.includes('ngrok/child'))
    process.kill(child?.pid ?? 0, 'SIGSTOP')
    await noticeFromNow(busy.cli)('tunnel', ({ state }) => state === 'reconnecting')
    await expectServing(busy)
    await expectAllDelivered(busy)
    await expectEnd(busy)
  })
})

describe('A run during which the platform changes', () => {
  it('gets a new token when the old one has expired', async () => {
    const busy = await busyRun()
    const { world, cli } = busy
    world.platform.expireTokens()
    world.edge.faults.drop('reset')
    const isRefresh = ({ path }: { readonly path: string }): boolean => path === '/v2/auth/token'
    await eventually(() => world.platform.calls.some(isRefresh))
    await expectServing(busy)
    await expectAllDelivered(busy)
    await expectEnd(busy)
    expect(world.platform.calls.filter(isRefresh)).toHaveLength(1)
    expect(countOf(cli, ({ type }) => type === 'warning')).toBe(0)
  })

  it('leaves alone what somebody else has registered, and announces that once', async () => {
    const busy = await busyRun()
    const { world, cli } = busy
    await busy.quiet()
    await busy.traffic.settled()
    await world.platform.changeRegistration({ url: 'https://other.example.com/hook', events: ['message.*'] })
    const theirs = registrationOf(world)
    for (const _ of [1, 2]) {
      const online = noticeFromNow(cli)('tunnel', ({ state }) => state === 'online')
      await world.edge.faults.moveUrl()
      world.edge.faults.drop('reset')
      await online
      await cli.notice('registration', ({ state }) => state === 'superseded')
    }
    cli.kill('SIGINT')
    expect((await cli.ended).code).toBe(0)
    expect(await cli.notice('stopped')).toMatchObject({ restored: 'superseded', undelivered: 0 })
    expect(countOf(cli, (notice) => notice.type === 'registration' && notice.state === 'superseded')).toBe(1)
    expect(countOf(cli, ({ type }) => type === 'warning')).toBe(1)
    expect(countOf(cli, isReclaimed)).toBe(0)
    await expectNothingLeft(world, cli, theirs)
  })
})
