// The page for whoever has no mouse: where the focus is, what scrolls, and keys that are held down.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../support/browser/chromium.ts'
import { inspectedRun, openPage } from '../support/browser/inspected-run.ts'
import { delivery, rows, sees } from '../support/browser/seen.ts'

let browser: Browser

beforeAll(async () => {
  browser = await launchChromium()
})

afterAll(() => browser.close())

/** What has the focus: its name, or what it is. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(
    "(({ ariaLabel, placeholder, innerText, tagName }) => ariaLabel ?? placeholder ?? (innerText || tagName).split('\\n')[0].trim())(document.activeElement)",
  )

const LIST = 'Deliveries, newest first'

describe('The focus', () => {
  it('is given back by a dialog, however it is closed, and goes to what is near when what has it goes away', async () => {
    const run = await inspectedRun()
    await run.say('hi there')
    const page = await openPage(browser, run.link)
    for (const close of [
      () => page.keyboard.press('Escape'),
      () => page.getByRole('dialog').getByRole('button', { name: 'Close' }).press('Enter'),
    ]) {
      await page.getByRole('button', { name: /^Keys/ }).press('Enter')
      await page.getByRole('dialog').waitFor()
      await close()
      await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
      expect(await focused(page)).toMatch(/^Keys/)
    }
    await rows(page).first().click()
    expect(await focused(page)).toBe(LIST)
    await delivery(page).getByRole('button', { name: 'Close' }).press('Enter')
    await expect.poll(() => focused(page)).toBe(LIST)
    await page.keyboard.press('/')
    await page.keyboard.press('Escape')
    expect(await focused(page)).toBe(LIST)
    // Not even the list is left then.
    await page.getByRole('button', { name: 'outcome:failed' }).press('Enter')
    await sees(page, 'No delivery matches the filter')
    expect(await page.evaluate('document.activeElement.tagName')).toBe('MAIN')
    // Whoever has left everything is not brought back.
    await page.getByRole('button', { name: 'Show all', exact: true }).press('Enter')
    await page.keyboard.press('j')
    await delivery(page).getByRole('button', { name: 'Close' }).focus()
    await page.getByRole('heading', { name: 'dev-hook' }).click()
    await page.evaluate('document.activeElement.blur()')
    await page.keyboard.press('Escape')
    await expect.poll(() => delivery(page).count()).toBe(0)
    expect(await focused(page)).not.toBe(LIST)
  })

  it('says what the arrows do: choose in the list, scroll in a delivery, a chat and the status', async () => {
    const run = await inspectedRun()
    await run.say('first')
    await run.say('second')
    const page = await openPage(browser, run.link, { viewport: { width: 1280, height: 400 } })
    await rows(page).first().waitFor()
    await page.keyboard.press('ArrowDown')
    expect(await focused(page)).toBe(LIST)
    const scrolled = (of: string) => (): Promise<number> => page.evaluate(`document.querySelector('${of}').scrollTop`)
    await delivery(page).getByText('The signature is right').waitFor()
    const { href } = new URL(page.url())
    await page.keyboard.press('Enter')
    await page.keyboard.press('PageDown')
    await expect.poll(scrolled('.panel-body')).toBeGreaterThan(0)
    expect(page.url()).toBe(href)
    await page.keyboard.press('j')
    await expect.poll(() => page.url()).not.toBe(href)
    for (const [key, area] of [
      ['2', '.bubbles'],
      ['3', '.status'],
    ] as const) {
      await page.keyboard.press(key)
      await page.locator(area).first().focus()
      const place = page.url()
      await page.keyboard.press('End')
      await page.keyboard.press('Home')
      await expect.poll(scrolled(area)).toBe(0)
      expect(page.url()).toBe(place)
    }
  })
})

describe('A key that is held down', () => {
  it('goes on choosing, and does everything else once', async () => {
    const run = await inspectedRun()
    for (const text of ['first', 'second', 'third']) await run.say(text)
    const page = await openPage(browser, run.link)
    await rows(page).first().waitFor()
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    for (let times = 0; times < 3; times += 1) await page.keyboard.down('h')
    await page.keyboard.up('h')
    await page.getByRole('button', { name: /^Release/ }).waitFor()
    expect(asked.filter((path) => path === '/api/hold' || path === '/api/release')).toEqual(['/api/hold'])
    for (let times = 0; times < 3; times += 1) await page.keyboard.down('j')
    await expect.poll(() => page.getByRole('option', { selected: true }).getAttribute('aria-posinset')).toBe('3')
  })
})
