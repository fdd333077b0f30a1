// `--only` on real processes: one developer's events, while whoever had the webhook before goes on.
import { describe, expect, it } from 'vitest'
import { textIn } from '../../src/core/json.ts'
import type { SandboxOptions } from '../../src/sandbox/options.ts'
import type { SandboxDelivery } from '../../src/sandbox/webhooks/deliver.ts'
import { type RecordedRequest, type RecordingBot, startRecordingBot } from '../support/bot/recording-bot.js'
import { type Cli, startCli } from '../support/cli/cli.ts'
import { folderForTest } from '../support/folder.ts'
import { freePort } from '../support/free-port.ts'
import { recordingBotForTest } from '../support/platform/sandboxes.ts'
import { eventually } from '../support/wait.ts'
import { worldForTest } from '../support/world.ts'

const CONVERSATIONS = 50
const EACH = 20
/** From this message on, the odd conversations are mine. */
const TURN = 8

const wordsOf = (message: unknown): string => textIn(message, 'text') ?? ''

const textOf = ({ body }: RecordedRequest): string => wordsOf(JSON.parse(body.toString()).data.message)

/** The numbers of the messages of a conversation in the order in which they first came. */
function firstOf(requests: readonly RecordedRequest[], conversation: number): readonly number[] {
  const numbers = requests
    .map(textOf)
    .filter((text) => text.startsWith(`c${conversation} `))
    .map((text) => Number(text.split(' ')[1]))
  return [...new Set(numbers)]
}

/** What was received with success, once for each that was. */
const byId = (deliveries: readonly SandboxDelivery[]): ReadonlyMap<string, SandboxDelivery> =>
  new Map(deliveries.map((delivery) => [delivery.id, delivery]))

async function onlyWorld(options: SandboxOptions = {}) {
  const port = await freePort()
  const receiver = await recordingBotForTest({ port })
  const url = `http://us:pw@127.0.0.1:${port}/hook?key=1`
  const world = await worldForTest({ ...options, registered: { url, ...options.registered } })
  const bot = await recordingBotForTest({ port: world.port })
  const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Cli> =>
    startCli({ args: ['--json', '--tunnel', 'loopback', ...args], env: { ...world.env, ...env } })
  return { world, receiver, bot, port, start }
}

