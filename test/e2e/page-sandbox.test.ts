// The page on a sandbox: what the bot did because of a delivery, and a chat in which everybody can speak.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sign } from '../../src/protocol/signature.ts'
import { launchChromium } from '../support/browser/chromium.ts'
import { holdAnswers } from '../support/browser/hold-answers.ts'
import { aMessage, type InspectedRun, inspectedRun, openPage } from '../support/browser/inspected-run.ts'
import { delivery, rows, said, sees, violationsIn } from '../support/browser/seen.ts'
import { folderForTest } from '../support/folder.ts'
import { callApi } from '../support/platform/sandboxes.ts'

let browser: Browser

beforeAll(async () => {
  browser = await launchChromium()
})

afterAll(() => browser.close())

const SHOWS_ALL = fileURLToPath(new URL('../support/bot/programs/shows-all.js', import.meta.url))

const phone = (page: Page) => page.getByRole('region', { name: 'The contact’s phone' })
const app = (page: Page) => page.getByRole('region', { name: 'The agents’ app' })

/** The API of the sandbox, with the token of somebody of the team. */
async function teamOf({ cli }: InspectedRun) {
  const { api, logins } = await cli.notice('sandbox')
  const grant = { email: logins.find((one) => one.startsWith('sam')), password: 'any' }
  const { body: sam } = await callApi({ api, token: '' }, 'POST', '/v2/auth/token', grant)
  return { api, token: String(Object(sam).token) }
}

/** Opens a form in the conversation of the contact. */
async function openForm(run: InspectedRun): Promise<void> {
  const team = await teamOf(run)
  const fields = [
    { key: 'brand', name: 'Brand', options: ['Audi', 'VW'] },
    { key: 'name', name: 'Your name' },
  ]
  const { body: form } = await callApi(team, 'POST', '/v2/forms', { name: 'Test Drive', fields })
  const { conversations } = Object(await run.ask('conversations'))
  const [{ id }] = conversations
  const message = { conversation: id, type: 'form', text: '+Test Drive', meta: { form: Object(form).id } }
  await callApi(team, 'POST', '/v2/messages', message)
}

/** Knocks at the webhook of a run with a body that is signed with another secret. */
async function knock(run: InspectedRun, body: string, secret: string): Promise<number> {
  const { body: bots } = await callApi(await teamOf(run), 'GET', '/v2/bots')
  const { username, password, ...url } = urlParts(new URL(Object(bots)[0].webhook.url))
  const headers = {
    'content-type': 'application/json',
    'x-hub-signature': sign(Buffer.from(body), secret),
    ...(username !== '' && { authorization: `Basic ${btoa(`${username}:${password}`)}` }),
  }
  return (await fetch(url.bare, { method: 'POST', headers, body })).status
}

/** What `fetch` takes of an address: it refuses one with credentials. */
function urlParts(url: URL) {
  const { username, password } = url
  return { username, password, bare: `${url.origin}${url.pathname}${url.search}` }
}

