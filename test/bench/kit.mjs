// How long the test kit takes: to import, to open, to reset, and to say a thousand things; and what twenty at once weigh.
import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { median, round } from './numbers.mjs'

const KIT = new URL('../../dist/kit/index.js', import.meta.url).href
const SELF = fileURLToPath(import.meta.url)

/** A bot in the same process that says back what it hears. */
const echo = () =>
  createServer((request, response) => {
    const challenge = new URL(request.url, 'http://localhost').searchParams.get('challenge')
    if (challenge !== null) return response.end(challenge)
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const { message } = JSON.parse(Buffer.concat(chunks)).data
      const messages = message.role === 'contact' ? [{ text: message.text, role: 'agent' }] : []
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ messages }))
    })
  })

/** One measurement in a process of its own, which prints it as JSON. */
async function measure(says) {
  const started = performance.now()
  const { createSandbox } = await import(KIT)
  const imported = performance.now()
  const first = await createSandbox({ forwardTo: echo() })
  const opened = performance.now()
  const many = await Promise.all(Array.from({ length: 20 }, () => createSandbox({ forwardTo: echo() })))
  const openedMany = performance.now()
  globalThis.gc?.()
  const mib = process.memoryUsage.rss() / 1024 / 1024
  await Promise.all(many.map((sandbox) => sandbox.close()))
  const began = performance.now()
  // A delivery names every message of its conversation, as the platform's do: a long one is about that, and not about the kit.
  for (let n = 0, jenny = null; n < says; n += 1) {
    if (n % 100 === 0) jenny = await first.contact()
    await jenny.say(String(n))
  }
  const said = performance.now()
  await first.reset()
  const reset = performance.now()
  await first.close()
  console.log(
    JSON.stringify({
      importMs: imported - started,
      openMs: opened - imported,
      openAgainMs: (openedMany - opened) / 20,
      sayMs: (said - began) / says,
      resetMs: reset - said,
      mib,
    }),
  )
}

/** The medians of some processes, one after the other. */
export async function benchKit({ times, says }) {
  const all = []
  for (let n = 0; n < times; n += 1) {
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', SELF, `--says=${says}`])
    all.push(JSON.parse(stdout))
  }
  return Object.fromEntries(Object.keys(all[0]).map((key) => [key, round(median(all.map((one) => one[key])), 2)]))
}

export const printKit = ({ importMs, openMs, openAgainMs, sayMs, resetMs, mib }) =>
  [
    '| import | open, the first | open, each of 20 | say and be answered | reset after that | 20 at once |',
    '| --- | --- | --- | --- | --- | --- |',
    `| ${importMs} ms | ${openMs} ms | ${openAgainMs} ms | ${sayMs} ms | ${resetMs} ms | ${mib} MiB |`,
  ].join('\n')

const says = process.argv.find((word) => word.startsWith('--says='))?.slice('--says='.length)
if (says !== undefined) await measure(Number(says))
