// What a relay adds: the same deliveries to the same bot through dev-hook alone, and through a broker and a developer's dev-hook.
import { spawn } from 'node:child_process'
import { createHmac, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Pool } from 'undici'
import { openSandbox } from '../../src/sandbox/sandbox.ts'
import { freePort } from './free-port.mjs'
import { quantile, round, table } from './numbers.mjs'

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const AT_ONCE = 64
const CONVERSATIONS = 100

/** @param {{times: number, ms: number}} options */
export async function benchRelay(options) {
  const folder = await mkdtemp(join(tmpdir(), 'dev-hook-relay-bench-'))
  const bot = createServer((request, response) => request.resume().on('end', () => response.end('ok')))
  await once(bot.listen(0, '127.0.0.1'), 'listening')
  const { port } = bot.address()
  try {
    return {
      direct: await through(options, folder, async (env) => [await devHook(['--port', String(port)], env)]),
      relayed: await through(options, folder, async (env) => {
        const natsPort = await freePort()
        const broker = spawn(
          'nats-server',
          ['-a', '127.0.0.1', '-p', String(natsPort), '-js', '-sd', join(folder, 'js')],
          {
            stdio: 'ignore',
          },
        )
        await listening(natsPort)
        const url = `nats://127.0.0.1:${natsPort}`
        const relay = await devHook(['relay', '--nats', url], env)
        const seat = ['--relay', url.replace('//', '//anna@'), '--port', String(port)]
        return [broker, relay, await devHook(seat, { XDG_STATE_HOME: join(folder, 'anna') })]
      }),
    }
  } finally {
    bot.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function through(options, folder, start) {
  const sandbox = await openSandbox({ arrival: 'joined' })
  const { api, token, refreshToken, email } = sandbox
  const env = { APIHOST: api, TOKEN: token, REFRESH_TOKEN: refreshToken, EMAIL: email }
  const running = await start({ ...env, XDG_STATE_HOME: join(folder, randomUUID()) })
  try {
    const send = sender(sandbox.registration().url, sandbox.secret())
    // Everything is compiled, and the developer is there.
    for (let n = 0; n < 200; n += 1) await send()
    const times = []
    for (let n = 0; n < options.times; n += 1) times.push(await timed(send))
    return { ...summary(times), ...(await load(send, options.ms)) }
  } finally {
    for (const child of running.toReversed()) await end(child)
    await sandbox.close()
  }
}

/** @returns a function that sends one signed delivery, and resolves to whether the bot answered it. */
function sender(url, secret) {
  const { origin, pathname, username, password } = new URL(url)
  const pool = new Pool(origin, { connections: AT_ONCE })
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  let n = 0
  return async () => {
    const id = randomUUID()
    const conversation = `c${n++ % CONVERSATIONS}`
    const data = { message: { id, text: 'hi', role: 'contact', conversation }, conversation: { id: conversation } }
    const body = JSON.stringify({ id, event: 'message.create.contact.chat', data })
    const signature = `sha1=${createHmac('sha1', secret).update(body).digest('hex')}`
    const headers = { 'content-type': 'application/json', 'x-hub-signature': signature, authorization }
    const response = await pool.request({ path: pathname, method: 'POST', headers, body })
    return (await response.body.text()) === 'ok'
  }
}

async function timed(send) {
  const before = performance.now()
  await send()
  return performance.now() - before
}

async function load(send, ms) {
  const until = performance.now() + ms
  let answered = 0
  let failed = 0
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (performance.now() < until) {
        if (await send()) answered += 1
        else failed += 1
      }
    }),
  )
  return { perSecond: Math.round((answered * 1_000) / ms), failed }
}

const summary = (times) => {
  const sorted = Float64Array.from(times).sort()
  return { count: sorted.length, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) }
}

async function devHook(args, env) {
  const words = [MAIN, ...args, '--json', '--take-over', '--tunnel', 'loopback']
  const { PATH, HOME } = process.env
  const child = spawn(process.execPath, words, { env: { PATH, HOME, ...env }, stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: child.stdout })) if (JSON.parse(line).type === 'ready') break
  child.stdout.resume()
  return child
}

async function listening(port) {
  const isOpen = () =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => resolve(true) || socket.destroy()).once('error', () => resolve(false))
    })
  while (!(await isOpen())) await new Promise((resolve) => setTimeout(resolve, 10))
}

async function end(child) {
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

/** The two as a table. */
export function printRelay({ direct, relayed }) {
  const row = (name, { p50, p99, perSecond, failed }) => [name, round(p50, 2), round(p99, 2), perSecond, failed]
  const added = ['added', round(relayed.p50 - direct.p50, 2), round(relayed.p99 - direct.p99, 2), '', '']
  const head = ['ms until the bot’s answer is there', 'p50', 'p99', `a second, ${AT_ONCE} at once`, 'failed']
  return table(head, [row('dev-hook alone', direct), row('relay, broker, developer', relayed), added])
}