describe('The page of a sandbox', () => {
  it('shows, for a bubble that is clicked, its delivery, what the bot printed and what it asked the API', async () => {
    const run = await inspectedRun([process.execPath, SHOWS_ALL])
    // Before the page is open.
    await run.say('show me all')
    const page = await openPage(browser, run.link)
    await page.getByRole('button', { name: 'Chat', exact: true }).click()
    await phone(page).getByText('show me all').click()
    await delivery(page).getByText('was told: show me all').waitFor()
    await delivery(page).getByText('4 calls of the API').waitFor()
    const call = delivery(page).locator('summary').filter({ hasText: 'POST' }).first()
    await call.click()
    await delivery(page).getByText('"for the team"').first().waitFor()
    expect(await violationsIn(page)).toEqual([])
    // What the bot has said leads to what it was told.
    await page.keyboard.press('Escape')
    await phone(page).locator('.by-bot').filter({ hasText: 'for the team' }).click()
    await delivery(page).getByText('was told: show me all').waitFor()
    // The chat goes on beside it, and Esc closes it.
    await phone(page).getByRole('button', { name: 'Settings' }).click()
    await phone(page).getByText('pressed SETTINGS').waitFor()
    await page.keyboard.press('Escape')
    await app(page).getByText('pressed SETTINGS').waitFor()
    expect(await delivery(page).count()).toBe(0)
  })

  it('shows HTML as it is read, and nothing of it as a part of the page', async () => {
    const run = await inspectedRun([process.execPath, SHOWS_ALL])
    await run.say('hi')
    const page = await openPage(browser, `${run.link}`)
    await page.goto(`${run.origin}/?view=chat`)
    const [{ id }] = Object(await run.ask('conversations')).conversations
    const text = '<p>Hello <em>you</em></p><ul><li>one</li><li>two</li></ul><script>document.title = 1</script>'
    const message = { conversation: id, text, contentType: 'text/html', role: 'agent' }
    await callApi(await teamOf(run), 'POST', '/v2/messages', message)
    const shown = phone(page).locator('.words').filter({ hasText: 'Hello' })
    await expect.poll(() => shown.textContent()).toBe('Hello you\n- one\n- two')
    expect(await shown.locator('*').count()).toBe(0)
  })

  it('lets the contact fill in a form, the team speak, and the platform raise an event', async () => {
    const run = await inspectedRun([process.execPath, SHOWS_ALL])
    await run.say('hi')
    const page = await openPage(browser, `${run.link}`, { colorScheme: 'dark' })
    await page.goto(`${run.origin}/?view=chat`)
    await openForm(run)
    const form = phone(page).getByRole('form', { name: 'Form Test Drive' })
    await form.getByLabel('Brand').selectOption('VW')
    await form.getByLabel('Your name').fill('Jenny <b>J</b>')
    expect(await violationsIn(page)).toEqual([])
    await form.getByRole('button', { name: 'Fill in' }).click()
    await app(page).getByText('.brand VW').waitFor()
    await form.getByLabel('Your name').press('Enter')
    await phone(page).getByText('thanks for Test Drive').waitFor()
    await app(page).getByText('Jenny <b>J</b>').first().waitFor()

    // Of a conversation in which nothing was said yet, too.
    await page.getByRole('button', { name: 'New conversation' }).click()
    await phone(page).getByText('Say hi to the bot below.').waitFor()
    await app(page).getByRole('combobox').selectOption('a system event …')
    const dialog = page.getByRole('dialog', { name: 'Trigger an event' })
    await dialog.getByLabel('Event').selectOption('conversation-closed')
    await dialog.getByLabel('in the conversation that is chosen').waitFor()
    const values = dialog.getByLabel('Other values, one a line')
    await values.fill('nonsense')
    await dialog.getByRole('button', { name: 'Trigger' }).click()
    await dialog.getByRole('status').filter({ hasText: 'nonsense' }).waitFor()
    await values.fill('')
    await dialog.getByRole('button', { name: 'Trigger' }).click()
    await delivery(page).getByText('conversation.update').first().waitFor()
  })

  it('saves a conversation as one HTML file, and copies it as a test', async () => {
    const run = await inspectedRun()
    await run.say('pass this on')
    const page = await openPage(browser, run.link, { permissions: ['clipboard-read', 'clipboard-write'] })
    await rows(page).filter({ hasText: 'pass this on' }).last().click()
    const saving = page.waitForEvent('download')
    await delivery(page).getByRole('button', { name: 'Share' }).click()
    const html = await readFile(await (await saving).path(), 'utf8')
    expect(html).toContain('pass this on')
    await said(page).filter({ hasText: 'Read it before you pass it on' }).waitFor()
    await delivery(page).getByRole('button', { name: 'test', exact: true }).click()
    await said(page).filter({ hasText: 'copied as test' }).waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).toContain("say('pass this on')")
  })

  it('marks deliveries, and lists only what is marked', async () => {
    const run = await inspectedRun()
    await run.say('first')
    await run.say('second')
    const page = await openPage(browser, run.link)
    await rows(page).first().waitFor()
    await page.keyboard.press('End')
    await page.keyboard.press('m')
    await rows(page).filter({ hasText: 'marked' }).waitFor()
    await page.keyboard.press('M')
    await expect.poll(() => rows(page).count()).toBe(1)
    // It stands in the address, and the marks are kept.
    await page.reload()
    await expect.poll(() => rows(page).count()).toBe(1)
    expect(await violationsIn(page)).toEqual([])
    await page.keyboard.press('m')
    await sees(page, 'No marked delivery matches')
    await page.getByRole('button', { name: 'Show all', exact: true }).click()
    await expect.poll(() => rows(page).count()).toBeGreaterThan(1)
  })

  it('replays on save: the delivery that is chosen, again after each restart, until it is switched off', async () => {
    const folder = await folderForTest()
    const file = join(folder, 'bot.mjs')
    const source = `import { createServer } from 'node:http'
createServer((_, answer) => answer.end()).listen(process.env.PORT)`
    await writeFile(file, source)
    const run = await inspectedRun([process.execPath, file], { cwd: folder })
    await run.say('again, please')
    const page = await openPage(browser, run.link)
    await rows(page).filter({ hasText: 'again, please' }).first().click()
    await delivery(page).getByText('The signature is right').waitFor()
    await page.keyboard.press('s')
    const onSave = page.getByRole('button', { name: 'On save: again, please' })
    await onSave.waitFor()
    expect(await onSave.getAttribute('aria-pressed')).toBe('true')
    await writeFile(file, `${source}\n// saved`)
    await delivery(page).getByText('2 attempts').waitFor()
    await page.keyboard.press('s')
    await said(page).filter({ hasText: 'nothing is replayed on save any more' }).waitFor()
    expect(await run.ask('status')).toMatchObject({ replayOnSave: null })
  })

  it('checks a signature: of the delivery that is chosen, and of what is pasted, with another secret too', async () => {
    const run = await inspectedRun()
    await run.say('signed')
    const page = await openPage(browser, run.link)
    await rows(page).filter({ hasText: 'signed' }).last().click()
    await delivery(page).getByText('The signature is right').waitFor()
    await page.keyboard.press('v')
    const dialog = page.getByRole('dialog', { name: 'Check a signature' })
    const check = () => dialog.getByRole('button', { name: 'Check', exact: true }).click()
    await check()
    await dialog.getByText('The signature is right').waitFor()
    await dialog.getByLabel('another one').check()
    await dialog.getByLabel('Another secret').fill('none of ours')
    await check()
    await dialog.getByText('it is right with the secret of the webhook').waitFor()
    expect(await violationsIn(page)).toEqual([])
    await dialog.getByLabel('that of the webhook').check()
    await dialog.getByLabel('Body').fill('{"a":\u202e1}')
    await check()
    await dialog.getByText('The signature is wrong').waitFor()
    await dialog.getByLabel('X-Hub-Signature').fill('sha256=x')
    await check()
    await dialog.getByText(/is not sha1=<40 hex digits>/).waitFor()
  })

  it('explains a wrong signature, and tries another secret for it', async () => {
    const run = await inspectedRun()
    const page = await openPage(browser, run.link, { viewport: { width: 375, height: 700 } })
    await sees(page, 'No delivery yet')
    expect(await knock(run, aMessage('signed elsewhere'), 'the other secret')).toBe(503)
    await rows(page).filter({ hasText: 'rejected 503' }).first().click()
    await delivery(page).getByText('The signature is wrong').waitFor()
    await delivery(page).getByRole('button', { name: 'Check it with another secret or body' }).click()
    const dialog = page.getByRole('dialog', { name: 'Check a signature' })
    await dialog.getByLabel('another one').check()
    await dialog.getByLabel('Another secret').fill('the other secret')
    await page.keyboard.press('Enter')
    await dialog.getByText('The signature is right').waitFor()
    expect(await violationsIn(page)).toEqual([])
    // Neither the run nor what it records has been told of it.
    expect(run.cli.written() + run.cli.errors()).not.toContain('the other secret')
  })
})

