import { describe, expect, it } from 'vitest'
import type { SandboxDelivery } from '../../src/sandbox/webhooks/deliver.ts'
import { type LoggingBot, loggingBotForTest } from '../support/bot/logging-bot.ts'
import { type Cli, noticeFromNow, startCli } from '../support/cli/cli.ts'
import { freePort } from '../support/free-port.ts'
import { arrived, createMessageStream, disordered, type MessageStream, repeated } from '../support/message-stream.ts'
import { sandboxForTest } from '../support/platform/sandboxes.ts'
import { eventually } from '../support/wait.ts'

const DELIVERIES = 1_000
const CONVERSATIONS = 25
const PER_SECOND = 50
const RESTARTS = 20
/** So many messages come between one start of the bot and the next. */
const BETWEEN = Math.floor(DELIVERIES / (RESTARTS + 2))
/** The platform gives up then. */
const PLATFORM_WAITS_MS = 20_000

interface Busy {
  readonly cli: Cli
  readonly bot: LoggingBot
  readonly traffic: MessageStream
}

/** A run without ngrok, as what is tested here is behind the tunnel. */
async function busyRun(delayMs: number): Promise<Busy> {
  const platform = await sandboxForTest()
  const bot = await loggingBotForTest(delayMs)
  const { api, token, refreshToken, email } = platform
  const env = { APIHOST: api, TOKEN: token, REFRESH_TOKEN: refreshToken, EMAIL: email, PORT: String(await freePort()) }
  const cli = await startCli({
    args: ['--json', '--take-over', '--tunnel', 'loopback'],
    env: { ...env, ...bot.env },
    cwd: bot.cwd,
    command: bot.command,
  })
  await cli.notice('ready')
  await cli.notice('bot', ({ state }) => state === 'ready')
  return { cli, bot, traffic: createMessageStream(platform, CONVERSATIONS) }
}

/**
 * Does something to the bot again and again, spread over the traffic, each time some time after it is up again: what is written at each
 * start at once is taken for the bot's own doing. On a slow machine that is less often.
 */
async function again({ cli, traffic }: Busy, act: (n: number) => Promise<void> | void): Promise<void> {
  for (let n = 0; n < RESTARTS; n++) {
    const ready = noticeFromNow(cli)('bot', ({ state }) => state === 'ready')
    await act(n)
    await ready
    const next = traffic.sent.length + BETWEEN
    if (next > DELIVERIES) return
    await eventually(() => traffic.sent.length >= next)
  }
}

const pidOf = (cli: Cli): number => {
  const ready = cli.notices.findLast((notice) => notice.type === 'bot' && notice.state === 'ready')
  if (ready?.type !== 'bot' || ready.pid === null) throw new Error('the bot is not ready')
  return ready.pid
}

/** What the platform has to complain about: a delivery that was not received at the first attempt, or not in time. */
const complaints = ({ sent }: MessageStream): readonly (SandboxDelivery | null)[] =>
  sent
    .map(({ delivery }) => delivery)
    .filter((delivery) => {
      const [attempt, ...more] = delivery?.attempts ?? []
      const inTime = (attempt?.ms ?? Number.POSITIVE_INFINITY) < PLATFORM_WAITS_MS
      return delivery?.state !== 'delivered' || more.length > 0 || !inTime
    })

describe('A bot that restarts again and again under traffic', () => {
  it.each([
    ['answers at once', 0],
    ['takes 200 ms to answer', 200],
  ])(
    'gets every delivery once and in order, and the platform waits for none of them in vain, when it %s',
    async (_, delayMs) => {
      const busy = await busyRun(delayMs)
      const { cli, bot, traffic } = busy
      await Promise.all([traffic.flow(DELIVERIES, PER_SECOND), again(busy, () => bot.save())])
      await traffic.settled()

      expect(complaints(traffic)).toEqual([])
      const came = await bot.came()
      expect(repeated(came)).toEqual([])
      expect(came).toHaveLength(DELIVERIES)
      expect(disordered(arrived(traffic.sent, cli.notices), came)).toEqual([])
      expect(new Set((await bot.lines()).map(({ pid }) => pid)).size).toBeGreaterThan(RESTARTS / 5)

      cli.kill('SIGINT')
      expect((await cli.ended).code).toBe(0)
      expect(await cli.notice('stopped')).toMatchObject({
        deliveries: DELIVERIES,
        delivered: DELIVERIES,
        undelivered: 0,
        restored: 'restored',
      })
    },
    60_000,
  )

  it('gets nothing twice when it crashes as well, and what a crash broke is said and never lost in silence', async () => {
    const busy = await busyRun(50)
    const { cli, bot, traffic } = busy
    const crash = (): void => void process.kill(pidOf(cli), 'SIGKILL')
    await Promise.all([traffic.flow(DELIVERIES, PER_SECOND), again(busy, (n) => (n % 3 === 2 ? crash() : bot.save()))])
    await traffic.settled()

    expect(complaints(traffic)).toEqual([])
    const came = await bot.came()
    expect(repeated(came)).toEqual([])
    expect(disordered(arrived(traffic.sent, cli.notices), came)).toEqual([])
    const broken = cli.notices.filter((notice) => notice.type === 'attempt' && notice.outcome === 'interrupted').length
    expect(broken).toBeGreaterThan(0)
    const answered = (await bot.lines()).filter(({ what }) => what === 'answered').length
    // Its last word may be lost with the connection that a crash broke.
    expect(answered + broken).toBeGreaterThanOrEqual(DELIVERIES)
    expect(came.length + broken).toBeGreaterThanOrEqual(DELIVERIES)

    cli.kill('SIGINT')
    expect((await cli.ended).code).toBe(0)
    expect(await cli.notice('stopped')).toMatchObject({
      deliveries: DELIVERIES,
      delivered: DELIVERIES - broken,
      undelivered: 0,
      interrupted: broken,
    })
  }, 60_000)
})
