// The process of the hold: takes deliveries while the bot is away, and lets them go.
import { setTimeout as sleep } from 'node:timers/promises'
import { toDelivery } from '../../src/gateway/intake.ts'
import { nextPayload } from './payload.mjs'
import { serve } from './processes.mjs'
import { openWiring } from './wiring.mjs'

const [upstream] = process.argv.slice(2)
const { traffic, close } = await openWiring(upstream)

function deliveryOf(number, lanes, bytes) {
  const { body, signature } = nextPayload(number % lanes, bytes)
  const rawHeaders = ['Host', 'x', 'Content-Type', 'application/json', 'X-Hub-Signature', signature]
  return toDelivery({ method: 'POST', search: '', rawHeaders, body }, Date.now())
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** Straight to the pipeline: ten thousand open connections would measure the system rather than dev-hook. */
async function run({ total, bytes = 0, lanes = 100 }) {
  traffic.queue.hold('the benchmark')
  const before = process.memoryUsage()
  const start = performance.now()
  const answers = []
  for (let i = 0; i < total; i++) {
    answers.push(traffic.pipeline.accept(deliveryOf(i, lanes, bytes), performance.now()))
    // As many at once as a burst brings, so that the journal gets its turns; large ones no faster than disks take them.
    if (i % 50 === 49) await (bytes === 0 ? turn() : sleep(10))
  }
  const holdMs = performance.now() - start
  const { waiting } = traffic.queue
  const after = process.memoryUsage()
  const released = performance.now()
  traffic.queue.release()
  const statuses = (await Promise.all(answers)).map(({ status }) => status)
  return {
    waiting,
    holdMs,
    releaseMs: performance.now() - released,
    failed: statuses.filter((status) => status !== 200).length,
    bytesPerDelivery: (after.heapUsed + after.external - before.heapUsed - before.external) / total,
    rss: after.rss,
  }
}

serve({}, run, close)
