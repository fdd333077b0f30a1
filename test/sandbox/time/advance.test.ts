// What happens in the platform's time, when a test turns it.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { SandboxOptions } from '../../../src/sandbox/options.ts'
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts'
import { freePort } from '../../support/free-port.ts'
import { callApi, recordingBotForTest } from '../../support/platform/sandboxes.ts'

const SECOND = 1_000
const HOUR = 3_600 * SECOND

async function standingSandbox(options: SandboxOptions): Promise<Sandbox> {
  const sandbox = await openSandbox({ clock: 'manual', scope: 'admin', arrival: 'joined', ...options })
  onTestFinished(() => sandbox.close())
  return sandbox
}

/** Where nobody listens, until `listen` is called. */
async function absentBot(): Promise<{ readonly url: string; listen(): Promise<void> }> {
  const port = await freePort()
  const server = createServer((_request, response) => response.end())
  onTestFinished(() => void server.close())
  return {
    url: `http://127.0.0.1:${port}`,
    listen: async () => {
      await once(server.listen(port, '127.0.0.1'), 'listening')
    },
  }
}

describe('The time of a sandbox that stands', () => {
  it('brings a delivery to a bot that was down for a night', async () => {
    const place = await absentBot()
    const sandbox = await standingSandbox({ registered: { url: place.url } })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    jenny.send('anybody there?')
    await sandbox.clock.advance(3 * HOUR)
    const [delivery] = sandbox.deliveries
    expect(delivery?.state).toBe('pending')
    const tried = delivery?.attempts.length ?? 0
    expect(tried).toBeGreaterThan(10)
    await place.listen()
    await sandbox.clock.advance(HOUR)
    expect(delivery).toMatchObject({ state: 'delivered' })
    const waits = delivery?.attempts.map(({ at }, n, all) => at - (all[n - 1]?.at ?? at)).slice(1, 5)
    expect(waits).toEqual([1, 2, 4, 8].map((seconds) => seconds * SECOND))
  })

  it('gives a delivery up after 24 hours', async () => {
    const place = await absentBot()
    const sandbox = await standingSandbox({ registered: { url: place.url } })
    ;(await sandbox.contact({ name: 'Jenny' })).send('anybody there?')
    await sandbox.clock.advance(25 * HOUR)
    expect(sandbox.deliveries[0]).toMatchObject({ state: 'given-up' })
    const { attempts = [] } = sandbox.deliveries[0] ?? {}
    expect((attempts.at(-1)?.at ?? 0) - (attempts[0]?.at ?? 0)).toBeGreaterThan(22 * HOUR)
  })

  it('ends the wait for a bot that does not answer after 20 seconds of it', async () => {
    const port = await freePort()
    const server = createServer(() => undefined)
    await once(server.listen(port, '127.0.0.1'), 'listening')
    onTestFinished(() => {
      server.close()
      server.closeAllConnections()
    })
    const sandbox = await standingSandbox({ registered: { url: `http://127.0.0.1:${port}` } })
    ;(await sandbox.contact({ name: 'Jenny' })).send('hi')
    await sandbox.clock.advance(20 * SECOND)
    expect(sandbox.deliveries[0]?.attempts[0]).toMatchObject({ ms: 20 * SECOND, status: null })
  })

  it('says a delayed message when it is due, and not before', async () => {
    const sandbox = await standingSandbox({})
    const jenny = await sandbox.contact({ name: 'Jenny' })
    const path = `/v2/conversations/${jenny.conversation}/messages`
    await callApi(sandbox, 'POST', path, [{ text: 'later', delay: 5_000 }, { text: 'now' }])
    const texts = (): readonly string[] => jenny.messages.map(({ text }) => text)
    await sandbox.clock.advance(4_999)
    expect(texts()).toEqual(['now'])
    await sandbox.clock.advance(1)
    expect(texts()).toEqual(['now', 'later'])
  })

  it('ends tokens, and opens the windows of the rate limit', async () => {
    const sandbox = await standingSandbox({ tokenLifetimeMs: HOUR, rateLimit: 2 })
    const status = async (): Promise<number> => (await callApi(sandbox, 'GET', '/v2/users')).status
    expect([await status(), await status(), await status()]).toEqual([200, 200, 429])
    await sandbox.clock.advance(SECOND)
    expect(await status()).toBe(200)
    await sandbox.clock.advance(HOUR)
    expect(await status()).toBe(401)
  })

  it('is the time of documents, events and tokens', async () => {
    const bot = await recordingBotForTest()
    const sandbox = await standingSandbox({ registered: { url: bot.url } })
    const before = sandbox.clock.now().getTime()
    await sandbox.clock.advance(24 * HOUR)
    const jenny = await sandbox.contact({ name: 'Jenny' })
    jenny.send('hi')
    const [delivery] = await bot.waitFor(1)
    const then = new Date(before + 24 * HOUR).toISOString()
    expect(JSON.parse(String(delivery?.body))).toMatchObject({
      timestamp: then,
      data: { message: { createdAt: then }, conversation: { createdAt: then } },
    })
    const changed = await callApi(sandbox, 'PATCH', `/v2/conversations/${jenny.conversation}`, { name: 'J' })
    expect(changed.body).toMatchObject({ updatedAt: then })
    expect(sandbox.calls.at(-1)?.at).toBe(before + 24 * HOUR)
  })
})

describe('The time of a sandbox that runs', () => {
  it('goes so many times as fast', async () => {
    const place = await absentBot()
    const sandbox = await standingSandbox({ clock: 10_000, registered: { url: place.url } })
    ;(await sandbox.contact({ name: 'Jenny' })).send('hi')
    await expect.poll(() => sandbox.deliveries[0]?.attempts.length).toBeGreaterThan(5)
  })

  it('can be put forward', async () => {
    const sandbox = await standingSandbox({ clock: 'real' })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    const path = `/v2/conversations/${jenny.conversation}/messages`
    await callApi(sandbox, 'POST', path, { text: 'later', delay: HOUR })
    await sandbox.clock.advance(HOUR)
    expect(jenny.messages.map(({ text }) => text)).toEqual(['later'])
  })
})
