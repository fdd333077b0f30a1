// Growth: whether a delivery costs as much when many are recorded as at first, and how long a full journal takes to open.
import { rm } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import { openJournal } from '../../src/journal/journal.ts'
import { recordDeliveries } from './list.mjs'
import { count, median, ratio, round, table } from './numbers.mjs'
import { startProcess } from './processes.mjs'
import { onTrouble, temporaryFolder } from './wiring.mjs'

const CHUNKS = 10

/** @param {{ total: number, recorded: number, times: number }} options */
export async function benchGrowth({ total, recorded, times }) {
  const { costs, failed } = await costByNumber(total)
  const [empty, full] = [await openingMs(0, times), await openingMs(recorded, times)]
  return { total, costs, failed, recorded, emptyMs: round(empty, 1), fullMs: round(full, 1) }
}

/** CPU time of a delivery, tenth by tenth, as a multiple of what the bot alone takes at that moment. */
async function costByNumber(total) {
  const [direct, devHook] = [
    await startProcess('path-process.mjs', 'direct'),
    await startProcess('path-process.mjs', 'dev-hook'),
  ]
  const ask = (contestant) => contestant.ask({ connections: 10, total: total / CHUNKS / 4 })
  // What is compiled while it runs is not growth.
  await Promise.all([ask(direct), ask(devHook)])
  const costs = []
  let failed = 0
  for (let chunk = 0; chunk < CHUNKS; chunk++) {
    const ratios = []
    for (let part = 0; part < 4; part++) {
      const limit = await ask(direct)
      const result = await ask(devHook)
      ratios.push(result.cpu / limit.cpu)
      failed += result.failed
    }
    costs.push(round(median(ratios), 2))
  }
  await Promise.all([direct.end(), devHook.end()])
  return { costs, failed }
}

/** The fastest of some openings of a journal with so many deliveries in it, in ms. */
async function openingMs(recorded, times) {
  const folder = await temporaryFolder()
  await recordDeliveries(folder, recorded)
  const taken = []
  for (let i = 0; i < times; i++) {
    const start = performance.now()
    const journal = await openJournal(folder, { onTrouble })
    taken.push(performance.now() - start)
    await journal.close()
  }
  await rm(folder, { recursive: true, force: true })
  return Math.min(...taken)
}

export function printGrowth({ total, costs, recorded, emptyMs, fullMs }) {
  const rows = costs.map((cost, i) => [
    `${count((total / CHUNKS) * i)} to ${count((total / CHUNKS) * (i + 1))}`,
    ratio(cost),
    ratio(cost / costs[0]),
  ])
  return [
    table(['CPU of a delivery, recorded so far', 'of direct', 'of the first'], rows),
    table(
      ['opening the journal', 'ms'],
      [
        ['empty', emptyMs],
        [`${count(recorded)} deliveries`, fullMs],
      ],
    ),
  ].join('\n\n')
}
