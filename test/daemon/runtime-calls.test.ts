// What the parts of a run call in one another while it runs, against the order in which they were opened.
import { describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/load.ts'
import { neverAborted } from '../../src/core/async.ts'
import { createFakeRun, type FakeRun, type FakeRunOptions, PUBLIC_URL } from '../support/daemon/fake-run.ts'
import { SNAPSHOT } from '../support/platform/snapshots.ts'

async function startedRun(options: FakeRunOptions = {}): Promise<FakeRun> {
  const run = await createFakeRun(options)
  await run.daemon.start()
  return run
}

const claims = ({ calls }: FakeRun): readonly string[] => calls.filter((call) => /claim/i.test(call))
const wanting = (run: FakeRun, events: Config['events']): void => run.given.watchSaves?.eventsChanged(events)

describe('A fresh token', () => {
  const fresh = { token: 'fresh token', refreshToken: null }

  it('is among the orders of a watchdog that is armed after it', async () => {
    const run: FakeRun = await createFakeRun({
      during: { gateway: () => run.given.createApiClient?.onTokens?.(fresh) },
    })
    await run.daemon.start()
    expect(run.calls).toContain('watchdog.arm fresh token')
    await run.daemon.stop()
  })

  it('reaches a watchdog that is armed already', async () => {
    const run = await startedRun()
    expect(run.calls).toContain('watchdog.arm token')
    run.given.createApiClient?.onTokens?.(fresh)
    expect(run.calls).toContain('watchdog.tokens fresh token')
    await run.daemon.stop()
  })
})

describe('A snapshot', () => {
  it('reaches the watchdog, so that it is not only on disk', async () => {
    const run = await startedRun()
    run.given.openRegistration?.snapshotSaving({ ...SNAPSHOT, urls: [PUBLIC_URL] })
    expect(run.calls).toContain(`watchdog.snapshot ${PUBLIC_URL}`)
    await run.daemon.stop()
  })
})

describe('A save', () => {
  it('restarts the bot, and means nothing before there is one', async () => {
    const run: FakeRun = await createFakeRun({ during: { tunnel: () => run.given.watchSaves?.restart('too early') } })
    await run.daemon.start()
    run.given.watchSaves?.restart('saved bot.js')
    expect(run.calls.filter((call) => call.startsWith('bot.'))).toEqual(['bot.restart saved bot.js'])
    await run.daemon.stop()
  })

  it('is waited for by the bot', async () => {
    const run = await startedRun()
    await run.given.startBot?.savesSettled()
    expect(run.calls).toContain('watcher.settled')
    await run.daemon.stop()
  })

  it('of other events before the claim is what is claimed', async () => {
    const run: FakeRun = await createFakeRun({ during: { arm: () => wanting(run, ['message.create']) } })
    await run.daemon.start()
    expect(claims(run)).toEqual([`registration.claim ${PUBLIC_URL} message.create`])
    await run.daemon.stop()
  })

  it('of other events during the claim is claimed after it', async () => {
    const run: FakeRun = await createFakeRun({ during: { verify: () => wanting(run, ['message.create']) } })
    await run.daemon.start()
    expect(claims(run)).toEqual([`registration.claim ${PUBLIC_URL} `, 'monitor.claimEvents message.create'])
    await run.daemon.stop()
  })

  it('of other events while it runs is claimed at once', async () => {
    const run = await startedRun()
    wanting(run, ['message.create'])
    expect(claims(run)).toEqual([`registration.claim ${PUBLIC_URL} `, 'monitor.claimEvents message.create'])
    await run.daemon.stop()
  })
})

describe('A delivery', () => {
  it('puts off the probe of the tunnel, once there is one', async () => {
    const run: FakeRun = await createFakeRun({ during: { tunnel: () => run.given.createTraffic?.arrived() } })
    await run.daemon.start()
    expect(run.calls).not.toContain('tunnel.markActive')
    run.given.createTraffic?.arrived()
    expect(run.calls).toContain('tunnel.markActive')
    await run.daemon.stop()
  })

  it('that is refused lets the bot check its port again', async () => {
    const run = await startedRun()
    run.given.createTraffic?.refused()
    expect(run.calls).toContain('bot.refused')
    await run.daemon.stop()
  })

  it('is checked with the secret of the webhook, and before that is known with the one of the config', async () => {
    const secrets: (string | null | undefined)[] = []
    const look = (run: FakeRun): void => void secrets.push(run.given.createTraffic?.secret())
    const run: FakeRun = await createFakeRun({
      config: { secret: 'secret of the config' },
      during: { gateway: () => look(run) },
    })
    await run.daemon.start()
    look(run)
    expect(secrets).toEqual(['secret of the config', 'secret of the webhook'])
    expect(await run.given.createTraffic?.rereadSecret()).toBe('secret of the webhook, read again')
    expect(run.given.createTraffic?.botSecret()).toBe('secret of the bot')
    await run.daemon.stop()
  })
})

describe('The process of the bot', () => {
  it('is known to the watchdog as long as it lives', async () => {
    const run = await startedRun()
    run.bot.set({ state: 'ready', pid: 42, ms: 1 })
    run.bot.set({ state: 'crashed', pid: 42, code: 1, ms: 1, lines: [] })
    run.bot.set({ state: 'starting', pid: 43 })
    run.bot.set({ state: 'stopped', pid: 43, code: 0 })
    expect(run.calls.filter((call) => call.startsWith('watchdog.bot'))).toEqual([
      'watchdog.bot 42',
      'watchdog.bot ',
      'watchdog.bot 43',
      'watchdog.bot ',
    ])
    await run.daemon.stop()
  })

  it('finds the public URL of its start, and the secret of the webhook', async () => {
    const run = await startedRun()
    expect(run.given.startBot?.publicUrl()).toBe(`${PUBLIC_URL}/`)
    run.tunnel.set({ state: 'online', url: 'https://other.ngrok.example' })
    expect(run.given.startBot?.publicUrl()).toBe('https://other.ngrok.example/')
    expect(run.given.startBot?.secret()).toBe('secret of the webhook')
    await run.daemon.stop()
  })
})

describe('The control of a run', () => {
  it('shows what there is, and refuses a replay that comes too early', async () => {
    const run = await createFakeRun()
    const { control } = run.daemon
    await expect(control.replay('d1', null)).rejects.toMatchObject({ code: 'DEVHOOK_REPLAY_REFUSED' })
    await expect(control.inject(Buffer.from('{}'))).rejects.toMatchObject({ code: 'DEVHOOK_REPLAY_REFUSED' })
    control.hold()
    expect(control.isPaused()).toBe(false)
    expect([control.restartBot(), control.triggerAgain()]).toEqual([false, false])
    expect(run.calls).toEqual([])
  })

  it('reaches the parts once they are there, and is what the inspector gets', async () => {
    const run = await startedRun()
    const { control } = run.daemon
    const status = await run.given.openInspector?.handlers.run.status({}, neverAborted())
    expect(status).toMatchObject({
      version: '1.2.3',
      url: `${PUBLIC_URL}/`,
      bot: 'starting',
      deliveries: 3,
      delivered: 2,
    })
    expect(control.restartBot()).toBe(true)
    expect(run.calls).toContain('bot.restart asked for')
    control.hold()
    expect(control.isPaused()).toBe(true)
    control.release()
    expect(control.isPaused()).toBe(false)
    await run.daemon.stop()
  })
})
