// The page of the inspector in a real browser, on a real sandbox with a real bot.

import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { launchChromium } from '../support/browser/chromium.ts'
import { aMessage, inspectedRun, openPage } from '../support/browser/inspected-run.ts'
import { delivery, rows, said, sees, violationsIn } from '../support/browser/seen.ts'
import { expectEventually } from '../support/wait.ts'

let browser: Browser

beforeAll(async () => {
  browser = await launchChromium()
})

afterAll(() => browser.close())

/** What the page of another site tries: to read, to change, to listen, to frame. Gives all that it got to see. */
const ATTACK = `async (origin) => {
  const read = (url, init) =>
    fetch(url, { credentials: 'include', ...init }).then(
      async (answer) => [answer.type, answer.status, await answer.text()].join(' '),
      String,
    )
  const stream = new EventSource(origin + '/api/stream', { withCredentials: true })
  const streamed = new Promise((resolve) => {
    stream.onerror = () => resolve('refused')
    stream.onopen = () => resolve('open')
  })
  const frame = document.createElement('iframe')
  frame.src = origin
  const framed = new Promise((resolve) => {
    frame.onload = () => resolve(frame.contentDocument?.body?.textContent ?? 'closed')
  })
  document.body.append(frame)
  const got = [
    await read(origin + '/api/deliveries', {}),
    await read(origin + '/api/deliveries', { mode: 'no-cors' }),
    await read(origin + '/api/hold', { method: 'POST', mode: 'no-cors', body: '{}' }),
    await streamed,
    await framed,
  ]
  return got.join(' | ')
}`

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
    await expectEventually(() => rows(page).count()).toBe(1)
    expect(new URL(page.url()).searchParams.get('q')).toBe('refund from:jenny')
    await page.keyboard.type(' sttus:5xx')
    await sees(page, 'column 19: there is no key `sttus`')
    for (let left = ' sttus:5xx'.length; left > 0; left -= 1) await page.keyboard.press('Backspace')
    await expectEventually(() => rows(page).count()).toBe(1)
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
    await page.getByRole('button', { name: /^Go on, [1-9]/ }).waitFor()
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
    await expectEventually(() => list.evaluate('document.querySelector("[role=listbox]").scrollTop')).toBe(600)
    await rows(page).filter({ hasText: 'number 45' }).waitFor()
    const before = await place()
    await run.inject(aMessage('one more', 80))
    await sees(page, '81 deliveries')
    await expectEventually(place).toEqual(before)
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

  it('shows text from outside as text', async () => {
    const run = await inspectedRun()
    const hostile = '<img src=x onerror=alert(1)><svg onload=alert(1)>\u202Egnp.exe\u0007\u001b]0;x\u0007'
    await run.inject(aMessage(hostile))
    await run.inject(aMessage('x'.repeat(1_000_000), 1))
    await run.inject('<script>alert(1)</script>')
    const page = await openPage(browser, run.link)
    const dialogs: string[] = []
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message())
      void dialog.dismiss()
    })
    for (let n = 0; n < 3; n += 1) {
      await page.keyboard.press('j')
      await delivery(page).getByText('The signature is right').waitFor()
      for (const form of ['raw', 'hex']) {
        const button = delivery(page).getByRole('group', { name: 'Body as' }).getByRole('button', { name: form })
        await button.click()
      }
    }
    expect(await page.locator('img, svg[onload], #page script').count()).toBe(0)
    const shown = (await page.locator('#page').textContent()) ?? ''
    expect(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u.test(shown)).toBe(false)
    expect(dialogs).toEqual([])
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
      await page.keyboard.press('?')
      found.push(...(await violationsIn(page)))
      expect(found).toEqual([])
    }
  })

  it('says what to do when the run has ended, and to whoever has no token', async () => {
    const run = await inspectedRun()
    const page = await openPage(browser, run.link)
    await sees(page, 'No delivery yet')
    const stranger = await openPage(browser, run.origin)
    await stranger.getByRole('alert').filter({ hasText: 'Open the link that dev-hook printed' }).waitFor()
    run.cli.kill('SIGINT')
    await said(page).filter({ hasText: 'The run has ended' }).waitFor()
  })

  it('gives nothing to the page of another site', async () => {
    const run = await inspectedRun()
    await run.say('a secret of mine')
    // The browser has the cookie of the run.
    const own = await openPage(browser, run.link)
    await rows(own).first().waitFor()
    const other = createServer((_, answer) => void answer.end('<!doctype html><title>other</title>'))
    await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void other.close())
    const address = other.address()
    const page = await own.context().newPage()
    await page.goto(`http://localhost:${typeof address === 'object' ? address?.port : ''}/`)
    const got = String(await page.evaluate(`(${ATTACK})(${JSON.stringify(run.origin)})`))
    expect(got).not.toContain('secret')
    expect(got).not.toContain('open')
    expect(await run.ask('status')).toMatchObject({ paused: false })
  })
})
