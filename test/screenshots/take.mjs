// The pictures in the README: a real sandbox with a real bot, a conversation with it, and what terminal and page show of it.
import { execFile } from 'node:child_process'
import { appendFile, cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'
import { findChromium } from '../../config/find-chromium.mjs'
import { withPalette } from './palette.mjs'
import { openTerminal } from './terminal.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const MAIN = join(ROOT, 'dist/cli/main.js')
const IMAGES = join(ROOT, '.github', 'images')
const MAX_BYTES = 120_000
const VIEW = { viewport: { width: 1120, height: 700 }, deviceScaleFactor: 1.5, colorScheme: 'light', timezoneId: 'UTC' }

const folder = await realpath(await mkdtemp(join(tmpdir(), 'bikes-')))
const env = {
  PATH: process.env.PATH,
  HOME: folder,
  XDG_STATE_HOME: join(folder, 'state'),
  TZ: 'UTC',
  LANG: 'C.UTF-8',
  PORT: '3000',
}
await mkdir(IMAGES, { recursive: true })
await cp(join(ROOT, 'test/screenshots/bike-bot.js'), join(folder, 'bot.mjs'))
await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction')

const terminal = openTerminal({
  file: process.execPath,
  args: [MAIN, 'sandbox', '--', 'node', 'bot.mjs'],
  typed: 'npx dev-hook sandbox -- node bot.mjs',
  cwd: folder,
  env,
})
const browser = await chromium.launch({ executablePath: findChromium() ?? undefined, args: ['--no-sandbox'] })

try {
  const [link] = await terminal.shows(/http:\/\/127\.0\.0\.1:\d+\/\?token=[\w.-]+/)
  await terminal.shows(/bot ready/)
  await talk()
  await picture('terminal', terminal.html(), 'pre')
  await picturesOfPage(link)
  await pictureOfSharedFile()
} finally {
  await browser.close()
  terminal.type('\x04')
  await terminal.ended
  await rm(folder, { recursive: true, force: true })
}

async function talk() {
  const says = async (line, until) => {
    terminal.type(`${line}\r`)
    await terminal.shows(until)
  }
  await says('Hi! Is a tandem free on Saturday?', /↩ .*Two are free/)
  await says('1', /↩ .*Daisy is yours/)
  // A save: what is said meanwhile waits for the bot.
  await appendFile(join(folder, 'bot.mjs'), '\n')
  await terminal.shows(/bot restarting/)
  await says('1', /↩ .*lemonade/)
}

async function picturesOfPage(link) {
  const page = await browser.newPage(VIEW)
  await page.goto(link)
  await page.getByRole('option').first().waitFor()
  await page.getByRole('option').filter({ hasText: 'basket' }).filter({ hasText: 'Jenny' }).click()
  await page.getByRole('region', { name: 'Delivery', exact: true }).getByText('The signature is right').waitFor()
  await page.getByText('What the bot asked the API').first().waitFor()
  await save('deliveries', await page.screenshot())
  await page.keyboard.press('Escape')
  await page.goto(new URL('?view=chat', page.url()).href)
  await page
    .getByRole('list', { name: /agents’ app: messages/ })
    .getByText('lemonade')
    .waitFor()
  await save('chat', await page.screenshot())
  await page.close()
}

async function pictureOfSharedFile() {
  const args = [MAIN, 'events', 'export', '--last', '--as', 'html', '--sandbox']
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, env })
  const page = await browser.newPage({ ...VIEW, viewport: { width: 760, height: 820 } })
  await page.setContent(stdout)
  await page.locator('summary').first().click()
  await save('shared', await page.screenshot())
  await page.close()
}

async function picture(name, html, selector) {
  const page = await browser.newPage({ ...VIEW, colorScheme: 'dark' })
  await page.setContent(html)
  await save(name, await page.locator(selector).screenshot())
  await page.close()
}

async function save(name, png) {
  const small = withPalette(png)
  if (small.length > MAX_BYTES) throw new Error(`${name} has ${small.length} bytes, more than ${MAX_BYTES}`)
  await writeFile(join(IMAGES, `${name}.png`), small)
  console.log(`${name}: ${small.length} bytes, ${png.length} before`)
}
