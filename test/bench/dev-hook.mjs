// dev-hook in front of the bot: its gateway, and everything behind it.
import { createHookAddress, hookUrl } from '../../dist/core/hook-url.js'
import { openGateway } from '../../dist/gateway/server.js'
import { cpuMicros, serve } from './processes.mjs'
import { openWiring } from './wiring.mjs'

const [upstream, ...without] = process.argv.slice(2)
const { traffic, emit, close } = await openWiring(upstream, without)
traffic.queue.release()
const address = createHookAddress()
const gateway = await openGateway({
  address,
  port: null,
  accept: traffic.pipeline.accept,
  rejected: (id, reason, status, detail) => emit({ type: 'rejected', id, reason, status, detail }),
})

serve(
  { url: hookUrl(gateway.url, address) },
  () => ({ cpu: cpuMicros() }),
  async () => {
    await gateway.close()
    await close()
  },
)
