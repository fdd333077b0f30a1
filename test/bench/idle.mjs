// Memory of a run that waits: the daemon, the process of the tunnel, the watchdog. Through the real SDK, on loopback.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openSandbox } from '../../src/sandbox/sandbox.ts'
import { freePort } from './free-port.mjs'
import { round, table } from './numbers.mjs'
import { temporaryFolder } from './wiring.mjs'

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const BOT = fileURLToPath(new URL('bot.mjs', import.meta.url))

/**
 * V8 gives back what a start has left behind once nothing has happened for some ten seconds.
 *
 * @param {{ idleMs: number }} options
 */
export async function benchIdle({ idleMs }) {
  // Only Linux says who uses how much.
  if (process.platform !== 'linux') return null
  const { openNgrokEdge } = await import('../support/tunnel/ngrok-edge/edge.ts')
  const edge = await openNgrokEdge()
  const platform = await openSandbox({ ca: edge.ca })
  const home = await temporaryFolder()
  const child = spawn(process.execPath, [MAIN, '--json', '--take-over', '--', process.execPath, BOT], {
    cwd: home,
    env: {
      PATH: process.env.PATH,
      HOME: home,
      XDG_STATE_HOME: home,
      APIHOST: platform.api,
      TOKEN: platform.token,
      REFRESH_TOKEN: platform.refreshToken,
      EMAIL: platform.email,
      PORT: String(await freePort()),
      NGROK_AUTHTOKEN: edge.authtoken,
      DEV_HOOK_NGROK_SERVER_ADDR: edge.serverAddr,
      DEV_HOOK_NGROK_CA: edge.caFile,
      NODE_EXTRA_CA_CERTS: edge.caFile,
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const bare = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' })
  const ended = once(child, 'exit')
  await isReady(child.stdout)
  await sleep(idleMs)
  const parts = { daemon: await memoryOf(child.pid) }
  for (const pid of await childrenOf(child.pid)) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'latin1')
    if (command.includes('ngrok/child')) parts.tunnel = await memoryOf(pid)
    if (command.includes('watchdog/child')) parts.watchdog = await memoryOf(pid)
  }
  const bareNode = await memoryOf(bare.pid)
  bare.kill()
  child.kill('SIGINT')
  await ended
  await Promise.all([platform.close(), edge.close(), rm(home, { recursive: true, force: true })])
  const sum = (field) =>
    round(
      Object.values(parts).reduce((total, part) => total + part[field], 0),
      1,
    )
  return { ...parts, together: { rssMB: sum('rssMB'), pssMB: sum('pssMB') }, 'bare node': bareNode }
}

async function isReady(stdout) {
  for await (const line of createInterface({ input: stdout })) if (JSON.parse(line).type === 'ready') return
  throw new Error('the run ended before it was ready')
}

/** `pss` counts a page that n processes share as an n-th. */
async function memoryOf(pid) {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'latin1')
  const kilobytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(rollup)?.[1])
  return { rssMB: round(kilobytes('Rss') / 1_024, 1), pssMB: round(kilobytes('Pss') / 1_024, 1) }
}

async function childrenOf(parent) {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = []
  for (const pid of pids) {
    const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '')
    if (status.includes(`\nPPid:\t${parent}\n`)) found.push(pid)
  }
  return found
}

export function printIdle(result) {
  if (result === null) return 'measured on Linux only'
  const rows = Object.entries(result).map(([name, { rssMB, pssMB }]) => [name, rssMB, pssMB])
  return table(['idle', 'RSS MB', 'PSS MB'], rows)
}
