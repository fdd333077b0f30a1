// The page with many deliveries: until it shows them, until it shows a new one, and how smoothly they scroll.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { findChromium } from '../../config/find-chromium.mjs'
import { openInspector } from '../../src/inspector/server.ts'

const rowOf = (n) => ({
  time: new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString(),
  id: `d${n}`,
  platformId: `p${n}`,
  event: 'message.create.contact.chat',
  conversation: `c${n % 100}`,
  text: `message ${n} of a contact, about as long as they are`,
  from: 'Jenny',
  bytes: 1_200,
  settled: 'delivered',
  attempts: 1,
  replays: 0,
  editOf: null,
  outcome: 'answered',
  status: n % 50 === 0 ? 500 : 200,
  answered: 200,
  ownStatus: null,
  ms: n % 900,
})

const STATUS = {
  bot: 'ready',
  tunnel: 'online',
  emulated: false,
  holding: null,
  paused: false,
  replayOnSave: null,
  only: null,
  waiting: 0,
}

/** The handlers of a run that has recorded so many. */
function handlersOf(total) {
  const rows = Array.from({ length: total }, (_, n) => rowOf(total - n))
  const deliveries = async ({ limit, cursor }) => {
    const start = cursor === null ? 0 : rows.findIndex(({ id }) => id === cursor) + 1
    const page = rows.slice(start, start + (limit ?? 100))
    return { deliveries: page, next: start + page.length < total ? (page.at(-1)?.id ?? null) : null }
  }
  return {
    run: { status: async () => STATUS, output: async () => ({ lines: [] }), deliveries },
    sandbox: null,
    version: '0.0.0',
  }
}

/** How many times the list is scrolled by a screen. */
const PICTURES = 200

const SMOOTH = `new Promise((resolve) => {
  const list = document.querySelector('[role=listbox]')
  const long = []
  new PerformanceObserver((found) => long.push(...found.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' })
  let steps = 0
  const step = () => {
    list.scrollTop += 900
    steps += 1
    if (steps < ${PICTURES}) requestAnimationFrame(step)
    else setTimeout(() => resolve({ longest: Math.max(0, ...long), count: long.length, top: list.scrollTop }), 200)
  }
  step()
})`

const SHOWN = (text) => `new Promise((resolve) => {
  const look = () => {
    if ([...document.querySelectorAll('[role=option]')].some((row) => row.textContent.includes(${JSON.stringify(text)}))) resolve()
    else requestAnimationFrame(look)
  }
  look()
})`

export async function benchPage({ total, times }) {
  const folder = await mkdtemp(join(tmpdir(), 'dev-hook-bench-page-'))
  const listeners = new Set()
  const on = (listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  const inspector = await openInspector({ handlers: handlersOf(total), events: { on }, folder, runId: 'r', port: null })
  const browser = await chromium.launch({ executablePath: findChromium() ?? '', args: ['--no-sandbox'] })
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    await page.goto(inspector.link)
    await page.waitForURL(({ searchParams }) => !searchParams.has('token'))
    const firstRows = []
    for (let n = 0; n < times; n += 1) {
      await page.goto(new URL('/', inspector.link).href)
      await page.evaluate(SHOWN(`message ${total}`))
      firstRows.push(await page.evaluate('performance.now()'))
    }
    await page.getByText(`${total} deliveries`).waitFor()
    const newRows = []
    for (let n = 0; n < times; n += 1) {
      const text = `brand new ${n}`
      const seen = page.evaluate(SHOWN(text))
      const began = performance.now()
      const notice = {
        type: 'delivery',
        time: new Date().toISOString(),
        id: `new${n}`,
        event: 'message.create.contact.chat',
      }
      for (const listener of listeners) listener({ ...notice, conversation: 'c1', text, bytes: 10 })
      await seen
      newRows.push(performance.now() - began)
    }
    // The time of the processor, too: on a busy machine every task seems long.
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
    const before = await processorMs(devtools)
    const scroll = await page.evaluate(SMOOTH)
    const perPicture = ((await processorMs(devtools)) - before) / PICTURES
    return { total, firstRows: median(firstRows), newRow: median(newRows), scroll: { ...scroll, perPicture } }
  } finally {
    await browser.close()
    await inspector.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function processorMs(devtools) {
  const { metrics } = await devtools.send('Performance.getMetrics')
  return 1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0)
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

export const printPage = ({ total, firstRows, newRow, scroll }) =>
  [
    `| the page with ${total} deliveries | |`,
    '| --- | --- |',
    `| until the first rows are shown | ${Math.round(firstRows)} ms |`,
    `| from a notice until its row is shown | ${Math.round(newRow)} ms |`,
    `| scrolling a screen further: processor | ${scroll.perPicture.toFixed(1)} ms |`,
    `| scrolling ${PICTURES} screens: longest task | ${Math.round(scroll.longest)} ms (${scroll.count} over 50 ms) |`,
  ].join('\n')
