// A conversation that was exported as HTML, opened from the disk in a real browser.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { shareConversation } from '../../src/daemon/record/export/share.ts'
import { writeShared } from '../../src/protocol/shared/write-shared.ts'
import { launchChromium } from '../support/browser/chromium.ts'
import { aMessage, inspectedRun } from '../support/browser/inspected-run.ts'
import { violationsIn } from '../support/browser/seen.ts'
import { folderForTest } from '../support/folder.ts'
import { HOSTILE } from '../support/outside-text.ts'
import { type RecordedMessage, recordedTalk } from '../support/recorded-talk.ts'

let browser: Browser

beforeAll(async () => {
  browser = await launchChromium()
})

afterAll(() => browser.close())

interface Opened {
  readonly page: Page
  /** What the page has asked for, beside itself. */
  readonly requests: readonly string[]
  /** What it has run, shown in a dialog, or was refused. */
  readonly incidents: readonly string[]
}

/** Opens a file as somebody does who has got it by mail. */
async function open(text: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const file = join(await folderForTest(), 'talk.html')
  await writeFile(file, text)
  const context = await browser.newContext({ viewport: { width: 1000, height: 800 }, ...options })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const [requests, incidents]: [string[], string[]] = [[], []]
  page.on('request', (request) => {
    if (!request.isNavigationRequest()) requests.push(request.url())
  })
  page.on('console', (message) => incidents.push(message.text()))
  page.on('pageerror', ({ message }) => incidents.push(message))
  page.on('dialog', async (dialog) => {
    incidents.push(dialog.message())
    await dialog.dismiss()
  })
  await page.goto(pathToFileURL(file).href)
  return { page, requests, incidents }
}

const written = (messages: readonly RecordedMessage[]): string =>
  writeShared(shareConversation(recordedTalk(messages), { redact: null, withPeople: true }).talk)

const CARDS = [
  {
    title: 'Daisy',
    description: 'Green, with a bell that sings',
    mediaUrl: 'https://bikes.example/daisy.jpg',
    actions: [{ text: 'Take Daisy' }],
  },
  { title: 'Duke', description: 'Blue', actions: [{ text: 'More', uri: 'https://bikes.example/duke' }] },
]

const TALK: readonly RecordedMessage[] = [
  { text: 'A tandem, please' },
  { text: 'Two are free', own: true, message: { items: CARDS, actions: [{ type: 'reply', text: 'Both' }] } },
  {
    text: 'both',
    event: 'message.create.contact.postback',
    message: { type: 'postback', actions: [{ text: 'Both' }] },
  },
  { text: 'a regular', own: true, message: { isBackchannel: true } },
  { text: 'https://bikes.example/map.png', role: 'agent', user: 'd'.repeat(24), message: { contentType: 'image/png' } },
  { text: '/leave', own: true, event: 'message.create.contact.command', message: { type: 'command' } },
  { text: 'x'.repeat(2_000), answer: null },
  { text: '', event: 'conversation.update' },
]

describe('A shared file in a browser', () => {
  it.each([
    ['light', 1000],
    ['dark', 375],
  ] as const)('is a chat that anybody can read, %s, %i pixels wide', async (colorScheme, width) => {
    const { page, requests, incidents } = await open(written(TALK), { colorScheme, viewport: { width, height: 800 } })
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Jenny Jones and Bikes')
    const bubbles = page.getByRole('main').getByRole('listitem')
    expect(await bubbles.filter({ hasText: 'The contact does not see this' }).count()).toBe(2)
    expect(await violationsIn(page)).toEqual([])

    // By keyboard, as a person does who uses no mouse.
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByText('message.create.contact.chat', { exact: true }).first().waitFor()
    for (const summary of (await page.locator('summary').all()).slice(1)) await summary.click()
    expect(await violationsIn(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
    expect([requests, incidents]).toEqual([[], []])
  })

  it('is read without scripts', async () => {
    const { page } = await open(written(TALK), { javaScriptEnabled: false })
    await page.getByText('A tandem, please').first().waitFor()
    await page.locator('summary').first().click()
    await page.getByText('sent 09:30:00.005').first().waitFor()
  })

  it('is dark on light on paper, also where the screen is dark', async () => {
    const { page } = await open(written(TALK), { colorScheme: 'dark' })
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    expect(await violationsIn(page)).toEqual([])
    expect(await page.evaluate("getComputedStyle(document.querySelector('h1')).color")).toBe('rgb(29, 28, 26)')
  })

  it('runs nothing and loads nothing of what was said, as a run exports it', async () => {
    const run = await inspectedRun()
    const conversation = '5f9f1b9b9c9d440000000001'
    const attack = `<img src="${run.origin}/leak" onerror="alert(1)"><script>alert(2)</script>`
    const texts = [
      attack,
      `</script>${attack}<!--<script>`,
      `"'>\u202e${attack}`,
      'javascript:alert(3)',
      `</style></pre></details>${attack}`,
      ...Object.values(HOSTILE),
    ]
    for (const [n, text] of texts.entries()) await run.inject(aMessage(text, n, conversation))
    const given = await run.ask(`export?as=html&id=${conversation}`)
    if (typeof given !== 'object' || given === null || !('text' in given)) throw new Error('nothing was exported')
    const { page, requests, incidents } = await open(String(given.text))
    expect(await page.getByRole('main').getByRole('listitem').count()).toBe(texts.length + 1)
    await page.getByText('javascript:alert(3)').first().waitFor()
    for (const summary of await page.locator('summary').all()) await summary.click()
    expect(await page.locator('img, a, iframe, svg, form, input, script:not([type="application/json"])').count()).toBe(
      0,
    )
    expect([requests, incidents]).toEqual([[], []])
  })
})
