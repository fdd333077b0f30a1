// The page while its run cannot be reached, has ended, or is another one.
import { describe, expect, it, onTestFinished } from 'vitest'
import { launchChromium } from '../support/browser/chromium.ts'
import { inspectedRun, openPage } from '../support/browser/inspected-run.ts'
import { delivery, rows, said, sees } from '../support/browser/seen.ts'
import { freePort } from '../support/free-port.ts'
import { cutOffForTest } from '../support/network/cut-off.ts'

/** A run whose page is reached on a way that can be cut. */
async function reachedForTest() {
  const inspectorPort = await freePort()
  const way = await cutOffForTest(inspectorPort)
  const browser = await launchChromium(`--host-resolver-rules=MAP 127.0.0.1:${inspectorPort} 127.0.0.1:${way.port}`)
  onTestFinished(() => browser.close())
  const run = await inspectedRun(undefined, { inspectorPort })
  await run.say('before')
  const page = await openPage(browser, run.link)
  await rows(page).filter({ hasText: 'before' }).first().click()
  await delivery(page).getByText('The signature is right').waitFor()
  return { way, browser, run, page, inspectorPort }
}

/** The stream is asked for something that this run has never sent, as after too long a while. */
const forgetful = (sent: string): string =>
  sent.replace(/(last-event-id: *)(\S+)/i, (_, name: string, id: string) => name + 'x'.repeat(id.length))

/** Writes down each change of the banner of the page from now on. */
const OBSERVE = `
  globalThis.banners = []
  const look = () => banners.push(document.querySelector('.banner')?.textContent ?? 'none')
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true })`

describe('The page of a run', () => {
  it.each([
    ['goes on where the connection was lost', undefined],
    ['loads everything again when the run cannot go on there', forgetful],
  ])('%s', async (_, change) => {
    const { way, run, page } = await reachedForTest()
    way.cut()
    await said(page).filter({ hasText: 'Not connected.' }).waitFor()
    // What was there can still be read; what is done now is said not to have been.
    await delivery(page).getByText('before').first().waitFor()
    await page.keyboard.press('r')
    await sees(page, 'dev-hook does not answer')
    await run.say('meanwhile')
    expect(await page.getByText('meanwhile').count()).toBe(0)
    way.mend(change)
    await rows(page).filter({ hasText: 'meanwhile' }).first().waitFor()
    await expect.poll(() => page.getByText('Not connected.').count()).toBe(0)
    await run.say('after that')
    await rows(page).filter({ hasText: 'after that' }).first().waitFor()
  })

  it('says that the run has ended, and that another one on its port needs its own link', async () => {
    const { run, page, inspectorPort } = await reachedForTest()
    run.cli.kill('SIGINT')
    await said(page).filter({ hasText: 'The run has ended' }).waitFor()
    await run.cli.ended
    const next = await inspectedRun(undefined, { inspectorPort })
    expect(next.origin).toBe(run.origin)
    await page.getByRole('alert').filter({ hasText: 'open the link that dev-hook shows' }).first().waitFor()
    // It says so steadily, though it keeps asking.
    const asksAgain = (): Promise<unknown> => page.waitForResponse((response) => response.status() === 401)
    const [first] = await page.getByRole('alert').allTextContents()
    await page.evaluate(OBSERVE)
    for (let asked = 0; asked < 6; asked += 1) await asksAgain()
    expect(new Set([first, ...(await page.evaluate<string[]>('banners'))]).size).toBe(1)
    await next.say('of the next run')
    // In another page of this browser, which lets this one in, too.
    const other = await page.context().newPage()
    await other.goto(next.link)
    await rows(page).filter({ hasText: 'of the next run' }).first().waitFor()
    await expect.poll(() => page.getByRole('alert').filter({ hasText: 'Not let in' }).count()).toBe(0)
  })

  it('notices that a run has fallen silent, and goes on when it is awake again', async () => {
    const { run, page } = await reachedForTest()
    await page.clock.install()
    await page.reload()
    await rows(page).filter({ hasText: 'before' }).first().waitFor()
    run.cli.kill('SIGSTOP')
    onTestFinished(() => run.cli.kill('SIGCONT'))
    await page.clock.fastForward(30_000)
    expect(await page.getByText('Not connected.').count()).toBe(0)
    await page.clock.fastForward(30_000)
    await said(page).filter({ hasText: 'Not connected.' }).waitFor()
    expect(await page.getByText('bot ready').count()).toBe(0)
    run.cli.kill('SIGCONT')
    await expect.poll(() => page.getByText('Not connected.').count()).toBe(0)
    await page.getByText('bot ready').waitFor()
    await run.say('after that')
    await rows(page).filter({ hasText: 'after that' }).first().waitFor()
  })

  it('tells a run that was killed from one that ends', async () => {
    const { run, page } = await reachedForTest()
    run.cli.kill('SIGKILL')
    await said(page).filter({ hasText: 'Not connected.' }).waitFor()
    await page.keyboard.press('h')
    await sees(page, 'dev-hook does not answer')
  })
})
