// `dev-hook trigger`, straight to a bot.
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { headerOf } from '../../src/core/http/raw-headers.ts'
import { sign } from '../../src/protocol/signature.ts'
import { type CliEnd, startCli } from '../support/cli/cli.ts'
import { createExample } from '../support/examples.ts'
import { freePort } from '../support/free-port.ts'
import { recordingBotForTest } from '../support/platform/sandboxes.ts'

const SECRET = 'zICWczLmAOEDvh1DiPGSHw=='

async function trigger(...args: string[]): Promise<CliEnd> {
  return (await startCli({ args: ['trigger', ...args], env: { SECRET } })).ended
}

const objects = ({ stdout }: CliEnd): Record<string, unknown>[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

const bodyOf = ({ body }: { readonly body: Buffer }): unknown => JSON.parse(body.toString('utf8'))

async function fileWith(text: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'dev-hook-test-')), 'event.json')
  await writeFile(path, text)
  return path
}

describe('dev-hook trigger --to', () => {
  it('sends an event as the platform does, signed, and says what the bot answered', async () => {
    const bot = await recordingBotForTest()
    const end = await trigger('chat', 'hi there', '--to', `${bot.url}/hook?a=1`)
    expect(end).toMatchObject({ code: 0, stderr: '' })
    expect(end.stdout).toMatch(/^message\.create\.contact\.chat Jenny Jones "hi there" 200 \d+ms\n$/)
    const [delivery] = await bot.waitFor(1)
    if (delivery === undefined) throw new Error('nothing came')
    expect(delivery).toMatchObject({ method: 'POST', url: '/hook?a=1' })
    expect(headerOf(delivery.rawHeaders, 'content-type')).toBe('application/json')
    expect(headerOf(delivery.rawHeaders, 'x-hub-signature')).toBe(sign(delivery.body, SECRET))
    expect(bodyOf(delivery)).toMatchObject({
      event: 'message.create.contact.chat',
      data: { message: { text: 'hi there' } },
    })
  })

  it('sends as many as are wanted, one after the other, with totals, and fails when the bot refuses one', async () => {
    const bot = await recordingBotForTest({ answer: (_, n) => ({ status: n === 2 ? 500 : 200 }) })
    const port = new URL(bot.url).port
    const end = await trigger('chat', '--count', '3', '--to', port, '--json')
    expect(end.code).toBe(1)
    const [one, two, three, totals] = objects(end)
    expect([one, two, three].map((line) => line?.['status'])).toEqual([200, 500, 200])
    expect(totals).toMatchObject({ type: 'triggered', wanted: 3, sent: 3, taken: 2, failed: 1 })
    expect(new Set((await bot.waitFor(3)).map((delivery) => Object(bodyOf(delivery)).id)).size).toBe(3)
  })

  it('sends at a rate without waiting for answers', async () => {
    const bot = await recordingBotForTest({ answer: 'hang' })
    const cli = await startCli({ args: ['trigger', 'chat', '--count', '20', '--rate', '200/s', '--to', bot.url] })
    await bot.waitFor(20)
    cli.kill('SIGINT')
    const { code, stdout, stderr } = await cli.ended
    expect(stdout.match(/cancelled \d+(ms|s) dev-hook was ended/g)).toHaveLength(20)
    expect(stderr).toMatch(/^note: .*, so nothing is signed\n20 sent in .*: 0 taken, 20 not\n$/)
    expect(code).toBe(1)
  })

  it('sends no more once it is ended', async () => {
    const bot = await recordingBotForTest({ answer: 'hang' })
    const cli = await startCli({ args: ['trigger', 'chat', '--count', '4', '--to', bot.url] })
    await bot.waitFor(1)
    cli.kill('SIGINT')
    expect((await cli.ended).stderr).toMatch(/1 of 4 sent in /)
    expect(bot.deliveries()).toHaveLength(1)
  })

  it('says why there is no answer', async () => {
    const end = await trigger('chat', '--to', `http://localhost:${await freePort()}/`)
    expect(end.stdout).toMatch(/message\.create\.contact\.chat .* refused \d+ms .*/)
    expect(end.code).toBe(1)
  })

  it('sends a file byte for byte if its own id is wanted, else with a new one', async () => {
    const bot = await recordingBotForTest()
    const text = `${JSON.stringify({ ...(await createExample('chat')), big: 1 }, null, 4).replace('"big": 1', '"big": 123456789012345678901')}\n`
    const file = await fileWith(text)
    expect(await trigger('--file', file, '--delivery-id', 'own', '--to', bot.url)).toMatchObject({ code: 0 })
    expect(await trigger('--file', file, '--to', bot.url)).toMatchObject({ code: 0 })
    const [same, fresh] = await bot.waitFor(2)
    expect(same?.body.toString('utf8')).toBe(text)
    expect(Object(fresh && bodyOf(fresh)).id).not.toBe(JSON.parse(text).id)
  })

  it('takes a file from standard input', async () => {
    const bot = await recordingBotForTest()
    const cli = await startCli({ args: ['trigger', '--file', '-', '--to', bot.url, '--set', 'data.message.text=set'] })
    cli.type(JSON.stringify(await createExample('chat')))
    cli.endInput()
    expect(await cli.ended).toMatchObject({ code: 0 })
    expect(bodyOf((await bot.waitFor(1))[0] ?? { body: Buffer.alloc(0) })).toMatchObject({
      data: { message: { text: 'set' } },
    })
  })
})

