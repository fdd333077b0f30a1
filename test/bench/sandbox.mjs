// The sandbox under load: 1,000 conversations, 100 messages a second whose contacts wait for the answer; in process, and by the command line.
import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { openSandbox } from '../../src/sandbox/sandbox.ts'
import { freePort } from './free-port.mjs'
import { quantile, round, table } from './numbers.mjs'
import { cpuMicros } from './processes.mjs'

const BOT = fileURLToPath(new URL('sandbox-bot.mjs', import.meta.url))
const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const MIB = 1024 * 1024

const now = () => performance.timeOrigin + performance.now()

/** @param {{conversations: number, perSecond: number, ms: number}} options */
export async function benchSandbox(options) {
  return { process: await inProcess(options), cli: await byCommandLine(options) }
}

/** Calls `act` with each number from 0, so many times a second, for `ms`. Resolves with what all of them gave. */
async function atRate({ perSecond, ms }, act) {
  const acts = []
  const beganAt = performance.now()
  for (let n = 0; n < (perSecond * ms) / 1_000; n += 1) {
    const due = beganAt + (n * 1_000) / perSecond - performance.now()
    if (due > 0) await new Promise((resolve) => setTimeout(resolve, due))
    acts.push(act(n))
  }
  return Promise.all(acts)
}

const summary = (times) => {
  const sorted = Float64Array.from(times).sort()
  return { count: sorted.length, p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), max: sorted.at(-1) ?? 0 }
}

const tookAt = async (port) => (await fetch(`http://127.0.0.1:${port}/took`)).json()

async function inProcess(options) {
  const bot = fork(BOT, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const [{ port }] = await once(bot, 'message')
  const before = process.memoryUsage().rss / MIB
  const registered = { url: `http://127.0.0.1:${port}/` }
  const sandbox = await openSandbox({ registered, arrival: 'joined', rateLimit: 1_000_000 })
  const contacts = []
  for (let n = 0; n < options.conversations; n += 1) contacts.push(await sandbox.contact({ name: `Contact ${n}` }))
  const cpuBefore = cpuMicros()
  const loop = monitorEventLoopDelay({ resolution: 5 })
  loop.enable()
  let failed = 0
  const replies = await atRate(options, async (n) => {
    const sentAt = now()
    await contacts[n % contacts.length].say(String(sentAt), { timeoutMs: 60_000 }).catch(() => {
      failed += 1
    })
    return now() - sentAt
  })
  loop.disable()
  const delivery = summary(await tookAt(port))
  const result = {
    delivery,
    reply: summary(replies),
    failed,
    loop: { p99: loop.percentile(99) / 1e6, max: loop.max / 1e6 },
    rss: process.memoryUsage().rss / MIB,
    rssBefore: before,
    cpuEach: (cpuMicros() - cpuBefore) / 1_000 / replies.length,
  }
  await sandbox.close()
  bot.disconnect()
  return result
}

async function byCommandLine(options) {
  const home = await mkdtemp(join(tmpdir(), 'dev-hook-bench-'))
  const port = await freePort()
  const env = { ...process.env, PORT: String(port), XDG_STATE_HOME: home }
  const args = [MAIN, 'sandbox', '--json', '--no-watch', '--arrival', 'joined', '--', process.execPath, BOT]
  const cli = spawn(process.execPath, args, { cwd: home, env, stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const { api, logins } = await readyOf(cli)
    const call = callerOf(api)
    const { token } = await call('/v2/auth/token', { email: logins.at(-1), password: 'any' })
    const conversations = []
    for (let n = 0; n < options.conversations; n += 1) {
      conversations.push(await call('/v2/conversations', { contact: { name: `Contact ${n}` } }, token))
    }
    let failed = 0
    const cpuBefore = await cpuOf(cli.pid)
    const sent = await atRate(options, async (n) => {
      const { id, contact } = conversations[n % conversations.length]
      const sentAt = now()
      const message = { text: String(sentAt), role: 'contact', user: contact }
      await call(`/v2/conversations/${id}/messages`, message, token).catch(() => {
        failed += 1
      })
      return now() - sentAt
    })
    const took = []
    for (let tries = 0; tries < 200 && took.length < sent.length; tries += 1) {
      took.push(...(await tookAt(port)))
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    const cpu = await cpuOf(cli.pid)
    return {
      delivery: summary(took),
      cpuEach: cpu === null ? null : (cpu - cpuBefore) / sent.length,
      call: summary(sent),
      failed: failed + sent.length - took.length,
      rss: await rssOf(cli.pid),
    }
  } finally {
    cli.kill('SIGINT')
    await once(cli, 'exit')
    await rm(home, { recursive: true, force: true })
  }
}

/** Reads the notices of a run until it is ready, and goes on reading, so that it can go on writing. */
async function readyOf(cli) {
  const lines = createInterface({ input: cli.stdout })
  return new Promise((resolve, reject) => {
    let sandbox = null
    let isBotReady = false
    lines.on('line', (line) => {
      const notice = JSON.parse(line)
      if (notice.type === 'sandbox') sandbox = notice
      if (notice.type === 'bot' && notice.state === 'ready') isBotReady = true
      if (sandbox !== null && isBotReady) resolve(sandbox)
    })
    cli.once('exit', (code) => reject(new Error(`dev-hook ended with ${code}`)))
  })
}

const callerOf = (api) => async (path, body, token) => {
  const response = await fetch(`${api}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${JSON.stringify(answer)}`)
  return answer
}

/** CPU time of another process so far, in ms; `null` where the system does not tell. */
async function cpuOf(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // Linux counts in hundredths of a second for everybody.
  return stat === '' ? null : (Number(fields[11]) + Number(fields[12])) * 10
}

/** In MiB; `null` where the system does not tell. */
async function rssOf(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const [, kib] = /^VmRSS:\s+(\d+)/m.exec(status) ?? []
  return kib === undefined ? null : Number(kib) / 1024
}

export function printSandbox({ process: own, cli }) {
  const ms = (value) => round(value, 1)
  const row = (name, { count, p50, p95, max }) => [name, count, ms(p50), ms(p95), ms(max)]
  const times = table(
    ['ms', 'count', 'p50', 'p95', 'max'],
    [
      row('in process: until the bot has it', own.delivery),
      row('in process: until the contact has the answer', own.reply),
      row('command line: until the bot has it', cli.delivery),
      row('command line: a call of the API', cli.call),
    ],
  )
  const loop = `event loop in process: p99 ${ms(own.loop.p99)} ms, max ${ms(own.loop.max)} ms`
  const memory = `memory: in process ${round(own.rss)} MiB (${round(own.rssBefore)} before), command line ${cli.rss === null ? '?' : round(cli.rss)} MiB`
  const cpu = `CPU for each message: in process ${ms(own.cpuEach)} ms, command line ${cli.cpuEach === null ? '?' : ms(cli.cpuEach)} ms`
  return `${times}\n\n${cpu}; ${loop}; ${memory}; not answered: ${own.failed + cli.failed}`
}
