// `npm run soak`: the whole command line under steady traffic for minutes, with restarts and lost tunnels; is anything growing?
//
// --minutes n   how long (default 10)
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openSandbox } from '../../src/sandbox/sandbox.ts'
import { createMessageStream } from '../support/message-stream.ts'
import { openNgrokEdge } from '../support/tunnel/ngrok-edge/edge.ts'
import { count, median, table } from './numbers.mjs'

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const BOT = fileURLToPath(new URL('../support/bot/programs/logging-bot.js', import.meta.url))
const PER_SECOND = 20
const SAVE_EVERY_MS = 10_000
const DROP_EVERY_MS = 30_000
const SAMPLE_EVERY_MS = 2_000
/** So many deliveries are remembered; before that memory grows by right. */
const REMEMBERED = 10_000
const WARM_PER_SECOND = 150
/** More than this from the first third to the last is growth. */
const GROWTH = { rss: 1.15, fds: 1.1 }

const at = process.argv.indexOf('--minutes')
const minutes = at === -1 ? 10 : Number(process.argv[at + 1])
if (!(minutes > 0)) throw new Error('--minutes takes a number')

const home = await mkdtemp(join(tmpdir(), 'dev-hook-soak-'))
const cwd = await mkdtemp(join(tmpdir(), 'dev-hook-soak-bot-'))
const record = join(home, 'record.jsonl')
const save = () => copyFile(BOT, join(cwd, 'bot.mjs'))
await save()

const edge = await openNgrokEdge()
const platform = await openSandbox({ ca: edge.ca, retry: { firstMs: 500, factor: 2, maxMs: 2_000, forMs: 120_000 } })
const traffic = createMessageStream(platform, 25)
const { child, notices } = await startDevHook()
await traffic.flow(REMEMBERED, WARM_PER_SECOND)
const samples = await soak(minutes * 60_000)
await traffic.settled()
const ids = await came()
child.kill('SIGINT')
const [code] = await once(child, 'exit')
const flat = report(samples, ids, code)
await platform.close()
await edge.close()
await rm(home, { recursive: true, force: true })
await rm(cwd, { recursive: true, force: true })
process.exit(flat ? 0 : 1)

async function startDevHook() {
  const { api, token, refreshToken, email } = platform
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    XDG_STATE_HOME: join(home, 'state'),
    APIHOST: api,
    TOKEN: token,
    REFRESH_TOKEN: refreshToken,
    EMAIL: email,
    PORT: String(await freePort()),
    NGROK_AUTHTOKEN: edge.authtoken,
    DEV_HOOK_NGROK_SERVER_ADDR: edge.serverAddr,
    DEV_HOOK_NGROK_CA: edge.caFile,
    NODE_EXTRA_CA_CERTS: edge.caFile,
    RECORD: record,
    DELAY_MS: '5',
  }
  const words = [MAIN, '--json', '--take-over', '--', process.execPath, 'bot.mjs']
  const started = spawn(process.execPath, words, { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const counts = new Map()
  await new Promise((resolve, reject) => {
    createInterface({ input: started.stdout }).on('line', (line) => {
      const { type, state } = JSON.parse(line)
      const name = state === undefined ? type : `${type} ${state}`
      counts.set(name, (counts.get(name) ?? 0) + 1)
      if (type === 'ready') resolve()
    })
    started.once('exit', (ended) => reject(new Error(`dev-hook ended with ${ended} before it was ready`)))
  })
  return { child: started, notices: counts }
}

/** Runs for so long; resolves with a sample of every process every other second. */
async function soak(ms) {
  const over = AbortSignal.timeout(ms)
  const taken = []
  const timers = [
    setInterval(() => void save(), SAVE_EVERY_MS),
    setInterval(() => edge.faults.drop('reset'), DROP_EVERY_MS),
    setInterval(async () => taken.push(await sample()), SAMPLE_EVERY_MS),
  ]
  await traffic.flow(Number.POSITIVE_INFINITY, PER_SECOND, over)
  timers.forEach(clearInterval)
  // A bot that was just saved is up again after this.
  await sleep(1_000)
  return taken
}

/** RSS in MiB and open descriptors of the daemon and of what it started, but for the bot. */
async function sample() {
  const children = await childrenOf(child.pid)
  const tunnel = children.find(({ command }) => command.includes('ngrok/child'))?.pid
  const watchdog = children.find(({ command }) => command.includes('watchdog/child'))?.pid
  const [daemon, ngrok, dog] = await Promise.all([child.pid, tunnel, watchdog].map(usage))
  return { daemon, ngrok, watchdog: dog }
}

async function usage(pid) {
  // The process of the tunnel is replaced now and then: there may be none at this moment.
  if (pid === undefined) return null
  try {
    const [, pages] = (await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ')
    return { rss: (Number(pages) * 4_096) / 2 ** 20, fds: (await readdir(`/proc/${pid}/fd`)).length }
  } catch {
    return null
  }
}

async function childrenOf(parent) {
  const pids = (await readFile(`/proc/${parent}/task/${parent}/children`, 'utf8').catch(() => '')).split(' ')
  const found = await Promise.all(
    pids.filter(Boolean).map(async (pid) => {
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      return { pid: Number(pid), command }
    }),
  )
  return found
}

async function came() {
  const lines = (await readFile(record, 'utf8')).trim().split('\n')
  return lines.map((line) => JSON.parse(line)).flatMap(({ what, id }) => (what === 'came' ? [id] : []))
}

function report(all, ids, exitCode) {
  const third = Math.floor(all.length / 3)
  const rows = ['daemon', 'ngrok', 'watchdog'].flatMap((name) =>
    ['rss', 'fds'].map((what) => {
      const of = (some) => median(some.flatMap((one) => (one[name] === null ? [] : [one[name][what]])))
      const [first, last] = [of(all.slice(0, third)), of(all.slice(-third))]
      return { name, what, first, last, flat: last <= first * GROWTH[what] }
    }),
  )
  const shown = rows.map(({ name, what, first, last, flat }) => {
    const unit = what === 'rss' ? 'RSS, MiB' : 'descriptors'
    return [`${name}, ${unit}`, first.toFixed(1), last.toFixed(1), flat ? 'yes' : 'NO']
  })
  console.log(table(['median of', 'first third', 'last third', 'flat'], shown))
  const lost = traffic.sent.length - new Set(ids).size
  const doubled = ids.length - new Set(ids).size
  const restarts = (notices.get('bot ready') ?? 1) - 1
  const reconnects = notices.get('tunnel online') ?? 0
  console.log(
    `\n${count(traffic.sent.length)} deliveries, ${lost} lost, ${doubled} doubled, ${notices.get('held') ?? 0} held`,
  )
  console.log(
    `${restarts} restarts, ${reconnects} reconnects, ${notices.get('warning') ?? 0} warnings, exit code ${exitCode}`,
  )
  return rows.every(({ flat }) => flat) && lost === 0 && doubled === 0 && exitCode === 0
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}
