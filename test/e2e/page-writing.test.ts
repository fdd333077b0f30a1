// What somebody writes on the page, or copies from it: it is not lost by looking elsewhere, and not refused without a way on.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../support/browser/chromium.ts'
import { holdAnswers } from '../support/browser/hold-answers.ts'
import { aMessage, inspectedRun, openPage } from '../support/browser/inspected-run.ts'
import { delivery, rows, sees } from '../support/browser/seen.ts'

let browser: Browser

beforeAll(async () => {
  browser = await launchChromium()
})

afterAll(() => browser.close())

const bodyOf = (page: Page) => page.getByRole('dialog').getByLabel('Body', { exact: true })

describe('What somebody sends while they go on elsewhere', () => {
  it('is said to have arrived, and neither closes what they have opened since, nor leads them away', async () => {
    const run = await inspectedRun()
    await run.say('first')
    await run.say('second')
    const page = await openPage(browser, run.link)
    const answers = await holdAnswers(page, 'replay')
    await rows(page).filter({ hasText: 'first' }).last().click()
    await page.keyboard.press('e')
    await bodyOf(page).fill((await bodyOf(page).inputValue()).replace('first', 'edited'))
    await page.getByRole('button', { name: 'Replay the copy' }).click()
    await expect.poll(answers.held).toBe(1)
    await page.keyboard.press('Escape')
    await rows(page).filter({ hasText: 'second' }).last().click()
    await page.keyboard.press('t')
    await page.getByLabel('Other values').fill('data.message.meta.x=1')
    answers.letGo()
    await sees(page, 'replayed: the bot answered 200')
    expect(await page.getByLabel('Other values').inputValue()).toBe('data.message.meta.x=1')
    await page.keyboard.press('Escape')
    await delivery(page).getByText('second').first().waitFor()

    const triggered = await holdAnswers(page, 'trigger')
    await page.keyboard.press('t')
    await page.getByRole('dialog').getByRole('button', { name: 'Trigger' }).click()
    await expect.poll(triggered.held).toBe(1)
    await page.getByLabel('Other values').fill('data.message.meta.x=2')
    triggered.letGo()
    await sees(page, /^triggered: 200/)
    expect(await page.getByLabel('Other values').inputValue()).toBe('data.message.meta.x=2')
  })
})

describe('What somebody has begun to write', () => {
  it('is there again after they looked elsewhere: a message, an event', async () => {
    const run = await inspectedRun()
    const page = await openPage(browser, run.link)
    await page.getByRole('button', { name: 'Chat', exact: true }).click()
    const message = page.getByRole('region', { name: 'The contact’s phone' }).getByRole('textbox')
    await message.fill('half a sen')
    await page.keyboard.press('Escape')
    await page.keyboard.press('t')
    await page.getByLabel('Other values').fill('data.message.meta.x=1')
    await page.keyboard.press('Escape')
    await page.keyboard.press('1')
    await page.keyboard.press('t')
    expect(await page.getByLabel('Other values').inputValue()).toBe('data.message.meta.x=1')
    await page.keyboard.press('Escape')
    await page.keyboard.press('2')
    await expect.poll(() => message.inputValue()).toBe('half a sen')
    await message.press('Enter')
    await sees(page, 'You said: half a sen')
    expect(await message.inputValue()).toBe('')
  })

  it('is there again, when it is an edited body, and not given up by a reload without a question', async () => {
    const run = await inspectedRun()
    await run.say('hi there')
    const page = await openPage(browser, run.link)
    await rows(page).filter({ hasText: 'hi there' }).last().click()
    await delivery(page).getByText('The signature is right').waitFor()
    await page.keyboard.press('e')
    await bodyOf(page).fill((await bodyOf(page).inputValue()).replace('hi there', 'edited halfway'))
    await page.keyboard.press('Escape')
    await page.keyboard.press('e')
    expect(await bodyOf(page).inputValue()).toContain('edited halfway')
    const asked = page.waitForEvent('dialog')
    const reloading = page.evaluate('location.reload()').catch(() => undefined)
    const question = await asked
    expect(question.type()).toBe('beforeunload')
    await question.dismiss()
    await reloading
    await page.getByRole('button', { name: 'Replay the copy' }).click()
    await delivery(page).getByText('edited halfway').first().waitFor()
    await page.reload()
    await delivery(page).getByText('edited halfway').first().waitFor()
  })

  it('is left by going back, which closes what lies over the page', async () => {
    const run = await inspectedRun()
    await run.say('hi there')
    const page = await openPage(browser, run.link)
    await rows(page).first().click()
    await delivery(page).getByText('The signature is right').waitFor()
    await page.keyboard.press('v')
    await page.getByRole('dialog').waitFor()
    await page.goBack()
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
    expect(await delivery(page).count()).toBe(0)
    await page.goForward()
    await delivery(page).getByText('The signature is right').waitFor()
  })

  it('is written in an editor where it is too long for a field', async () => {
    const run = await inspectedRun()
    await run.inject(aMessage('x'.repeat(600_000)))
    const page = await openPage(browser, run.link)
    await rows(page).first().click()
    await delivery(page).getByText('The signature is right').waitFor()
    await page.keyboard.press('e')
    await page
      .getByRole('dialog')
      .getByText(/^dev-hook replay \S+ --edit$/)
      .waitFor()
    expect(await page.getByRole('textbox', { name: 'Body' }).count()).toBe(0)
  })
})

describe('What is copied', () => {
  it('is shown, selected, where the browser does not let a page copy', async () => {
    const run = await inspectedRun()
    await run.say('hi there')
    const page = await openPage(browser, run.link)
    await rows(page).first().click()
    await page.evaluate(
      "Object.defineProperty(navigator, 'clipboard', { value: { writeText: async () => { throw new DOMException('Write permission denied.', 'NotAllowedError') } } })",
    )
    await delivery(page).getByRole('button', { name: 'curl' }).click()
    await page.getByRole('dialog', { name: 'Copy as curl' }).waitFor()
    await expect.poll(() => page.evaluate('String(getSelection())')).toMatch(/^curl /)
    await page.keyboard.press('Escape')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('curl')
  })
})

describe('A signature that is checked', () => {
  it('is said nothing of once the body, the headers or the secret are others', async () => {
    const run = await inspectedRun()
    await run.say('hi there')
    const page = await openPage(browser, run.link)
    await rows(page).filter({ hasText: 'hi there' }).last().click()
    await delivery(page).getByText('The signature is right').waitFor()
    const answers = await holdAnswers(page, 'verify')
    await page.keyboard.press('v')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Check' }).click()
    await expect.poll(answers.held).toBe(1)
    await dialog.getByLabel('another one').check()
    await dialog.getByLabel('Another secret').fill('not this one')
    await dialog.getByRole('button', { name: 'Check' }).click()
    await expect.poll(answers.held).toBe(2)
    answers.letGo('last')
    await dialog.getByText('The signature is wrong').waitFor()
    const answered = page.waitForResponse('**/api/verify')
    answers.letGo()
    await (await answered).finished()
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))')
    expect(await dialog.getByText('The signature is wrong').count()).toBe(1)
    await dialog.getByLabel('Another secret').fill('nor this one')
    await expect.poll(() => dialog.getByText('The signature is wrong').count()).toBe(0)
  })
})
