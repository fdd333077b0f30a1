import { describe, expect, it } from 'vitest'
import type { Options } from '../../../src/config/options.ts'
import { headerOf } from '../../../src/core/http/raw-headers.ts'
import { checkSignature, sign } from '../../../src/protocol/signature.ts'
import { SECRET, trafficWithBot } from '../../support/daemon/traffic-with-bot.ts'
import { aDelivery } from '../../support/deliveries.ts'

async function setUp(botSecret: () => string | null, given: Options = {}, formerUrl: () => string | null = () => null) {
  const botRoutes = async (): Promise<readonly string[]> => ['/hook', '/webhook', '/in']
  const { bot, notices, traffic, ...opened } = await trafficWithBot('/hook', given, { botSecret, formerUrl, botRoutes })
  const arrive = () => {
    const delivery = aDelivery()
    return opened.arrive({
      ...delivery,
      headers: [...delivery.headers, 'X-Hub-Signature', sign(delivery.body, SECRET)],
    })
  }
  const verdicts = (secret: string) =>
    bot.deliveries().map(({ rawHeaders, body }) => checkSignature(rawHeaders, body, secret))
  return { bot, notices, traffic, arrive, verdicts }
}

describe('A delivery', () => {
  it('reaches the bot with the credentials and the query of its former URL, once that is known', async () => {
    let former: string | null = null
    const { traffic, arrive, bot } = await setUp(
      () => null,
      {},
      () => former,
    )
    traffic.queue.release()
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
    for (const secret of [SECRET, null]) {
      const { traffic, arrive, verdicts } = await setUp(() => secret)
      traffic.queue.release()
      await arrive()
      expect(verdicts(SECRET)).toEqual(['right'])
    }
  })

  it('that waited for a restart is signed for the bot that was started, not for the one before', async () => {
    let secret = 'before the restart'
    const { traffic, arrive, verdicts } = await setUp(() => secret)
    const answers = [arrive(), arrive()]
    secret = 'after the restart'
    traffic.queue.release()
    await Promise.all(answers)
    expect(verdicts('after the restart')).toEqual(['right', 'right'])
  })
})

describe('A bot that has no webhook under the path', () => {
  it('is told of once, with the paths that its source names, and counted apart', async () => {
    const { bot, notices, traffic, arrive } = await setUp(() => SECRET)
    traffic.queue.release()
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
    expect(traffic.totals()).toMatchObject({ deliveries: 2, delivered: 2, unrouted: 2 })
  })

  it('is not one that has taken a delivery before', async () => {
    const { bot, notices, traffic, arrive } = await setUp(() => SECRET)
    traffic.queue.release()
    await arrive()
    bot.answerWith({ status: 404 })
    await arrive()
    expect(notices.filter(({ type }) => type === 'warning')).toEqual([])
    expect(traffic.totals().unrouted).toBe(1)
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
      const { bot, notices, traffic, arrive } = await setUp(() => SECRET, { onBotError })
      traffic.queue.release()
      bot.answerWith({ status })
      expect((await arrive()).status).toBe(told ?? status)
      const [attempt] = notices.filter(({ type }) => type === 'attempt')
      expect(attempt).toMatchObject({ status })
      expect(attempt && 'told' in attempt ? attempt.told : undefined).toBe(told)
    },
  )
})
