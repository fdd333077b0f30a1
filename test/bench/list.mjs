// Listing: how long `dev-hook events` takes for ten thousand recorded deliveries, from the start of the process to its end.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { botFolder } from '../../src/daemon/account/bot-identity.ts'
import { openJournal } from '../../src/journal/journal.ts'
import { identify } from '../../src/protocol/payload.ts'
import { count, median, round, table } from './numbers.mjs'
import { nextPayload } from './payload.mjs'
import { onTrouble, temporaryFolder } from './wiring.mjs'

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const BOT_ID = 'bench'

/** @param {{ total: number, times: number }} options */
export async function benchList({ total, times }) {
  const home = await temporaryFolder()
  await recordDeliveries(botFolder(join(home, 'dev-hook'), 'https://api.web1on1.chat', BOT_ID), total)
  const env = { PATH: process.env.PATH, HOME: home, XDG_STATE_HOME: home, BOT_ID }
  const commands = { 'bare node': ['-e', '0'], '--version': [MAIN, '--version'], events: [MAIN, 'events'] }
  const taken = Object.fromEntries(Object.keys(commands).map((name) => [name, []]))
  for (let i = 0; i < times; i++) {
    for (const [name, args] of Object.entries(commands)) {
      const { ms, lines } = await run(args, { cwd: home, env })
      if (name === 'events' && lines !== total) throw new Error(`${lines} of ${total} deliveries were listed`)
      taken[name].push(ms)
    }
  }
  await rm(home, { recursive: true, force: true })
  const rows = Object.entries(taken).map(([name, all]) => [
    name,
    { minMs: round(Math.min(...all)), medianMs: round(median(all)) },
  ])
  return { total, commands: Object.fromEntries(rows) }
}

export function printList({ total, commands }) {
  const rows = Object.entries(commands).map(([name, { minMs, medianMs }]) => [name, minMs, medianMs])
  return table([`list of ${count(total)} deliveries`, 'fastest, ms', 'median, ms'], rows)
}

/** Records so many deliveries, each answered by the bot, in the journal of a folder. */
export async function recordDeliveries(folder, total) {
  const journal = await openJournal(folder, { onTrouble })
  const reply = { status: 200, headers: ['content-type', 'text/plain'], body: Buffer.from('ok') }
  for (let i = 0; i < total; i++) {
    const { body, signature } = nextPayload(i % 25)
    const headers = ['Content-Type', 'application/json', 'X-Hub-Signature', signature]
    const delivery = { id: `d${i}`, receivedAt: Date.now(), method: 'POST', search: '', headers, body }
    const { label, key } = identify(delivery)
    journal.record(delivery, label, key)
    journal.recordAttempt(delivery.id, 1, { startedAt: delivery.receivedAt, ms: 20, outcome: 'answered', reply })
    journal.settle(delivery.id, 'delivered')
    if (i % 100 === 0) await journal.synced(delivery.id)
  }
  await journal.close()
}

async function run(args, options) {
  const start = performance.now()
  const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'inherit'] })
  const chunks = []
  child.stdout.on('data', (chunk) => chunks.push(chunk))
  const [code] = await once(child, 'close')
  const ms = performance.now() - start
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`)
  return { ms, lines: Buffer.concat(chunks).toString().split('\n').length - 1 }
}
