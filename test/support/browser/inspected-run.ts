// A sandbox with the example bot, and a browser that looks at its page.
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { onTestFinished } from 'vitest'
import { createAccess } from '../../../src/inspector/access.ts'
import { readAddress } from '../../../src/inspector/address.ts'
import { type Cli, ECHO_BOT, startCli } from '../cli/cli.ts'
import { freePort } from '../free-port.ts'

export interface InspectedRun {
  readonly cli: Cli
  /** `http://127.0.0.1:4747` */
  readonly origin: string
  /** With the token that lets a browser in. */
  readonly link: string
  /** Asks for an operation as a program does. */
  ask(name: string, input?: object): Promise<unknown>
  /** The contact says something: it is delivered to the bot. */
  say(text: string): Promise<void>
  /** A delivery with this body. */
  inject(body: string): Promise<void>
}

/** Starts the sandbox, with the example bot unless another is given, in a folder and with ports of its own unless those are given. */
export async function inspectedRun(
  bot: readonly string[] = [process.execPath, ECHO_BOT],
  { cwd, inspectorPort }: { readonly cwd?: string; readonly inspectorPort?: number } = {},
): Promise<InspectedRun> {
  const env = { PORT: String(await freePort()), DEV_HOOK_INSPECTOR_PORT: String(inspectorPort ?? (await freePort())) }
  const cli = await startCli({ args: ['sandbox', '--json'], env, command: bot, ...(cwd !== undefined && { cwd }) })
  await cli.notice('bot', ({ state }) => state === 'ready')
  const page = await pageOf(cli)
  return {
    cli,
    ...page,
    say: async (text) => {
      const delivered = cli.notice('delivery', (notice) => notice.text === text)
      cli.type(text)
      const { id } = await delivered
      await cli.notice('attempt', (attempt) => attempt.id === id)
    },
    inject: async (body) => void (await page.ask('inject', { body })),
  }
}

/** The page of any run that is ready, and its API. */
export async function pageOf(cli: Cli): Promise<Pick<InspectedRun, 'origin' | 'link' | 'ask'>> {
  const { inspector, tokenFile } = await cli.notice('ready')
  const folder = tokenFile?.replace(/[\\/]inspector\.json$/, '')
  const address = folder === undefined ? null : await readAddress(folder)
  if (inspector === null || address === null) throw new Error('the run has no inspector')
  const { token } = address

  const ask = async (name: string, input?: object): Promise<unknown> => {
    const response = await fetch(`${inspector}/api/${name}`, {
      method: input === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(input !== undefined && { body: JSON.stringify(input) }),
    })
    if (!response.ok) throw new Error(`${name} was answered ${response.status}: ${await response.text()}`)
    return response.json()
  }
  return { origin: inspector, link: `${inspector}/?token=${createAccess(token).linkToken}`, ask }
}

/** Opens the page of a run in a window of its own, which closes with the test. What goes wrong in the page fails the test. */
export async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', ({ message }) => errors.push(message))
  onTestFinished(async () => {
    await context.close()
    if (errors.length > 0) throw new Error(`the page has thrown: ${errors.join('; ')}`)
  })
  await page.goto(url)
  // The token leaves the address at once.
  await page.waitForURL(({ searchParams }) => !searchParams.has('token'))
  await page.getByRole('heading', { name: 'dev-hook', level: 1 }).waitFor()
  return page
}

/** A message of a contact as the platform delivers it. */
export const aMessage = (text: string, n = 0, conversation = '5f9f1b9b9c9d440000000001'): string =>
  JSON.stringify({
    id: `platform-${n}-${text.length}`,
    event: 'message.create.contact.chat',
    data: {
      message: { id: `message-${n}`, text, type: 'chat', role: 'contact', user: 'u1', conversation, actions: [] },
      conversation: { id: conversation, participants: [{ user: 'u1', name: 'Jenny', role: 'contact' }] },
    },
  })
