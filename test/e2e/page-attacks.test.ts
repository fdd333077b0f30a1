// What other sites, strangers and hostile text do to the page of a run, in a real browser.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { launchChromium } from '../support/browser/chromium.ts'
import { aMessage, type InspectedRun, inspectedRun, openPage } from '../support/browser/inspected-run.ts'
import { delivery, rows } from '../support/browser/seen.ts'

let browser: Browser

/** A name of the web that its owner lets point to this machine. */
const EVIL = 'evil.example.com'

beforeAll(async () => {
  browser = await launchChromium(`--host-resolver-rules=MAP ${EVIL} 127.0.0.1`)
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
  const picture = new Image()
  picture.src = origin + '/api/hold'
  document.body.append(frame, picture)
  const json = { 'content-type': 'application/json' }
  const got = [
    await read(origin + '/api/deliveries', {}),
    await read(origin + '/api/deliveries', { mode: 'no-cors' }),
    await read(origin + '/api/deliveries', { headers: { authorization: 'Bearer x' } }),
    await read(origin + '/api/verify', { method: 'POST', headers: json, body: '{"body":"","signature":""}' }),
    await read(origin + '/api/hold', { method: 'POST', mode: 'no-cors', body: '{}' }),
    await read(origin + '/api/replay-on-save', { method: 'POST', headers: json, body: '{"on":true}' }),
    await streamed,
    await framed,
  ]
  return got.join(' | ')
}`

/** Another server of this machine: its port, which a page of any name may come from. */
async function otherPort(): Promise<number> {
  // With an icon of its own: the browser would ask for one some time, which is no part of the attack.
  const html = '<!doctype html><title>other</title><link rel="icon" href="data:,">'
  const other = createServer((_, answer) => void answer.end(html))
  await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void other.close())
  return (other.address() as AddressInfo).port
}

/** Lets a page attack the run; gives what it saw, and the status of each answer that the run gave. */
async function attack(page: Page, { origin }: InspectedRun) {
  const statuses: number[] = []
  // A browser hides from the page what it may not see, and from most tools as well.
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Network.enable')
  devtools.on('Network.responseReceivedExtraInfo', ({ statusCode }) => void statuses.push(statusCode))
  const got = String(await page.evaluate(`(${ATTACK})(${JSON.stringify(origin)})`))
  return { got, statuses }
}

describe('The page of another site', () => {
  it.each([
    ['of another port of this machine', 'localhost'],
    ['of the web', EVIL],
  ])('%s gets to see nothing, and changes nothing', async (_, host) => {
    const run = await inspectedRun()
    await run.say('a secret of mine')
    // The browser has the cookie of the run.
    const own = await openPage(browser, run.link)
    await rows(own).first().waitFor()
    const page = await own.context().newPage()
    await page.goto(`http://${host}:${await otherPort()}/`)
    const { got, statuses } = await attack(page, run)
    expect(got).not.toContain('secret')
    expect(got).not.toContain('open')
    expect(statuses.length).toBeGreaterThan(5)
    expect(statuses.filter((status) => status !== 403)).toEqual([])
    expect(await run.ask('status')).toMatchObject({ paused: false, replayOnSave: null })
  })

  it('is not taken for ours when its name is let point here: page, routes and stream say so', async () => {
    const run = await inspectedRun()
    const own = await openPage(browser, run.link)
    const page = await own.context().newPage()
    const { port } = new URL(run.origin)
    for (const path of ['/', '/api/status', '/api/stream', new URL(run.link).pathname + new URL(run.link).search]) {
      const answer = await page.goto(`http://${EVIL}:${port}${path}`)
      expect([path, answer?.status()]).toEqual([path, 403])
      expect(await answer?.text()).toContain('the host name of the request is not the inspector’s')
    }
  })
})

describe('A stranger', () => {
  it('sees the page and nothing else, whatever the token: it says what to do', async () => {
    const run = await inspectedRun()
    await run.say('a secret of mine')
    const stranger = await openPage(browser, run.origin)
    await stranger.getByRole('alert').filter({ hasText: 'open the link that dev-hook shows' }).first().waitFor()
    const answer = await stranger.goto(`${run.origin}/?token=wrong`)
    expect(answer?.status()).toBe(401)
    expect(await answer?.text()).toContain('This link belongs to another run')
    expect(await stranger.content()).not.toContain('secret')
  })
})

describe('Text from outside', () => {
  it('is shown as text: markup, control characters, what turns the reading direction, and lines of a megabyte', async () => {
    const hostile = '<img src=x onerror=alert(1)><svg onload=alert(1)>\u202Egnp.exe\u0007\u001b]0;x\u0007'
    const bot = `import { createServer } from 'node:http'
const hostile = ${JSON.stringify(hostile)}
createServer((_, answer) => {
  console.log(hostile + 'y'.repeat(100_000))
  answer.setHeader('x-hostile', '<b>x</b>').end(hostile + 'z'.repeat(1_000_000))
}).listen(process.env.PORT)`
    const run = await inspectedRun([process.execPath, '--input-type=module', '--eval', bot])
    await run.ask('new-conversation', { name: hostile })
    await run.ask('say', { text: `${hostile} javascript:alert(1)`, as: 'Jenny' })
    await run.inject(aMessage(hostile))
    await run.inject(aMessage('x'.repeat(1_000_000), 1))
    await run.inject('<script>alert(1)</script>')
    const page = await openPage(browser, run.link)
    const dialogs: string[] = []
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message())
      void dialog.dismiss()
    })
    const harmless = async (): Promise<void> => {
      expect(await page.locator('img, a[href], svg[onload], #page script').count()).toBe(0)
      const shown = (await page.locator('#page').textContent()) ?? ''
      expect(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u.test(shown)).toBe(false)
    }
    await page.keyboard.press('j')
    for (let n = 0; n < 3; n += 1) {
      await delivery(page).getByText('The signature is right').waitFor()
      for (const form of ['raw', 'hex']) {
        const button = delivery(page).getByRole('group', { name: 'Body as' }).getByRole('button', { name: form })
        await button.click()
      }
      await harmless()
      await page.keyboard.press('j')
    }
    for (const view of ['chat', 'status']) {
      await page.goto(`${run.origin}/?view=${view}`)
      await page.locator('.bubble, .card').first().waitFor()
      await harmless()
    }
    // What stands in the address is from outside, too.
    await page.goto(
      `${run.origin}/?q=${encodeURIComponent(`"${hostile}`)}&id=${encodeURIComponent(hostile)}&vs=%00&view=<b>`,
    )
    await page.getByRole('alert').first().waitFor()
    await harmless()
    expect(dialogs).toEqual([])
  })
})
