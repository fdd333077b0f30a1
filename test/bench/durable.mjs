// Durable acknowledgements: how many deliveries a second can be promised to the platform, each of them on disk first.
import { count, round, table } from './numbers.mjs'
import { startProcess } from './processes.mjs'

/** @param {{ ms: number }} options */
export async function benchDurable({ ms }) {
  const journal = await startProcess('acknowledger.mjs')
  await journal.ask({ concurrency: 8, ms: ms / 2 })
  const results = {}
  for (const concurrency of [1, 8, 64]) {
    const { perSecond } = await journal.ask({ concurrency, ms })
    results[concurrency] = round(perSecond)
  }
  await journal.end()
  return results
}

export function printDurable(results) {
  return table(
    ['at the same time', 'synced per second'],
    Object.entries(results).map(([concurrency, perSecond]) => [concurrency, count(perSecond)]),
  )
}
