// Holding: what ten thousand deliveries take in time and memory while the bot is away, and how fast they go when it is back.
import { count, round, table } from './numbers.mjs'
import { startProcess } from './processes.mjs'

/** @param {{ total: number }} options */
export async function benchHold({ total }) {
  const bot = await startProcess('bot.mjs')
  const held = await startProcess('held.mjs', bot.ready.url)
  await held.ask({ total: 500 })
  const result = await held.ask({ total })
  await Promise.all([bot.end(), held.end()])
  const { waiting, failed, holdMs, releaseMs, bytesPerDelivery, rss } = result
  return {
    held: waiting,
    failed,
    holdMs: round(holdMs),
    releaseMs: round(releaseMs),
    heldPerSecond: round((waiting / holdMs) * 1_000),
    releasedPerSecond: round((waiting / releaseMs) * 1_000),
    bytesPerDelivery: round(bytesPerDelivery),
    rssMB: round(rss / 1e6),
  }
}

export function printHold({
  held,
  failed,
  holdMs,
  releaseMs,
  heldPerSecond,
  releasedPerSecond,
  bytesPerDelivery,
  rssMB,
}) {
  return table(
    [`${count(held)} deliveries`, 'ms', 'per second', 'bytes each', 'RSS MB', 'failed'],
    [
      ['held', count(holdMs), count(heldPerSecond), count(bytesPerDelivery), rssMB, ''],
      ['released', count(releaseMs), count(releasedPerSecond), '', '', failed],
    ],
  )
}
