// One process of the straight path: the load, the bot, and one contestant between them, so that its CPU time is all that was used.

import { startBot } from './bot-server.mjs'
import { CONTESTANTS } from './contestants.mjs'
import { runLoad } from './load.mjs'
import { cpuMicros, serve } from './processes.mjs'

const [name] = process.argv.slice(2)
const url = await CONTESTANTS[name](await startBot())

serve({}, async (load) => {
  const before = cpuMicros()
  const result = await runLoad({ url, ...load })
  const cpu = (cpuMicros() - before) / result.requests
  return { ...result, cpu, rssMB: process.memoryUsage.rss() / 1e6 }
})