describe('dev-hook --only', () => {
  it('brings each of 1,000 deliveries where it belongs, once and in order, while the old receiver restarts', async () => {
    const { world, receiver, bot, port, start } = await onlyWorld()
    const before = world.platform.registration()
    const cli = await start(['--take-over', '--only', 'text:mine'])
    expect((await cli.notice('ready')).passesTo).toBe(`http://127.0.0.1:${port}/hook?key=1`)
    let restarted: RecordingBot | null = null
    const contacts = await Promise.all(
      Array.from({ length: CONVERSATIONS }, (_, i) => world.platform.contact({ name: `Contact ${i}` })),
    )
    const isSettled = (messages: readonly string[]): boolean => {
      const open = world.platform.deliveries.filter(({ state }) => state !== 'delivered').map(({ message }) => message)
      return messages.every((id) => !open.includes(id))
    }
    for (let n = 0; n < EACH; n++) {
      // The old receiver is away for one round: what it is sent then is refused, and comes again.
      if (n === 5) await receiver.close()
      const messages = contacts.map(
        (contact, c) => contact.send(`c${c} ${n}${c % 2 === 1 && n === TURN ? ' mine' : ''}`).id,
      )
      if (n === 5) {
        await cli.notice('passed', ({ status }) => status === 502)
        restarted = await startRecordingBot({ port })
      }
      await eventually(() => isSettled(messages))
    }
    const others = [...receiver.deliveries(), ...(restarted?.deliveries() ?? [])]
    const mine = bot.deliveries()
    const all = Array.from({ length: EACH }, (_, n) => n)
    for (let c = 0; c < CONVERSATIONS; c++) {
      const isMine = c % 2 === 1
      expect(firstOf(mine, c)).toEqual(isMine ? all.slice(TURN) : [])
      expect(firstOf(others, c)).toEqual(isMine ? all.slice(0, TURN) : all)
    }
    // Nothing twice: who had answered was not asked again.
    expect(others.length + mine.length).toBe(CONVERSATIONS * EACH)
    const sent = byId(world.platform.deliveries)
    for (const { body, rawHeaders, url } of others) {
      const { id } = JSON.parse(body.toString())
      expect(body.toString()).toBe(JSON.stringify(sent.get(id)?.payload()))
      expect(url).toBe('/hook?key=1')
      expect(rawHeaders[rawHeaders.indexOf('authorization') + 1]).toBe(`Basic ${btoa('us:pw')}`)
      expect(rawHeaders.map((name) => name.toLowerCase())).not.toContain('x-dev-hook-delivery')
    }
    cli.kill('SIGINT')
    const { code, stdout } = await cli.ended
    expect(code).toBe(0)
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      type: 'stopped',
      deliveries: (CONVERSATIONS / 2) * (EACH - TURN),
      ignored: 0,
      restored: 'restored',
    })
    expect(world.platform.registration()).toEqual(before)
    await restarted?.close()
  })

  it.each<[string, readonly string[], Readonly<Record<string, string>>, Partial<SandboxOptions>]>([
    ['a filter that does not parse', ['--only', 'text:hi, conv:a'], {}, {}],
    ['a secret that is not known', ['--only', 'text:hi'], {}, { regenerateSecret: false }],
  ])('ends with 2, and claims nothing, for %s', async (what, args, env, options) => {
    const hidden = what.includes('secret') ? { registered: { secret: '' } } : {}
    const { world, start } = await onlyWorld({ ...options, ...hidden })
    const before = world.platform.registration()
    const cli = await start(['--take-over', ...args], env)
    const { message } = await cli.notice('error')
    expect(message).toContain(what.includes('secret') ? 'secret of the webhook' : 'column 10: unknown key `conv`')
    expect((await cli.ended).code).toBe(2)
    expect(world.platform.registration()).toEqual(before)
  })

  it.each([
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ])('closes each gap of three in a chain that leave in the order %i, %i, %i, one by kill -9', async (...order) => {
    const { world, receiver, start } = await onlyWorld()
    const before = world.platform.registration()
    const runs: { readonly cli: Cli; readonly bot: RecordingBot }[] = []
    for (const n of [0, 1, 2]) {
      const port = await freePort()
      const bot = await recordingBotForTest({ port })
      const cli = await start(['--only', `text:for-${n}`, ...(n === 0 ? ['--take-over'] : [])], { PORT: String(port) })
      expect((await cli.notice('ready')).before?.url).toMatch(n === 0 ? /\/hook/ : /\/dev-hook\//)
      runs.push({ cli, bot })
    }
    // Another one for each order: the first, the second or the last to leave.
    const killed = (order[0] ?? 0) % 3
    let round = 0
    const left = new Set(runs)
    /** Says something for each of them, and for nobody, each in a conversation of its own; resolves once it is where it belongs. */
    const expectRouted = async (): Promise<void> => {
      round += 1
      const expected = ['for-0', 'for-1', 'for-2', 'for nobody'].map((words, n) => {
        const run = runs[n]
        return { text: `${words} ${round}`, at: run !== undefined && left.has(run) ? run.bot : receiver }
      })
      for (const { text } of expected) (await world.platform.contact({ name: text })).send(text)
      const all = [receiver, ...runs.map(({ bot }) => bot)]
      for (const { text, at } of expected)
        await eventually(() => at.deliveries().some((request) => textOf(request) === text))
      for (const { text, at } of expected)
        for (const each of all)
          expect(each.deliveries().filter((request) => textOf(request) === text)).toHaveLength(each === at ? 1 : 0)
    }
    await expectRouted()
    for (const [i, n] of order.entries()) {
      const run = runs[n]
      if (run === undefined) throw new Error('there are three')
      const isFront = run === [...left].at(-1)
      const url = textIn(world.platform.registration(), 'url')
      left.delete(run)
      run.cli.kill(i === killed ? 'SIGKILL' : 'SIGINT')
      const { code } = await run.cli.ended
      if (i !== killed) expect(code).toBe(0)
      // What the platform has begun to send to a URL, it goes on to send there, and it sends nothing to one that is not verified.
      const isBack = (registration: unknown): boolean =>
        textIn(registration, 'url') !== url && textIn(registration, 'status') === 'active'
      if (isFront) await eventually(() => isBack(world.platform.registration()))
      await expectRouted()
    }
    await eventually(() => JSON.stringify(world.platform.registration()) === JSON.stringify(before))
  })

  it('goes on behind another one when its tunnel comes back with another public URL', async () => {
    const { world, receiver, bot, start } = await onlyWorld()
    const before = world.platform.registration()
    const first = await world.start({ args: ['--only', 'text:for-first'], command: null })
    await first.notice('ready')
    const port = await freePort()
    const otherBot = await recordingBotForTest({ port })
    const second = await start(['--only', 'text:for-second'], { PORT: String(port) })
    await second.notice('ready')
    await first.notice('registration', ({ state }) => state === 'behind')
    let round = 0
    const expectRouted = async (places: Readonly<Record<string, RecordingBot>>): Promise<void> => {
      round += 1
      for (const [words, at] of Object.entries(places)) {
        const text = `${words} ${round}`
        const contact = await world.platform.contact({ name: text })
        contact.send(text)
        await eventually(() => at.deliveries().some((request) => textOf(request) === text))
      }
    }
    await expectRouted({ 'for-first': bot, 'for-second': otherBot, other: receiver })
    await world.edge.faults.moveUrl()
    world.edge.faults.drop('reset')
    await first.notice('registration', ({ state }) => state === 'moved')
    await expectRouted({ 'for-first': bot, 'for-second': otherBot, other: receiver })
    second.kill('SIGINT')
    expect((await second.ended).code).toBe(0)
    await eventually(() => textIn(world.platform.registration(), 'status') === 'active')
    await expectRouted({ 'for-first': bot, 'for-second': receiver })
    first.kill('SIGINT')
    expect((await first.ended).code).toBe(0)
    await eventually(() => JSON.stringify(world.platform.registration()) === JSON.stringify(before))
  })

  it('says how two of them run on one machine, and they do', async () => {
    const { start } = await onlyWorld()
    const state = { XDG_STATE_HOME: await folderForTest() }
    const first = await start(['--take-over', '--only', 'text:mine'], state)
    await first.notice('ready')
    const refused = await (await start(['--only', 'text:yours'], state)).ended
    expect(refused.code).toBe(7)
    expect(refused.stdout).toContain('to have both on this machine, set XDG_STATE_HOME to another folder for this one')
    const second = await start(['--only', 'text:yours'], { XDG_STATE_HOME: await folderForTest() })
    await second.notice('ready')
    await first.notice('registration', (notice) => notice.state === 'behind')
  })
})
