import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Cli } from '../support/cli/cli.ts'
import { folderForTest } from '../support/folder.ts'
import { freePort } from '../support/free-port.ts'
import { type TestWorld, worldForTest } from '../support/world.ts'

/** What the one who lets go says, and how it ends. */
async function expectHandedOver(cli: Cli): Promise<void> {
  expect(await cli.notice('warning', ({ code }) => code === 'DEVHOOK_HANDED_OVER')).toMatchObject({
    message: expect.stringMatching(/@.* pid \d+ takes over the bot/),
  })
  expect((await cli.ended).code).toBe(0)
  expect(cli.notices.at(-1)).toMatchObject({ type: 'stopped', restored: 'restored', undelivered: 0 })
}

const loopback = (port: number, home?: string) => ({
  args: ['--tunnel', 'loopback'],
  env: { PORT: String(port), ...(home !== undefined && { XDG_STATE_HOME: home }) },
})

/** Says something every few milliseconds until it is told to stop; resolves with how often. */
function traffic(world: TestWorld): { stop(): Promise<number> } {
  let said = 0
  let going = true
  const talking = (async () => {
    const contact = await world.platform.contact({ name: 'Jenny' })
    while (going) {
      contact.send(`word ${said}`)
      said += 1
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    return said
  })()
  return {
    stop: () => {
      going = false
      return talking
    },
  }
}

const wordsAt = (cli: Cli): number =>
  cli.notices.filter(
    (notice) => notice.type === 'delivery' && notice.text?.startsWith('word') && notice.redelivery === undefined,
  ).length

describe('A bot that another dev-hook asks for with --take-over', () => {
  it('is handed over while deliveries come, and each of them reaches somebody once', async () => {
    const world = await worldForTest()
    const before = world.platform.registration()
    const first = await world.start(loopback(await freePort()))
    await first.notice('bot', ({ state }) => state === 'ready')
    await first.notice('ready')

    const talk = traffic(world)
    const second = await world.start(loopback(await freePort()))
    const ready = await second.notice('ready')
    await expectHandedOver(first)
    await second.notice('bot', ({ state }) => state === 'ready')
    const said = await talk.stop()

    expect(ready.before?.url).toBe('https://bots.example.com/hook')
    second.kill('SIGINT')
    expect((await second.ended).code).toBe(0)
    expect(world.platform.registration()).toEqual(before)
    const words = world.platform.deliveries.filter(({ event }) => event === 'message.create.contact.chat')
    // The few that were on their way in that moment may have been told to come again; all others were received.
    const answers = words.map(({ attempts }) => attempts[0]?.status ?? null)
    expect(answers.filter((status) => status !== 200 && status !== 503)).toEqual([])
    // What came between the two went to the bot in production, where the webhook pointed then.
    const toProduction = words.filter(({ origin }) => origin === 'https://bots.example.com').length
    expect(wordsAt(first) + wordsAt(second)).toBeGreaterThan(0)
    expect(wordsAt(first) + wordsAt(second) + toProduction).toBeGreaterThanOrEqual(
      said - answers.filter((status) => status === 503).length,
    )
  })

  it('is handed over by a run of the same person on the same machine too', async () => {
    const world = await worldForTest()
    const before = world.platform.registration()
    const home = join(await folderForTest(), 'state')
    const first = await world.start(loopback(await freePort(), home))
    await first.notice('ready')
    const second = await world.start(loopback(await freePort(), home))
    await expectHandedOver(first)
    expect((await second.notice('ready')).before?.url).toBe('https://bots.example.com/hook')
    second.kill('SIGINT')
    expect((await second.ended).code).toBe(0)
    expect(world.platform.registration()).toEqual(before)
  })

  it.each([0, 100, 250])('goes to one of two who ask %i ms apart, and production is never lost', async (apart) => {
    const world = await worldForTest()
    const before = world.platform.registration()
    const first = await world.start(loopback(await freePort()))
    await first.notice('ready')
    const second = await world.start(loopback(await freePort()))
    await new Promise((resolve) => setTimeout(resolve, apart))
    const third = await world.start(loopback(await freePort()))
    for (const cli of [second, third]) await Promise.race([cli.notice('ready'), cli.ended])
    for (const cli of [first, second, third]) {
      cli.kill('SIGINT')
      expect([0, 7]).toContain((await cli.ended).code)
    }
    expect(world.platform.registration()).toEqual(before)
  })

  it('is not handed over to who has only the URL, whatever they say, and still is to one who knows the secret', async () => {
    const world = await worldForTest()
    const first = await world.start(loopback(await freePort()))
    await first.notice('ready')
    const { username, password, origin, pathname } = new URL(String(Object(world.platform.registration()).url))
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
    const proof = `v1 ${Date.now()} ${'0'.repeat(32)} ${'0'.repeat(64)}`
    for (const more of [{}, { 'x-dev-hook-proof': proof }]) {
      const headers = { authorization, 'x-dev-hook-hand-over': 'eve@desk pid 1', ...more }
      const answer = await fetch(`${origin}${pathname}?challenge=x`, { headers })
      expect(await answer.text()).toBe('x')
      expect(answer.headers.get('x-dev-hook-reply')).toMatch(/^refused /)
    }
    expect(await first.notice('warning', ({ code }) => code === 'DEVHOOK_HAND_OVER_REFUSED')).toMatchObject({
      message: expect.stringContaining('eve@desk pid 1'),
    })
    const second = await world.start(loopback(await freePort()))
    await second.notice('ready')
    await expectHandedOver(first)
    second.kill('SIGINT')
    expect((await second.ended).code).toBe(0)
  })

  it('is not waited for when it is refused, as the one who asks knows another secret', async () => {
    // The platform shows no secret, so that each of them has to know it.
    const world = await worldForTest({ registered: { secret: '' }, regenerateSecret: false })
    const startWith = async (SECRET: string): Promise<Cli> => {
      const { args, env } = loopback(await freePort())
      return world.start({ args, env: { ...env, SECRET } })
    }
    const first = await startWith('jVb3')
    await first.notice('ready')
    const second = await startWith('Q9xw')
    expect(await second.notice('error')).toMatchObject({
      code: 'DEVHOOK_TAKEN',
      message: expect.stringContaining('does not let go of the bot: it knows another secret'),
      remedy: expect.stringContaining('SECRET'),
    })
    expect((await second.ended).code).toBe(7)
    first.kill('SIGINT')
    expect((await first.ended).code).toBe(0)
  })
})
