// Holding: what ten thousand deliveries take in time and memory while the bot is away, and how fast they go when it is back.
import { count, round, table } from './numbers.mjs'
import { startProcess } from './processes.mjs'

/** What is held: deliveries of a usual size in a hundred conversations, in many more, and larger ones. */
const LOADS = {
  'in 100 conversations': {},
  'in 5,000 conversations': { lanes: 5_000 },
  'of 20 KB': { bytes: 20 * 1024 },
}

/** @param {{ total: number }} options */
export async function benchHold({ total }) {
  const results = {}
  for (const [name, load] of Object.entries(LOADS)) results[name] = await hold({ total, ...load })
  return results
}

async function hold(load) {
  const bot = await startProcess('bot.mjs')
  const held = await startProcess('held.mjs', bot.ready.url)
  await held.ask({ total: 500 })
  const { waiting, failed, holdMs, releaseMs, bytesPerDelivery, rss } = await held.ask(load)
  await Promise.all([bot.end(), held.end()])
  return {
    held: waiting,
    failed,
    heldPerSecond: round((waiting / holdMs) * 1_000),
    releasedPerSecond: round((waiting / releaseMs) * 1_000),
    bytesPerDelivery: round(bytesPerDelivery),
    togetherMB: round((bytesPerDelivery * waiting) / 1e6),
    rssMB: round(rss / 1e6),
  }
}

export function printHold(results) {
  return table(
    ['held while the bot is away', 'held', 'held/s', 'released/s', 'bytes each', 'together MB', 'RSS MB', 'failed'],
    Object.entries(results).map(([name, one]) => [
      name,
      count(one.held),
      count(one.heldPerSecond),
      count(one.releasedPerSecond),
      count(one.bytesPerDelivery),
      one.togetherMB,
      one.rssMB,
      one.failed,
    ]),
  )
}
