// The process of the hold: takes deliveries while the bot is away, and lets them go.
import { toDelivery } from '../../src/gateway/intake.ts'
import { nextPayload } from './payload.mjs'
import { serve } from './processes.mjs'
import { openWiring } from './wiring.mjs'

const [upstream] = process.argv.slice(2)
const { traffic, close } = await openWiring(upstream)
const LANES = 100

function deliveryOf(number) {
  const { body, signature } = nextPayload(number % LANES)
  const rawHeaders = ['Host', 'x', 'Content-Type', 'application/json', 'X-Hub-Signature', signature]
  return toDelivery({ method: 'POST', search: '', rawHeaders, body }, Date.now())
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** Straight to the pipeline: ten thousand open connections would measure the system rather than dev-hook. */
async function run({ total }) {
  traffic.queue.hold('the benchmark')
  const before = process.memoryUsage()
  const start = performance.now()
  const answers = []
  for (let i = 0; i < total; i++) {
    answers.push(traffic.pipeline.accept(deliveryOf(i), performance.now()))
    // As many at once as a burst brings, so that the journal gets its turns.
    if (i % 50 === 49) await turn()
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
