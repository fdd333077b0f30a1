// The page of a run on the platform itself, of which it sees what was delivered.
import { describe, expect, it, onTestFinished } from 'vitest'
import { launchChromium } from '../support/browser/chromium.ts'
import { openPage, pageOf } from '../support/browser/inspected-run.ts'
import { delivery, rows, sees, violationsIn } from '../support/browser/seen.ts'
import { worldForTest } from '../support/world.ts'

describe('The page of a run on the platform', () => {
  it('shows what was said as a chat with its deliveries, and the webhook before and now', async () => {
    const world = await worldForTest()
    const cli = await world.start()
    const { link, origin } = await pageOf(cli)
    const jenny = await world.platform.contact({ name: 'Jenny' })
    await jenny.say('hi from outside', { timeoutMs: 20_000 })
    const browser = await launchChromium()
    onTestFinished(() => browser.close())
    const page = await openPage(browser, link)
    await rows(page).filter({ hasText: 'hi from outside' }).last().waitFor()
    await page.keyboard.press('2')
    await page.locator('.by-contact').filter({ hasText: 'hi from outside' }).click()
    await delivery(page).getByText('The signature is right').waitFor()
    expect(await violationsIn(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.keyboard.press('3')
    await sees(page, `${await world.edge.publicUrl()}/`)
    await sees(page, 'tunnel online')
    // Nothing of the platform can be done from here.
    expect(await page.getByText('Chaos').count()).toBe(0)
    // A chat is whole, whatever the list is filtered by.
    await page.goto(`${origin}/?q=outcome:failed`)
    await sees(page, 'No delivery matches the filter')
    await page.keyboard.press('2')
    await page.locator('.by-contact').filter({ hasText: 'hi from outside' }).waitFor()
  })
})