describe('dev-hook trigger', () => {
  it('lists the templates, one a line', async () => {
    const list = await trigger('--list')
    expect(list.code).toBe(0)
    expect(list.stdout.split('\n')[0]).toMatch(
      /^chat +A contact says something\. +message\.create\.contact\.chat and 3 more$/,
    )
    const [first] = objects(await trigger('--list', '--json'))
    expect(first).toMatchObject({ type: 'template', name: 'chat', evidence: 'documented', by: 'contact' })
  })

  it('prints an event and sends nothing with --dry-run', async () => {
    const { code, stdout } = await trigger('user.login', '--set', 'data.user.role=admin', '--dry-run')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ event: 'user.login', data: { user: { role: 'admin' } } })
  })

  it('says what to do when there is nobody to send it to', async () => {
    const { code, stderr } = await trigger('chat')
    expect(stderr).toMatch(
      /no dev-hook is running (here|for this bot) \[DEVHOOK_RUN_UNREACHABLE\]\n.*dev-hook sandbox.*--to http/,
    )
    expect(code).toBe(1)
  })

  it.each([
    [['caht'], 'did you mean `chat`?'],
    [['message.*'], 'is a pattern'],
    [[], 'say which event'],
    [['chat', '--set', 'data.message.txt.x=1'], '`data.message` has no `txt`'],
    [['chat', '--set', 'x'], '`x` (from --set) is not path=value'],
    [['chat', '--count', '0'], '`0` (from --count) is not a number'],
    [['chat', '--rate', 'fast'], '`fast` (from --rate) is not a rate'],
    [['chat', '--rate', '0/s'], '`0/s` (from --rate) is not a rate'],
    [['chat', '--delivery-id', 'own'], '`--delivery-id own` is for the body of a `--file`'],
    [['chat', '--to', 'http://user:pass@example.com/'], '"http://example.com/" (from --to) is not https'],
    [['chat', '--to', 'ftp://localhost/'], 'is neither http nor https'],
    [['chat', '--to', 'nowhere'], 'is not a URL, host:port or port'],
    [['--file', 'missing.json'], 'missing.json cannot be read'],
    [['chat', '--conversation', 'abc', '--bot', 'b1', '--dry-run'], 'no conversation `abc` is recorded'],
  ])('ends with 2 for %j', async (args, message) => {
    const { code, stderr, stdout } = await trigger(...args)
    expect(stderr).toContain(message)
    expect([code, stdout]).toEqual([2, ''])
  })
})
