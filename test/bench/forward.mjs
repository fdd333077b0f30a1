// Forwarding: how many deliveries a second, and how much later than direct, with everything on, in turn with yardstick and limit.
import { count, median, ratio, round, table } from './numbers.mjs'
import { startProcess } from './processes.mjs'

const LEVELS = [1, 10, 100]

/** @param {{ rounds: number, ms: number }} options */
export async function benchForward({ rounds, ms }) {
  const bot = await startProcess('bot.mjs')
  const { url } = bot.ready
  const contestants = {
    direct: bot,
    'least in Node': await startProcess('least.mjs', url),
    'http-proxy': await startProcess('http-proxy.mjs', url),
    'dev-hook': await startProcess('dev-hook.mjs', url),
    'no journal': await startProcess('dev-hook.mjs', url, '--no-journal'),
    'no output': await startProcess('dev-hook.mjs', url, '--no-output'),
  }
  const load = await startProcess('load.mjs')
  const names = Object.keys(contestants)
  const results = new Map()

  const once = async (name, connections, duration) => {
    const contestant = contestants[name]
    const { cpu: before = 0 } = await contestant.ask({})
    const result = await load.ask({ url: contestant.ready.url, connections, ms: duration })
    const { cpu: after = 0 } = await contestant.ask({})
    return { ...result, cpu: (after - before) / result.requests }
  }

  for (const name of names) await once(name, 10, ms)
  for (const connections of LEVELS) {
    for (let i = 0; i < rounds; i++) {
      // Another one begins each time, so that nobody always follows the same one.
      for (let j = 0; j < names.length; j++) {
        const name = names[(i + j) % names.length]
        const key = `${name} ${connections}`
        results.set(key, [...(results.get(key) ?? []), await once(name, connections, ms)])
      }
    }
  }
  await Promise.all([load, ...Object.values(contestants)].map((each) => each.end()))
  return summarize(names, results)
}

function summarize(names, results) {
  const summary = {}
  for (const connections of LEVELS) {
    const of = (name, field) => median(results.get(`${name} ${connections}`).map((result) => result[field]))
    // Round by round, since those of one round met the same neighbours on the machine.
    const against = (name, other, field) => {
      const others = results.get(`${other} ${connections}`)
      return median(results.get(`${name} ${connections}`).map((result, i) => result[field] / others[i][field]))
    }
    summary[connections] = Object.fromEntries(
      names.map((name) => [
        name,
        {
          perSecond: round(of(name, 'perSecond')),
          p50: round(of(name, 'p50')),
          p99: round(of(name, 'p99')),
          cpu: round(of(name, 'cpu'), 1),
          failed: results.get(`${name} ${connections}`).reduce((sum, { failed }) => sum + failed, 0),
          ofProxy: round(against(name, 'http-proxy', 'perSecond'), 3),
          ofDirect: round(against(name, 'direct', 'perSecond'), 3),
          p99OfProxy: round(against(name, 'http-proxy', 'p99'), 3),
        },
      ]),
    )
    const { 'dev-hook': full, 'no journal': bare } = summary[connections]
    full.journalCost = round(1 - against('dev-hook', 'no journal', 'perSecond'), 3)
    full.journalCpu = round(full.cpu - bare.cpu, 1)
    full.addedMs = round((full.p50 - summary[connections].direct.p50) / 1_000, 3)
  }
  return summary
}

export function printForward(summary) {
  const lines = []
  for (const [connections, byName] of Object.entries(summary)) {
    const rows = Object.entries(byName).map(([name, each]) => [
      name,
      count(each.perSecond),
      count(each.p50),
      count(each.p99),
      each.cpu === 0 ? '' : each.cpu.toFixed(0),
      ratio(each.ofDirect),
      ratio(each.ofProxy),
      ratio(each.p99OfProxy),
      each.failed,
    ])
    const head = [`${connections} connection${connections === '1' ? '' : 's'}`, 'req/s', 'p50 µs', 'p99 µs', 'CPU µs']
    lines.push(table([...head, 'of direct', 'of http-proxy', 'p99 of http-proxy', 'failed'], rows))
    const { journalCost, journalCpu, addedMs } = byName['dev-hook']
    lines.push(
      `the journal costs ${(journalCost * 100).toFixed(0)} % (${journalCpu.toFixed(0)} µs CPU); p50 + ${addedMs} ms\n`,
    )
  }
  return lines.join('\n')
}
