import { describe, expect, it, onTestFinished } from 'vitest'
import { loadConfig } from '../../../src/config/load.ts'
import { createTraffic } from '../../../src/daemon/traffic/traffic.ts'
import { checkSignature, sign } from '../../../src/protocol/signature.ts'
import { startRecordingBot } from '../../support/bot/recording-bot.js'
import { createFakeJournal } from '../../support/daemon/fakes.ts'
import { aDelivery } from '../../support/deliveries.ts'
import { folderForTest } from '../../support/folder.ts'

const PLATFORMS = 'the secret of the webhook'

async function setUp(botSecret: () => string | null) {
  const bot = await startRecordingBot()
  onTestFinished(() => bot.close())
  const cwd = await folderForTest()
  const options = { forwardTo: bot.url }
  const config = await loadConfig(options, { cwd, env: {}, platform: process.platform, sourceOf: (key) => key })
  const deliveries = createTraffic({
    config,
    journal: createFakeJournal(),
    emit: () => undefined,
    botId: 'b1',
    who: 'me@here',
    secret: () => PLATFORMS,
    rereadSecret: async () => null,
    botSecret,
    challenged: () => undefined,
    handedOver: () => undefined,
    arrived: () => undefined,
    refused: () => undefined,
  })
  onTestFinished(() => deliveries.close())
  const arrive = () => {
    const delivery = aDelivery()
    const headers = [...delivery.headers, 'X-Hub-Signature', sign(delivery.body, PLATFORMS)]
    return deliveries.pipeline.accept({ ...delivery, headers }, performance.now())
  }
  const verdicts = (secret: string) =>
    bot.deliveries().map(({ rawHeaders, body }) => checkSignature(rawHeaders, body, secret))
  return { deliveries, arrive, verdicts }
}

describe('A delivery', () => {
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
