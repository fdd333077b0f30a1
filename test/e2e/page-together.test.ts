// Several pages of one run at once: what is done in one is shown in the others, and none takes the connections of another.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../support/browser/chromium.ts'
import { aMessage, inspectedRun, openPage } from '../support/browser/inspected-run.ts'
import { rows, sees } from '../support/browser/seen.ts'
import { ECHO_BOT } from '../support/cli/cli.ts'
import { folderForTest } from '../support/folder.ts'

let browser: Browser

beforeAll(async () => {
  browser = await launchChromium()
})

afterAll(() => browser.close())

/** Another page in the same browser. */
async function another(page: Page, url: string): Promise<Page> {
  const next = await page.context().newPage()
  await next.goto(url)
  return next
}

/** Makes a page one that nobody sees, or one that is seen again. */
const setHidden = (page: Page, isHidden: boolean): Promise<unknown> =>
  page.evaluate(
    `Object.defineProperty(document, 'hidden', { value: ${isHidden}, configurable: true }); document.dispatchEvent(new Event('visibilitychange'))`,
  )

describe('Two pages of one run', () => {
  it('both show what one of them switches: holding, replay on save, marks, a conversation, chaos', async () => {
    const run = await inspectedRun()
    await run.say('hi there')
    await run.say('and again')
    const one = await openPage(browser, run.link)
    const other = await another(one, run.origin)
    await rows(other).first().waitFor()
    await one.keyboard.press('h')
    await other.getByRole('button', { name: /^Release/ }).waitFor()
    await other.keyboard.press('h')
    await one.getByRole('button', { name: /^Hold/ }).waitFor()
    await rows(one).filter({ hasText: 'hi there' }).last().click()
    await one.keyboard.press('s')
    await other.getByRole('button', { name: /^On save: .*hi there/ }).waitFor()
    await other.reload()
    await other.getByRole('button', { name: /^On save: .*hi there/ }).waitFor()

    await one.keyboard.press('m')
    await other.getByRole('button', { name: '★ 1' }).waitFor()
    await rows(other).filter({ hasText: 'and again' }).first().click()
    await other.keyboard.press('m')
    await one.getByRole('button', { name: '★ 2' }).waitFor()

    for (const page of [one, other]) await page.goto(`${run.origin}/?view=chat`)
    const conversations = other.getByLabel('Conversation', { exact: true }).getByRole('option')
    await expect.poll(() => conversations.count()).toBe(1)
    await one.getByRole('button', { name: 'New conversation' }).click()
    await expect.poll(() => conversations.count()).toBe(2)
    for (const page of [one, other]) await page.getByText('Chaos').click()
    await one.getByRole('button', { name: 'deliveries come twice' }).click()
    await other.getByRole('button', { name: 'deliveries come twice', pressed: true }).waitFor()
  })

  it('say in the titles of their tabs what they are about, and how much has arrived since somebody saw them', async () => {
    const above = await folderForTest()
    const cwd = join(above, 'my-bot')
    await mkdir(cwd)
    const run = await inspectedRun([process.execPath, ECHO_BOT], { cwd })
    const page = await openPage(browser, run.link)
    await expect.poll(() => page.title()).toBe('my-bot sandbox – dev-hook')
    const counted = async (): Promise<number> => Number(Object(await run.ask('status'))['deliveries'])
    await setHidden(page, true)
    await run.inject(aMessage('meanwhile', 1))
    await run.inject(aMessage('and again', 2))
    expect(await counted()).toBeGreaterThan(1)
    await expect.poll(async () => (await page.title()) === `(${await counted()}) my-bot sandbox – dev-hook`).toBe(true)
    await setHidden(page, false)
    await expect.poll(() => page.title()).toBe('my-bot sandbox – dev-hook')
  })

  it('leave connections for others while nobody sees them, and show all that came once they are seen', async () => {
    const run = await inspectedRun()
    await run.say('before')
    const first = await openPage(browser, run.link)
    await rows(first).first().waitFor()
    let last = first
    for (let more = 0; more < 7; more += 1) {
      await setHidden(last, true)
      last = await another(last, run.origin)
      await sees(last, 'before')
    }
    await run.say('meanwhile')
    await sees(last, 'meanwhile')
    expect(await first.getByText('meanwhile').count()).toBe(0)
    await setHidden(first, false)
    await sees(first, 'meanwhile')
  })
})
