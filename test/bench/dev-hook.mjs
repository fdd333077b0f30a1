// dev-hook as a contestant: from its gateway to the bot, whole or without parts.
import { createHookAddress, hookUrl } from '../../src/core/hook-url.ts'
import { openGateway } from '../../src/gateway/server.ts'
import { openWiring } from './wiring.mjs'

/** Opens it in front of a bot, and gives the URL to send to. */
export async function openDevHook(bot, without) {
  const { traffic, emit } = await openWiring(bot, without)
  traffic.queue.release()
  const address = createHookAddress()
  const gateway = await openGateway({
    address,
    port: null,
    accept: traffic.pipeline.accept,
    rejected: (rejection) => emit({ type: 'rejected', ...rejection }),
  })
  return hookUrl(gateway.url, address)
}
