// `npm run bench`: every part in one run, as tables and one line of JSON. `--quick` is shorter, `--only=path,start` runs some, `--rounds=80` makes that of the straight path more exact.
import { cpus } from 'node:os'
import { benchDurable, printDurable } from './durable.mjs'
import { benchGrowth, printGrowth } from './growth.mjs'
import { benchHold, printHold } from './hold.mjs'
import { benchIdle, printIdle } from './idle.mjs'
import { benchKit, printKit } from './kit.mjs'
import { benchList, printList } from './list.mjs'
import { benchPackage, printPackage } from './package.mjs'
import { benchPage, printPage } from './page.mjs'
import { benchPath, printPath } from './path.mjs'
import { benchRelay, printRelay } from './relay.mjs'
import { benchRestart, printRestart } from './restart.mjs'
import { benchSandbox, printSandbox } from './sandbox.mjs'
import { benchStart, printStart } from './start.mjs'

const quick = process.argv.includes('--quick')
const given = (name) => process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(`--${name}=`.length)
const only = given('only')?.split(',')

/** `pick(usual, quick)` */
const pick = (usual, short) => (quick ? short : usual)

const PARTS = {
  path: {
    bench: () => benchPath({ rounds: Number(given('rounds') ?? pick(40, 2)), ms: pick(150, 20) }),
    print: printPath,
  },
  start: {
    bench: () => benchStart(pick({ times: 20, readyTimes: 7 }, { times: 5, readyTimes: 2 })),
    print: printStart,
  },
  // Downloads: only when it is named.
  package: {
    bench: () => benchPackage(pick({ rounds: 5 }, { rounds: 1, helps: 5 })),
    print: printPackage,
    asked: true,
  },
  restart: { bench: () => benchRestart(pick({ rounds: 10 }, { rounds: 3 })), print: printRestart },
  hold: { bench: () => benchHold(pick({ total: 10_000 }, { total: 2_000 })), print: printHold },
  growth: {
    bench: () =>
      benchGrowth(pick({ total: 100_000, recorded: 10_000, times: 5 }, { total: 4_000, recorded: 1_000, times: 2 })),
    print: printGrowth,
  },
  list: { bench: () => benchList(pick({ total: 10_000, times: 20 }, { total: 2_000, times: 5 })), print: printList },
  page: { bench: () => benchPage(pick({ total: 10_000, times: 9 }, { total: 2_000, times: 2 })), print: printPage },
  kit: { bench: () => benchKit(pick({ times: 5, says: 1_000 }, { times: 2, says: 100 })), print: printKit },
  durable: { bench: () => benchDurable(pick({ ms: 1_500 }, { ms: 400 })), print: printDurable },
  sandbox: {
    bench: () =>
      benchSandbox(
        pick({ conversations: 1_000, perSecond: 100, ms: 10_000 }, { conversations: 50, perSecond: 50, ms: 1_000 }),
      ),
    print: printSandbox,
  },
  relay: {
    bench: () => benchRelay(pick({ times: 2_000, ms: 5_000 }, { times: 100, ms: 300 })),
    print: printRelay,
  },
  idle: { bench: () => benchIdle(pick({ idleMs: 15_000 }, { idleMs: 1_000 })), print: printIdle },
}

const [{ model } = { model: 'processor unknown' }] = cpus()
const day = new Date().toISOString().slice(0, 10)
console.log(`${day}, Node ${process.versions.node}, ${process.platform}, ${cpus().length} cores (${model})\n`)
const results = {}
for (const [name, part] of Object.entries(PARTS)) {
  if (only ? !only.includes(name) : part.asked) continue
  const start = performance.now()
  const result = await part.bench()
  results[name] = result
  const seconds = Math.round((performance.now() - start) / 1_000)
  console.log(`## ${name} (${seconds} s)\n\n${part.print(result)}\n`)
}
console.log(JSON.stringify({ node: process.version, platform: process.platform, ...results }))
// A connection that somebody keeps alive must not keep the result waiting.
process.exit()
