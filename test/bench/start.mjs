// The start: how much later than bare Node the short commands answer, and how soon a run is ready.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { freePort } from './free-port.mjs'
import { median, round, table } from './numbers.mjs'
import { temporaryFolder } from './wiring.mjs'

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const BOT = fileURLToPath(new URL('bot.mjs', import.meta.url))

/** @param {{ times: number, readyTimes: number }} options */
export async function benchStart({ times, readyTimes }) {
  const home = await temporaryFolder()
  const env = { PATH: process.env.PATH, HOME: home, XDG_STATE_HOME: home }
  const commands = { 'bare node': ['-e', '0'], '--version': [MAIN, '--version'], '--help': [MAIN, '--help'] }
  const taken = Object.fromEntries(Object.keys(commands).map((name) => [name, []]))
  for (let i = 0; i < times; i++) {
    for (const [name, args] of Object.entries(commands)) taken[name].push(await timeOf(args, { cwd: home, env }))
  }
  const runs = []
  for (let i = 0; i < readyTimes; i++) runs.push(await timeToReady({ cwd: home, env }))
  await rm(home, { recursive: true, force: true })
  const bare = Math.min(...taken['bare node'])
  return {
    commands: Object.fromEntries(
      Object.entries(taken).map(([name, all]) => [
        name,
        {
          minMs: round(Math.min(...all), 1),
          medianMs: round(median(all), 1),
          overBareMs: round(Math.min(...all) - bare, 1),
        },
      ]),
    ),
    ready: {
      minMs: round(Math.min(...runs.map(({ readyMs }) => readyMs))),
      medianMs: round(median(runs.map(({ readyMs }) => readyMs))),
      firstNoticeMs: round(median(runs.map(({ firstMs }) => firstMs))),
      steps: stepsOf(runs),
    },
  }
}

async function timeOf(args, options) {
  const start = performance.now()
  const child = spawn(process.execPath, args, { ...options, stdio: 'ignore' })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`)
  return performance.now() - start
}

/** From the start of the process to its `ready`, on the loopback tunnel. */
async function timeToReady({ cwd, env }) {
  const port = await freePort()
  const start = performance.now()
  const args = [MAIN, 'sandbox', '--json', '--', process.execPath, BOT]
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...env, PORT: String(port) },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const ended = once(child, 'exit')
  let firstMs = 0
  for await (const line of createInterface({ input: child.stdout })) {
    const now = performance.now() - start
    const notice = JSON.parse(line)
    if (firstMs === 0) firstMs = now
    if (notice.type !== 'ready') continue
    child.kill('SIGINT')
    await ended
    return { firstMs, readyMs: now, steps: notice.steps }
  }
  throw new Error('the run ended before it was ready')
}

function stepsOf(runs) {
  const names = runs[0].steps.map(({ name }) => name)
  return names.map((name) => ({
    name,
    ms: round(median(runs.map(({ steps }) => steps.find((step) => step.name === name).ms)), 1),
  }))
}

export function printStart({ commands, ready }) {
  const rows = Object.entries(commands).map(([name, { minMs, medianMs, overBareMs }]) => [
    name,
    minMs,
    medianMs,
    overBareMs,
  ])
  const steps = ready.steps.map(({ name, ms }) => `${name} ${ms}`).join(', ')
  return [
    table(['start', 'min ms', 'median ms', 'over bare ms'], [...rows, ['to Ready', ready.minMs, ready.medianMs, '']]),
    `to the first notice ${ready.firstNoticeMs} ms; steps: ${steps}`,
  ].join('\n')
}
