// `--only` on real processes: one developer's events, while whoever had the webhook before goes on.
import { describe, expect, it } from 'vitest'
import type { SandboxOptions } from '../../src/sandbox/options.ts'
import type { SandboxDelivery } from '../../src/sandbox/webhooks/deliver.ts'
import { type RecordedRequest, type RecordingBot, startRecordingBot } from '../support/bot/recording-bot.js'
import { type Cli, startCli } from '../support/cli/cli.ts'
import { freePort } from '../support/free-port.ts'
import { recordingBotForTest } from '../support/platform/sandboxes.ts'
import { eventually } from '../support/wait.ts'
import { worldForTest } from '../support/world.ts'

const CONVERSATIONS = 50
const EACH = 20
/** From this message on, the odd conversations are mine. */
const TURN = 8

const textOf = ({ body }: RecordedRequest): string => String(JSON.parse(body.toString()).data.message?.text ?? '')

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
    const settled = (text: string) => {
      const delivery = world.platform.deliveries.findLast(
        (each) => each.payload()?.data['message'] && JSON.stringify(each.payload()).includes(`"${text}"`),
      )
      return delivery?.state === 'delivered'
    }
    for (let n = 0; n < EACH; n++) {
      // The old receiver is away for one round: what it is sent then is refused, and comes again.
      if (n === 5) await receiver.close()
      const texts = contacts.map((contact, c) => {
        const text = `c${c} ${n}${c % 2 === 1 && n === TURN ? ' mine' : ''}`
        contact.send(text)
        return text
      })
      if (n === 5) {
        await cli.notice('passed', ({ status }) => status === 502)
        restarted = await startRecordingBot({ port })
      }
      await eventually(() => texts.every(settled))
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
})
