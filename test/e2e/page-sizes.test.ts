// The page as it is seen by few: in the colours of the system, enlarged, in a low window, and with a long conversation.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../support/browser/chromium.ts'
import { inspectedRun, openPage } from '../support/browser/inspected-run.ts'
import { delivery, rows, sees } from '../support/browser/seen.ts'

let browser: Browser

beforeAll(async () => {
  browser = await launchChromium()
})

afterAll(() => browser.close())

describe('The page', () => {
  it('tells in the colours of the system what is chosen, pressed and different', async () => {
    const run = await inspectedRun()
    await run.say('first')
    await run.say('second')
    const page = await openPage(browser, run.link, { forcedColors: 'active' })
    await rows(page).first().waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('c')
    await page.keyboard.press('j')
    await page.keyboard.press('h')
    await page.getByRole('button', { name: /^Release/ }).waitFor()
    const look = (selector: string, of: string): Promise<string> =>
      page.evaluate(`getComputedStyle(document.querySelector(${JSON.stringify(selector)})).${of}`)
    for (const [one, other] of [
      ['.row[aria-selected=true]', '.row[aria-selected=false]'],
      ['.tab[aria-current]', '.tab:not([aria-current])'],
      ['.tool.on', '.tool:not(.on)'],
    ] as const)
      expect([one, await look(one, 'backgroundColor')]).not.toEqual([one, await look(other, 'backgroundColor')])
    expect(await look('.differs td', 'borderTopStyle')).toBe('dashed')
    await page.keyboard.press('Home')
    expect(await look('.row.own[aria-selected=true] .said', 'color')).toBe(
      await look('.row[aria-selected=true]', 'color'),
    )
  })

  it('can be read to the end and used at 200 % and 400 %: nothing is cut off, and what is long scrolls', async () => {
    const run = await inspectedRun()
    await run.inject('no JSON, and no event')
    for (const viewport of [
      { width: 640, height: 400 },
      { width: 320, height: 256 },
    ]) {
      const page = await openPage(browser, run.link, { viewport })
      await rows(page).first().waitFor()
      const keys = await page.getByRole('button', { name: /^Keys/ }).boundingBox()
      expect((keys?.x ?? 0) + (keys?.width ?? Infinity)).toBeLessThanOrEqual(viewport.width)
      await rows(page).first().click()
      await delivery(page).getByText('The signature is right').waitFor()
      await page.keyboard.press('Enter')
      await page.keyboard.press('End')
      const last = delivery(page).locator('summary').last()
      await expect.poll(async () => (await last.boundingBox())?.y).toBeLessThan(viewport.height)
    }
  })

  it('names an event that there is not, beside a delivery too', async () => {
    const run = await inspectedRun()
    await run.inject('no JSON')
    const page = await openPage(browser, run.link)
    await rows(page).first().click()
    await delivery(page).getByText('The signature is right').waitFor()
    expect(await rows(page).first().getByText('no event').isVisible()).toBe(true)
  })
})

describe('A long conversation', () => {
  it('comes while it goes on, and stays where it is read', async () => {
    const run = await inspectedRun()
    for (let n = 0; n < 20; n += 1) await run.say(`number ${n}`)
    const page = await openPage(browser, run.link)
    await rows(page).first().waitFor()
    const held: (() => void)[] = []
    let isHeld = true
    await page.route('**/api/conversations', async (route) => {
      if (isHeld) await new Promise<void>((resolve) => held.push(resolve))
      await route.continue().catch(() => undefined)
    })
    await page.getByRole('button', { name: 'Chat', exact: true }).click()
    await expect.poll(() => held.length).toBe(1)
    const status = page.waitForRequest(/api.status/)
    await run.say('meanwhile')
    await status
    expect(held.length).toBe(1)
    isHeld = false
    for (const go of held) go()
    await sees(page, 'You said: meanwhile')

    const list = page.getByRole('list', { name: 'The contact’s phone: messages' })
    const place = (): Promise<number> => page.evaluate("document.querySelector('.phone .bubbles').scrollTop")
    await expect
      .poll(() =>
        page.evaluate(
          "(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight)(document.querySelector('.phone .bubbles'))",
        ),
      )
      .toBeLessThan(2)
    const end = await place()
    await list.hover()
    await page.mouse.wheel(0, -600)
    await page.getByRole('region', { name: 'The contact’s phone' }).getByText('number 0', { exact: true }).waitFor()
    await expect.poll(place).toBe(end - 600)
    const app = page.getByRole('region', { name: 'The agents’ app' })
    const before = await place()
    await app.getByRole('textbox').fill('an agent here')
    await page.keyboard.press('Enter')
    await list.getByText('an agent here').waitFor()
    expect(await place()).toBe(before)
  })
})
