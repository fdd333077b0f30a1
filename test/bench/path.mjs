// The straight path: what a delivery costs in front of a bot that is there, in turn with what else could stand there.
import { CONTESTANTS } from './contestants.mjs'
import { count, median, pairedRatio, round, table } from './numbers.mjs'
import { startProcess } from './processes.mjs'

// A busy machine makes every second a different one, but not the work: CPU time of a process that has load, bot and contestant in it,
// each round in turn, compared with the yardstick of the same round.
const YARDSTICK = '@fastify/http-proxy'

/** What is sent: `share` of the rounds, in loads that take `longer` than those of small deliveries. */
const LOADS = [
  { name: '2.3 KB, 10 connections', connections: 10, bytes: 0, share: 1, longer: 1 },
  { name: '2.3 KB, 1 connection', connections: 1, bytes: 0, share: 0.3, longer: 1 },
  { name: '2.3 KB, 100 connections', connections: 100, bytes: 0, share: 0.3, longer: 2 },
  { name: '64 KB, 10 connections', connections: 10, bytes: 64 * 1024, share: 0.2, longer: 1 },
  { name: '1 MB, 10 connections', connections: 10, bytes: 1024 * 1024, share: 0.2, longer: 2 },
  // The gateway holds 16 MB whose signature is not checked yet.
  { name: '10 MB, 1 connection', connections: 1, bytes: 10 * 1024 * 1024, share: 0.2, longer: 2 },
]

const FIRST = LOADS[0].name

/** @param {{ rounds: number, ms: number }} options */
export async function benchPath({ rounds, ms }) {
  const names = Object.keys(CONTESTANTS)
  const processes = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await startProcess('path-process.mjs', name)])),
  )
  const results = {}
  for (const { name: load, connections, bytes, share, longer } of LOADS) {
    const ask = (name, duration) => processes[name].ask({ connections, bytes, ms: duration })
    // What is compiled while it runs, and what fills up, does so before.
    for (const name of names) await ask(name, load === FIRST ? 10 * ms : ms * longer)
    const taken = Object.fromEntries(names.map((name) => [name, []]))
    for (let i = 0; i < Math.max(2, rounds * share); i++) {
      // Another one begins each time, so that nobody always follows the same one.
      for (let j = 0; j < names.length; j++) {
        const name = names[(i + j) % names.length]
        taken[name].push(await ask(name, ms * longer))
      }
    }
    results[load] = Object.fromEntries(
      names.map((name) => [name, summaryOf(taken[name], taken[YARDSTICK], taken['dev-hook'])]),
    )
  }
  await Promise.all(names.map((name) => processes[name].end()))
  return results
}

function summaryOf(taken, yardstick, whole) {
  const all = (rounds, field) => rounds.map((result) => result[field])
  const middle = (field) => median(all(taken, field))
  return {
    cpu: round(middle('cpu'), 1),
    perSecond: round(middle('perSecond')),
    p50: round(middle('p50')),
    p99: round(middle('p99')),
    failed: taken.reduce((sum, { failed }) => sum + failed, 0),
    rssMB: round(taken.at(-1).rssMB),
    cpuOfProxy: pairedRatio(all(taken, 'cpu'), all(yardstick, 'cpu')),
    perSecondOfProxy: pairedRatio(all(taken, 'perSecond'), all(yardstick, 'perSecond')),
    p99OfProxy: pairedRatio(all(taken, 'p99'), all(yardstick, 'p99')),
    cpuOfWhole: pairedRatio(all(taken, 'cpu'), all(whole, 'cpu')),
  }
}

export function printPath(results) {
  return Object.entries(results)
    .map(([load, byName]) => {
      const rows = Object.entries(byName).map(([name, each]) => [
        name,
        each.cpu,
        each.cpuOfProxy,
        each.cpuOfWhole,
        count(each.perSecond),
        count(each.p50),
        count(each.p99),
        each.p99OfProxy,
        each.rssMB,
        each.failed,
      ])
      const head = [
        'CPU µs',
        'of http-proxy',
        'of dev-hook',
        'req/s',
        'p50 µs',
        'p99 µs',
        'p99 of http-proxy',
        'RSS MB',
        'failed',
      ]
      return table([load, ...head], rows)
    })
    .join('\n\n')
}
