// `dev-hook trigger` beside a run.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { headerOf } from '../../src/core/http/raw-headers.ts'
import { checkSignature } from '../../src/protocol/signature.ts'
import type { CliEnd } from '../support/cli/cli.ts'
import { createExample } from '../support/examples.ts'
import { folderForTest } from '../support/folder.ts'
import { recordingBotForTest } from '../support/platform/sandboxes.ts'
import { worldWithBotForTest } from '../support/world-with-bot.ts'

const objects = ({ stdout }: CliEnd): Record<string, unknown>[] =>
  stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))

const bodyOf = (delivery: { readonly body: Buffer } | undefined) => JSON.parse(String(delivery?.body))

/** A run that is ready, and what ends it. */
async function running(args: readonly string[] = []) {
  const world = await worldWithBotForTest()
  const cli = await world.start(args)
  await cli.notice('ready')
  const end = async (): Promise<void> => {
    cli.kill('SIGINT')
    await cli.ended
  }
  return { ...world, cli, end }
}

describe('dev-hook trigger beside a run', () => {
  it('brings the bot what the platform would bring: signed, recorded and shown', async () => {
    const { run, bot, cli, world, end } = await running()
    const triggered = await run(['trigger', 'chat', 'hi there', '--set', 'data.message.meta.topic=faq'])
    expect(triggered.stdout).toMatch(/^\w{6} message\.create\.contact\.chat Jenny Jones "hi there" 200 \d+ms\n$/)
    expect(triggered.code).toBe(0)
    const [delivery] = await bot.waitFor(1)
    if (delivery === undefined) throw new Error('nothing came')
    const secret = world.platform.secret() ?? ''
    expect(checkSignature(delivery.rawHeaders, delivery.body, secret)).toBe('right')
    expect(bodyOf(delivery)).toMatchObject({ data: { message: { text: 'hi there', meta: { topic: 'faq' } } } })
    const id = headerOf(delivery.rawHeaders, 'x-dev-hook-delivery')
    expect(await cli.notice('delivery')).toMatchObject({ id, text: 'hi there', from: 'Jenny Jones' })
    expect(triggered.stdout.slice(0, 6)).toBe(id?.slice(-6))

    const again = await run(['replay', triggered.stdout.slice(0, 6)])
    expect(again).toMatchObject({ code: 0 })
    await end()
  })

  it('says what the bot answered, though the platform is told another thing', async () => {
    const { run, bot, end } = await running()
    bot.answerWith({ status: 500 })
    const { code, stdout, stderr } = await run(['trigger', 'user.login', '--count', '2', '--json'])
    expect(stderr).toBe(
      'note: the webhook does not subscribe to user.login, so the platform would not bring it (--events)\n',
    )
    expect(objects({ stdout } as CliEnd).slice(0, 2)).toMatchObject([
      { type: 'attempt', event: 'user.login', outcome: 'answered', status: 500, reason: null },
      { outcome: 'answered', status: 500 },
    ])
    expect(code).toBe(1)
    await end()
  })

  it('is in a recorded conversation if it is named, by a part of its id', async () => {
    const { run, bot, cli, world, end } = await running()
    const jenny = await world.platform.contact({ name: 'Jenny' })
    jenny.send('hi')
    await cli.notice('attempt')
    const { code } = await run(['trigger', 'assign', '--conversation', jenny.conversation.slice(0, -2)])
    expect(code).toBe(0)
    const deliveries = await bot.waitFor(2)
    const triggered = deliveries
      .map(bodyOf)
      .find(({ data }) => data.message.text === '/assign' && data.message.slug === 'a4nplJer8')
    expect(triggered).toMatchObject({
      event: 'message.create.contact.command',
      data: { conversation: { id: jenny.conversation, name: 'Jenny', contact: jenny.id } },
    })
    expect(triggered.data.message.meta.users).toEqual([world.platform.botId])
    const unknown = await run(['trigger', 'assign', '--conversation', 'nothing'])
    expect(unknown.stderr).toContain(`no conversation \`nothing\` is recorded; the latest are:`)
    expect(unknown.stderr).toContain(`  ${jenny.conversation}`)
    expect(unknown.code).toBe(2)
    await end()
  })

  it('sends what came before only once to the bot, and one’s own body byte for byte', async () => {
    const { run, bot, end } = await running()
    const file = join(await folderForTest(), 'event.json')
    const text = JSON.stringify(await createExample('chat'), null, 3)
    await writeFile(file, text)
    const first = await run(['trigger', '--file', file, '--delivery-id', 'own'])
    expect(first).toMatchObject({ code: 0 })
    const second = await run(['trigger', '--file', file, '--delivery-id', 'own'])
    expect(second.stdout).toMatch(/ redelivery \d+ms the same as \w+, /)
    expect(second.code).toBe(0)
    expect(await run(['trigger', '--file', file])).toMatchObject({ code: 0 })
    const [one, two] = await bot.waitFor(2)
    expect(one?.body.toString()).toBe(text)
    expect(bodyOf(two).id).not.toBe(bodyOf(one).id)
    await end()
  })

  it('says that the bot is not ready when the wait for it is over, and brings it the event later', async () => {
    const { run, bot, end, world } = await running(['--hold', '100ms'])
    await bot.close()
    const { code, stdout } = await run(['trigger', 'chat', 'still there?'])
    expect(stdout).toMatch(/"still there\?" acknowledged \S+ the bot is not ready, and gets it as soon as it is\n$/)
    expect(code).toBe(1)
    const back = await recordingBotForTest({ port: world.port })
    expect(bodyOf((await back.waitFor(1))[0])).toMatchObject({ data: { message: { text: 'still there?' } } })
    await end()
  })
})
