// The traffic of a run to a bot that records what it gets, with everything else of the run as plain as can be.
import { onTestFinished } from 'vitest'
import { loadConfig } from '../../../src/config/load.ts'
import type { Options } from '../../../src/config/options.ts'
import type { Delivery, Reply } from '../../../src/core/delivery.ts'
import type { NoticeBody } from '../../../src/core/notices.ts'
import { createTraffic, type Traffic, type TrafficOptions } from '../../../src/daemon/traffic/traffic.ts'
import { folderForTest } from '../folder.ts'
import { recordingBotForTest } from '../platform/sandboxes.ts'
import { createFakeJournal } from './fakes.ts'

/** The secret of the webhook. */
export const SECRET = 'the secret of the webhook'

export interface TrafficWithBot {
  readonly bot: Awaited<ReturnType<typeof recordingBotForTest>>
  readonly notices: readonly NoticeBody[]
  readonly journal: ReturnType<typeof createFakeJournal>
  readonly traffic: Traffic
  /** A delivery comes in now. */
  arrive(delivery: Delivery): Promise<Reply>
}

/** Opens it, holding; `path`: of the bot's webhook. It is closed with the test. */
export async function trafficWithBot(
  path: string,
  given: Options = {},
  parts: Partial<Omit<TrafficOptions, 'config' | 'emit' | 'journal'>> = {},
): Promise<TrafficWithBot> {
  const bot = await recordingBotForTest()
  const options = { forwardTo: `${bot.url}${path}`, ...given }
  const context = { cwd: await folderForTest(), env: {}, platform: process.platform, sourceOf: (key: string) => key }
  const notices: NoticeBody[] = []
  const journal = createFakeJournal()
  const traffic = createTraffic({
    config: await loadConfig(options, context),
    emulated: false,
    journal,
    emit: (notice) => void notices.push(notice),
    botId: 'b1',
    who: 'me@here',
    secret: () => SECRET,
    rereadSecret: async () => null,
    botSecret: () => null,
    formerUrl: () => null,
    former: () => null,
    challenged: () => undefined,
    handedOver: () => undefined,
    handedDown: async () => false,
    joined: () => null,
    runId: 'run',
    arrived: () => undefined,
    refused: () => undefined,
    botRoutes: async () => [],
    ...parts,
  })
  onTestFinished(async () => {
    await traffic.pipeline.end()
    await traffic.close()
  })
  return {
    bot,
    notices,
    journal,
    traffic,
    arrive: (delivery) => traffic.pipeline.accept(delivery, performance.now()),
  }
}
