// Restarting: from a save to the first answer of the new bot, and what fails meanwhile, in turn with `node --watch` and nodemon.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Agent } from 'undici'
import { sign } from '../../src/protocol/signature.ts'
import { openSandbox } from '../../src/sandbox/sandbox.ts'
import { count, median, round, table } from './numbers.mjs'

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const NODEMON = fileURLToPath(new URL('../../node_modules/nodemon/bin/nodemon.js', import.meta.url))
const EVERY_MS = 5
const MAX_MS = 20_000

/** The bot: answers with the number of its version. */
const program = (version) => `
import { createServer } from 'node:http'
createServer((request, response) => {
  request.resume().on('end', () => response.end('${version}'))
}).listen(Number(process.env.PORT), '127.0.0.1')
`

/** @param {{ rounds: number }} options */
export async function benchRestart({ rounds }) {
  const agent = new Agent({ connections: 64 })
  const contestants = [await startWatched('node --watch', ['--watch', 'bot.mjs'], agent)]
  contestants.push(await startWatched('nodemon', [NODEMON, '--quiet', 'bot.mjs'], agent))
  contestants.push(await startDevHook(agent))
  const results = new Map(contestants.map(({ name }) => [name, []]))
  for (let round = 0; round <= rounds; round++) {
    for (const contestant of contestants) {
      const result = await restart(contestant, round + 1)
      // The first one of each is for warming up.
      if (round > 0) results.get(contestant.name).push(result)
    }
  }
  for (const { end } of contestants) await end()
  await agent.destroy()
  return Object.fromEntries([...results].map(([name, all]) => [name, summarize(all)]))
}

/** @param {Awaited<ReturnType<typeof benchRestart>>} results */
export function printRestart(results) {
  return table(
    ['restart of the bot', 'first answer, ms after the save', 'fastest', 'slowest', 'requests', 'failed'],
    Object.entries(results).map(([name, { medianMs, fastestMs, slowestMs, requests, failed }]) => [
      name,
      medianMs,
      fastestMs,
      slowestMs,
      count(requests),
      count(failed),
    ]),
  )
}

/** Saves the next version, asks all the time, and stops when it answers. */
async function restart({ folder, ask }, version) {
  const wanted = String(version)
  const pending = []
  let failed = 0
  let first = null
  await writeFile(join(folder, 'bot.mjs'), program(version))
  const saved = performance.now()
  while (first === null && performance.now() - saved < MAX_MS) {
    const asked = ask().then(
      (answer) => {
        if (answer === wanted) first ??= performance.now()
      },
      () => {
        failed += 1
      },
    )
    pending.push(asked)
    await sleep(EVERY_MS)
  }
  await Promise.all(pending)
  if (first === null) throw new Error(`version ${version} did not answer within ${MAX_MS} ms`)
  // So that the next save is not taken for a part of this one.
  await sleep(1_500)
  return { ms: first - saved, requests: pending.length, failed }
}

/** A program that restarts the bot; the requests go straight to its port. */
async function startWatched(name, words, agent) {
  const folder = await botFolder()
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/`
  const child = spawn(process.execPath, words, {
    cwd: folder,
    env: environment(folder, { PORT: port }),
    stdio: 'ignore',
  })
  const ask = () => post(agent, url, {}, Buffer.from('{}'))
  await answered(ask)
  return { name, folder, ask, end: () => endAndRemove(child, 'SIGTERM', folder) }
}

/** The whole command line against the sandbox; the requests go through its gateway, signed. */
async function startDevHook(agent) {
  const platform = await openSandbox()
  const folder = await botFolder()
  const { api, token, refreshToken, email } = platform
  const env = { PORT: await freePort(), APIHOST: api, TOKEN: token, REFRESH_TOKEN: refreshToken, EMAIL: email }
  const words = [MAIN, '--json', '--take-over', '--tunnel', 'loopback', '--', process.execPath, 'bot.mjs']
  const home = await mkdtemp(join(tmpdir(), 'dev-hook-bench-'))
  const child = spawn(process.execPath, words, {
    cwd: folder,
    env: environment(home, env),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await readyNotice(child)
  const { url } = platform.registration()
  const { origin, pathname, username, password } = new URL(url)
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  let n = 0
  const ask = () => {
    n += 1
    const body = Buffer.from(JSON.stringify({ id: `bench-${n}`, event: 'message.create.contact.chat' }))
    return post(agent, origin + pathname, { authorization, 'x-hub-signature': sign(body, platform.secret()) }, body)
  }
  await answered(ask)
  const end = async () => {
    await endAndRemove(child, 'SIGINT', folder)
    await rm(home, { recursive: true, force: true })
    await platform.close()
  }
  return { name: 'dev-hook', folder, ask, end }
}

async function readyNotice(child) {
  for await (const line of createInterface({ input: child.stdout })) {
    if (JSON.parse(line).type === 'ready') return void child.stdout.resume()
  }
  throw new Error('dev-hook did not get ready')
}

async function post(agent, url, headers, body) {
  const { origin, pathname, search } = new URL(url)
  const answer = await agent.request({
    origin,
    path: pathname + search,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })
  const text = await answer.body.text()
  if (answer.statusCode !== 200) throw new Error(`status ${answer.statusCode}`)
  return text
}

async function answered(ask) {
  const until = performance.now() + MAX_MS
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (performance.now() > until) throw error
      await sleep(50)
    }
  }
}

async function botFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'dev-hook-bench-'))
  await writeFile(join(folder, 'bot.mjs'), program(0))
  return folder
}

const environment = (home, more) => ({
  PATH: process.env.PATH,
  HOME: home,
  XDG_STATE_HOME: join(home, 'state'),
  ...Object.fromEntries(Object.entries(more).map(([name, value]) => [name, String(value)])),
})

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

async function endAndRemove(child, signal, folder) {
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
  await rm(folder, { recursive: true, force: true })
}

function summarize(all) {
  const times = all.map(({ ms }) => round(ms))
  const sum = (key) => all.reduce((total, one) => total + one[key], 0)
  return {
    medianMs: round(median(times)),
    fastestMs: Math.min(...times),
    slowestMs: Math.max(...times),
    requests: sum('requests'),
    failed: sum('failed'),
  }
}
