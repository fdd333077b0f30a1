// The page of the inspector in a real browser, on a real sandbox with a real bot.

import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../support/browser/chromium.ts'
import { aMessage, inspectedRun, openPage } from '../support/browser/inspected-run.ts'
import { delivery, rows, sees, violationsIn } from '../support/browser/seen.ts'

let browser: Browser

beforeAll(async () => {
  browser = await launchChromium()
})

afterAll(() => browser.close())

describe('The page', () => {
  it('is used by keyboard alone: find, look, replay, edit, compare, hold, trigger, restart', async () => {
    const run = await inspectedRun()
    await run.say('hi there')
    await run.say('a refund, please')
    const page = await openPage(browser, run.link)
    await sees(page, 'a refund, please')
    expect(page.url()).toBe(`${run.origin}/`)

    await page.keyboard.press('/')
    await page.keyboard.type('refund from:jenny')
    await expect.poll(() => rows(page).count()).toBe(1)
    expect(new URL(page.url()).searchParams.get('q')).toBe('refund from:jenny')
    await page.keyboard.type(' sttus:5xx')
    await sees(page, 'column 19: unknown key `sttus`')
    for (let left = ' sttus:5xx'.length; left > 0; left -= 1) await page.keyboard.press('Backspace')
    await expect.poll(() => rows(page).count()).toBe(1)
    await page.keyboard.press('Escape')
    await page.keyboard.press('j')
    await delivery(page).getByText('The signature is right').waitFor()
    await delivery(page).getByText('a refund, please').first().waitFor()
    expect(new URL(page.url()).searchParams.get('id')).not.toBeNull()

    await page.keyboard.press('r')
    await sees(page, 'replayed: the bot answered 200')
    await delivery(page).getByText('2 attempts').waitFor()

    await page.keyboard.press('e')
    const body = page.getByLabel('Body', { exact: true })
    await body.waitFor()
    const text = await body.inputValue()
    await body.fill(text.replace('a refund, please', 'an edited wish",'))
    await sees(page, /^line \d+, column \d+: /)
    await body.fill(text.replace('a refund, please', 'an edited wish'))
    for (let tabs = 0; tabs < 2; tabs += 1) await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await delivery(page).getByText('an edited wish').first().waitFor()
    await sees(page, /^edited copy of/)

    await page.keyboard.press('c')
    await page.keyboard.press('/')
    await page.keyboard.press('Control+A')
    await page.keyboard.press('Delete')
    await page.keyboard.press('Escape')
    await page.keyboard.press('End')
    await sees(page, 'Two deliveries')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    expect(await delivery(page).count()).toBe(0)

    await page.keyboard.press('h')
    await page.getByRole('button', { name: /^Release/ }).waitFor()
    await page.keyboard.press('h')
    await page.getByRole('button', { name: /^Hold/ }).waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys and filter' }).waitFor()
    await page.keyboard.press('Escape')

    await page.keyboard.press('t')
    await page.getByLabel('What is said').fill('made up here')
    await page.keyboard.press('Enter')
    await delivery(page).getByText('made up here').first().waitFor()
    await page.keyboard.press('b')
    await run.cli.notice('bot', ({ state }) => state === 'stopping')
  })

  it('shows what happens while it is open, and keeps still while the list is paused', async () => {
    const run = await inspectedRun()
    const page = await openPage(browser, run.link)
    await sees(page, 'No delivery yet')
    await run.say('first')
    await rows(page).filter({ hasText: 'first' }).getByText('200').first().waitFor()
    await page.keyboard.press('p')
    await run.say('second')
    await page.getByRole('button', { name: /^Resume, [1-9]/ }).waitFor()
    expect(await page.getByText('second').count()).toBe(0)
    await page.keyboard.press('p')
    await rows(page).filter({ hasText: 'second' }).first().waitFor()
    await page.goto(`${run.origin}/?q=body:first`)
    await rows(page).first().waitFor()
    expect(await page.getByText('second').count()).toBe(0)
  })

  it('draws of a long list what can be seen, and keeps what is read in its place', async () => {
    const run = await inspectedRun()
    const page = await openPage(browser, run.link)
    await sees(page, 'No delivery yet')
    for (let n = 0; n < 80; n += 1) await run.inject(aMessage(`number ${n}`, n))
    await rows(page).filter({ hasText: 'number 79' }).waitFor()
    expect(await rows(page).count()).toBeLessThan(80)
    const list = page.getByRole('listbox')
    const place = () => rows(page).filter({ hasText: 'number 45' }).boundingBox()
    await list.hover()
    await page.mouse.wheel(0, 600)
    await expect.poll(() => list.evaluate('document.querySelector("[role=listbox]").scrollTop')).toBe(600)
    await rows(page).filter({ hasText: 'number 45' }).waitFor()
    const before = await place()
    await run.inject(aMessage('one more', 80))
    await sees(page, '81 deliveries')
    await expect.poll(place).toEqual(before)
    await page.keyboard.press('End')
    await rows(page).filter({ hasText: 'number 0' }).waitFor()
  })

  it('is a phone and the agents’ app of a sandbox, where one can say, press, see what the contact does not, and read why', async () => {
    const bot = fileURLToPath(new URL('../support/bot/programs/shows-all.js', import.meta.url))
    const run = await inspectedRun([process.execPath, bot])
    const page = await openPage(browser, run.link)
    await page.getByRole('button', { name: 'Chat', exact: true }).click()
    const phone = page.getByRole('region', { name: 'The contact’s phone' })
    const app = page.getByRole('region', { name: 'The agents’ app' })
    const say = async (text: string): Promise<void> => {
      await phone.getByRole('textbox').fill(text)
      await page.keyboard.press('Enter')
    }
    await phone.getByRole('textbox').waitFor()
    await say('show me all')
    await phone.getByRole('button', { name: 'Settings' }).click()
    await app.getByText('pressed SETTINGS').waitFor()
    await phone.getByText('https://example.com/cat.png').waitFor()
    await phone.getByText('Polo').waitFor()
    await phone.locator('.unseen').filter({ hasText: 'for the team' }).getByText(/role/).first().waitFor()
    expect(await page.locator('img, a[href]').count()).toBe(0)
    await app.getByRole('textbox').fill('an agent here')
    await page.keyboard.press('Enter')
    await phone.getByText('an agent here').waitFor()
    await page.getByText('Chaos').click()
    await page.getByRole('button', { name: 'deliveries come twice' }).click()
    await sees(page, 'duplicate=0.2')
    expect(await violationsIn(page)).toEqual([])
    await phone
      .getByRole('button', { name: /^\d+:\d+:\d+$/ })
      .first()
      .click()
    await delivery(page).getByText('show me all').first().waitFor()
  })

  it('fits a phone, light and dark, and has nothing that keeps people out', async () => {
    const run = await inspectedRun()
    await run.say('hi there')
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await openPage(browser, run.link, { viewport: { width: 375, height: 700 }, colorScheme })
      await rows(page).first().waitFor()
      const overflow = () => page.evaluate('document.documentElement.scrollWidth - innerWidth')
      const found: string[] = []
      for (const view of ['/', '/?view=status', '/?view=chat']) {
        await page.goto(`${run.origin}${view}`)
        await page.locator('.view > *').first().waitFor()
        expect(await overflow(), view).toBe(0)
        found.push(...(await violationsIn(page)))
      }
      await page.goto(run.origin)
      await rows(page).first().click()
      await delivery(page).getByText('The signature is right').waitFor()
      expect(await overflow()).toBe(0)
      found.push(...(await violationsIn(page)))
      for (const key of ['?', 'v', 't', 'e']) {
        await page.keyboard.press(key)
        await page.locator('dialog form, dialog dl').first().waitFor()
        const cut = "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('dialog'))"
        expect([key, await page.evaluate(cut)]).toEqual([key, 0])
        found.push(...(await violationsIn(page)))
        await page.keyboard.press('Escape')
      }
      await page.goto(`${run.origin}/?view=chat`)
      await page.getByText('hi there').first().click()
      await delivery(page).getByText('The signature is right').waitFor()
      expect(await overflow()).toBe(0)
      found.push(...(await violationsIn(page)))
      expect(found).toEqual([])
    }
  })
})