describe('Whoever writes in the chat', () => {
  it('keeps what is typed into a form while what was filled in before is on its way', async () => {
    const run = await inspectedRun()
    const page = await openPage(browser, run.link)
    await page.getByRole('button', { name: 'Chat', exact: true }).click()
    await openForm(run)
    const form = phone(page).getByRole('form', { name: 'Form Test Drive' })
    const filled = await holdAnswers(page, 'fill')
    await form.getByLabel('Your name').fill('Jenny')
    await form.getByRole('button', { name: 'Fill in' }).click()
    await expect.poll(filled.held).toBe(1)
    await form.getByLabel('Your name').fill('Jenny Jones')
    const answered = page.waitForResponse('**/api/fill')
    filled.letGo()
    await (await answered).finished()
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))')
    expect(await form.getByLabel('Your name').inputValue()).toBe('Jenny Jones')
  })

  it('stays in their conversation, though another one becomes the latest', async () => {
    const run = await inspectedRun()
    await run.say('hi there')
    const page = await openPage(browser, run.link)
    await page.getByRole('button', { name: 'Chat', exact: true }).click()
    const message = phone(page).getByRole('textbox')
    await message.fill('half a sen')
    run.cli.type('/new Kim')
    await run.say('from Kim')
    const conversations = page.getByLabel('Conversation', { exact: true }).getByRole('option')
    await conversations.first().filter({ hasText: 'Kim' }).waitFor({ state: 'attached' })
    expect(await message.inputValue()).toBe('half a sen')
    await message.press('Enter')
    await phone(page).getByText('You said: half a sen').waitFor()
    await phone(page).getByText('You said: hi there').waitFor()
  })
})
