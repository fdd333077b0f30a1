import { describe, expect, it, onTestFinished } from 'vitest'
import { loadConfig } from '../../../src/config/load.ts'
import type { Options } from '../../../src/config/options.ts'
import { headerOf } from '../../../src/core/http/raw-headers.ts'
import type { NoticeBody } from '../../../src/core/notices.ts'
import { createTraffic } from '../../../src/daemon/traffic/traffic.ts'
import { checkSignature, sign } from '../../../src/protocol/signature.ts'
import { startRecordingBot } from '../../support/bot/recording-bot.js'
import { createFakeJournal } from '../../support/daemon/fakes.ts'
import { aDelivery } from '../../support/deliveries.ts'
import { folderForTest } from '../../support/folder.ts'

const PLATFORMS = 'the secret of the webhook'

async function setUp(botSecret: () => string | null, given: Options = {}, formerUrl: () => string | null = () => null) {
  const bot = await startRecordingBot()
  onTestFinished(() => bot.close())
  const cwd = await folderForTest()
  const notices: NoticeBody[] = []
  const options = { forwardTo: `${bot.url}/hook`, ...given }
  const config = await loadConfig(options, { cwd, env: {}, platform: process.platform, sourceOf: (key) => key })
  const deliveries = createTraffic({
    config,
    emulated: false,
    journal: createFakeJournal(),
    emit: (notice) => void notices.push(notice),
    botId: 'b1',
    who: 'me@here',
    secret: () => PLATFORMS,
    rereadSecret: async () => null,
    botSecret,
    formerUrl,
    former: () => null,
    challenged: () => undefined,
    handedOver: () => undefined,
    handedDown: async () => false,
    joined: () => null,
    runId: 'run',
    arrived: () => undefined,
    refused: () => undefined,
    botRoutes: async () => ['/hook', '/webhook', '/in'],
  })
  onTestFinished(() => deliveries.close())
  const arrive = () => {
    const delivery = aDelivery()
    const headers = [...delivery.headers, 'X-Hub-Signature', sign(delivery.body, PLATFORMS)]
    return deliveries.pipeline.accept({ ...delivery, headers }, performance.now())
  }
  const verdicts = (secret: string) =>
    bot.deliveries().map(({ rawHeaders, body }) => checkSignature(rawHeaders, body, secret))
  return { bot, notices, deliveries, arrive, verdicts }
}

describe('A delivery', () => {
  it('reaches the bot with the credentials and the query of its former URL, once that is known', async () => {
    let former: string | null = null
    const { deliveries, arrive, bot } = await setUp(
      () => null,
      {},
      () => former,
    )
    deliveries.queue.release()
    await arrive()
    former = 'https://jo:p%40ss@bots.example.com/hook?key=abc&x=%20y'
    await arrive()
    const [before, after] = bot.deliveries()
    expect(before?.url).toBe('/hook')
    expect(headerOf(before?.rawHeaders ?? [], 'authorization')).toBeUndefined()
    expect(after?.url).toBe('/hook?key=abc&x=%20y')
    expect(headerOf(after?.rawHeaders ?? [], 'authorization')).toBe(`Basic ${btoa('jo:p@ss')}`)
  })

  it('reaches the bot with the signature it came with when the bot checks with the same secret, or with none', async () => {
    for (const secret of [PLATFORMS, null]) {
      const { deliveries, arrive, verdicts } = await setUp(() => secret)
      deliveries.queue.release()
      await arrive()
      expect(verdicts(PLATFORMS)).toEqual(['right'])
    }
  })

  it('that waited for a restart is signed for the bot that was started, not for the one before', async () => {
    let secret = 'before the restart'
    const { deliveries, arrive, verdicts } = await setUp(() => secret)
    const answers = [arrive(), arrive()]
    secret = 'after the restart'
    deliveries.queue.release()
    await Promise.all(answers)
    expect(verdicts('after the restart')).toEqual(['right', 'right'])
  })
})

describe('A bot that has no webhook under the path', () => {
  it('is told of once, with the paths that its source names, and counted apart', async () => {
    const { bot, notices, deliveries, arrive } = await setUp(() => PLATFORMS)
    deliveries.queue.release()
    bot.answerWith({ status: 404 })
    expect((await arrive()).status).toBe(200)
    bot.answerWith({ status: 405 })
    await arrive()
    expect(notices.filter(({ type }) => type === 'warning')).toEqual([
      {
        type: 'warning',
        code: 'DEVHOOK_BOT_UNROUTED',
        message:
          'the bot answered 404 to POST /hook: it seems to have no webhook there; its source names /webhook, /in',
        remedy: 'name the path of its webhook with `--path /webhook`',
      },
    ])
    expect(deliveries.totals()).toMatchObject({ deliveries: 2, delivered: 2, unrouted: 2 })
  })

  it('is not one that has taken a delivery before', async () => {
    const { bot, notices, deliveries, arrive } = await setUp(() => PLATFORMS)
    deliveries.queue.release()
    await arrive()
    bot.answerWith({ status: 404 })
    await arrive()
    expect(notices.filter(({ type }) => type === 'warning')).toEqual([])
    expect(deliveries.totals().unrouted).toBe(1)
  })
})

describe('The notice of an attempt', () => {
  it.each([
    ['ack', 500, 200],
    ['ack', 302, 200],
    ['ack', 204, undefined],
    ['pass', 500, undefined],
  ] as const)(
    'says with `%s` of a bot that answers %i that the platform is told %s',
    async (onBotError, status, told) => {
      const { bot, notices, deliveries, arrive } = await setUp(() => PLATFORMS, { onBotError })
      deliveries.queue.release()
      bot.answerWith({ status })
      expect((await arrive()).status).toBe(told ?? status)
      const [attempt] = notices.filter(({ type }) => type === 'attempt')
      expect(attempt).toMatchObject({ status })
      expect(attempt && 'told' in attempt ? attempt.told : undefined).toBe(told)
    },
  )
})
