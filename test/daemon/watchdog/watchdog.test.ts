// The watchdog: a process of its own that outlives a daemon.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createHookAddress, hookUrl } from '../../../src/core/hook-url.ts'
import { NO_PROXIES } from '../../../src/core/http/proxy.ts'
import { createRedactor } from '../../../src/core/text/redact.ts'
import { createApiClient } from '../../../src/daemon/account/api-client.ts'
import type { WatchdogOrders } from '../../../src/daemon/watchdog/messages.ts'
import { startWatchdog, type Watchdog, type WatchdogOptions } from '../../../src/daemon/watchdog/watchdog.ts'
import { openLock } from '../../../src/lock/lock.ts'
import { openRegistration } from '../../../src/platform/webhook/registration.ts'
import { readSnapshot, type Snapshot, writeSnapshot } from '../../../src/platform/webhook/snapshot.ts'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { PROGRAMS } from '../../support/bot/programs.ts'
import { builtFile } from '../../support/built.ts'
import { createFakeClock } from '../../support/fake-clock.ts'
import { folderForTest } from '../../support/folder.ts'
import { startChild } from '../../support/journal/journal.ts'
import { registrationOf } from '../../support/leftovers.ts'
import { callApi, sandboxForTest } from '../../support/platform/sandboxes.ts'
import { isAlive, processesOf } from '../../support/processes.ts'
import { eventually } from '../../support/wait.ts'

const CHILD = builtFile('dist/daemon/watchdog/child.cjs')

const emit = (): void => {}

interface Scene {
  readonly platform: Sandbox
  readonly orders: WatchdogOrders
  readonly env: Readonly<Record<string, string>>
  readonly before: unknown
  readonly claimed: unknown
  /** The processes of the watchdog. */
  watchdogs(): ReturnType<typeof processesOf>
  /** What the platform has now. */
  now(): unknown
  /** The snapshot on disk. */
  snapshot(): Promise<Snapshot>
}

/** The watchdog of a daemon, with its orders. */
async function armed({ orders, env }: Scene, options: Partial<WatchdogOptions> = {}): Promise<Watchdog> {
  const watchdog = startWatchdog({ env, emit, childPath: CHILD, ...options })
  await watchdog.arm(orders)
  return watchdog
}

/** A claim that somebody has to take back. */
async function claimed(): Promise<Scene> {
  const platform = await sandboxForTest()
  const folder = await folderForTest()
  const address = createHookAddress()
  const { api: apiHost, token, refreshToken, email, botId } = platform
  const config = { apiHost, refreshToken, email, proxies: NO_PROXIES }
  const client = createApiClient({ config, token, redactor: createRedactor() })
  onTestFinished(() => client.close())
  const probe = async () => ({ answers: false, who: null })
  const { signal } = new AbortController()
  const before = registrationOf({ platform })
  const registration = await openRegistration(
    { client, kind: 'bot', botId, folder, address, serviceName: '', webhookPath: null, secret: null, probe, emit },
    signal,
  )
  await registration.takeSnapshot()
  // A name that is always answered for.
  await registration.claim(hookUrl('https://tunnel.example.com', address), null, signal)
  return {
    platform,
    orders: { ...config, token, folder, runId: address.runId, user: 'jo@desk pid 7', restore: true },
    env: { PATH: process.env['PATH'] ?? '', HOME: folder },
    before,
    claimed: registrationOf({ platform }),
    watchdogs: async () => (await processesOf(folder)).filter(({ command }) => command.includes('watchdog/child')),
    now: () => registrationOf({ platform }),
    snapshot: async () => {
      const { snapshot } = await readSnapshot(folder)
      if (snapshot === null) throw new Error('no snapshot')
      return snapshot
    },
  }
}

/** A daemon that has armed its watchdog; `die` resolves when the watchdog has gone too. */
async function guarded({ orders, env, watchdogs }: Scene, changes: Partial<WatchdogOrders> = {}, askMs?: number) {
  const parent = startChild('watchdog-parent.mjs')
  const tell = async (method: string, value: unknown): Promise<void> => {
    parent.process.stdin?.write(`${JSON.stringify([method, value])}\n`)
    expect(await parent.nextLine()).toBe('done')
  }
  await tell('arm', { orders: { ...orders, ...changes }, env, askMs })
  const die = async (): Promise<void> => {
    await parent.kill('SIGKILL')
    await eventually(async () => (await watchdogs()).length === 0)
  }
  return { tell, die }
}

/** Whether a process has a handler for a signal by now. */
async function catches(pid: number, signal: number): Promise<boolean> {
  const [, mask = '0'] = /^SigCgt:\s*([0-9a-f]+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? []
  return ((BigInt(`0x${mask}`) >> BigInt(signal - 1)) & 1n) === 1n
}

async function expectRestored(scene: Scene): Promise<void> {
  await eventually(async () => (await readSnapshot(scene.orders.folder)).snapshot === null)
  expect(scene.now()).toEqual(scene.before)
}

/** Starts a bot in a group of its own, as the supervisor does. */
function startBot(program: string, env: Readonly<Record<string, string>> = {}): number {
  const options = { detached: true, stdio: 'ignore', env: { PATH: process.env['PATH'], PORT: '0', ...env } } as const
  const { pid = 0 } = spawn(process.execPath, [`${PROGRAMS}/${program}`], options)
  onTestFinished(() => {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL')
  })
  return pid
}

describe('The watchdog of a daemon that dies', () => {
  it('puts back what was there, and goes', async () => {
    const scene = await claimed()
    expect(scene.claimed).not.toEqual(scene.before)
    const { die } = await guarded(scene)
    await die()
    await expectRestored(scene)
  })

  it.runIf(process.platform === 'linux')('is not moved by the signals of a terminal', async () => {
    const scene = await claimed()
    const { die } = await guarded(scene)
    const [{ pid } = { pid: 0 }] = await scene.watchdogs()
    // Node itself handles the other two from its first moment.
    await eventually(() => catches(pid, 1))
    for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.kill(pid, signal)
    await die()
    await expectRestored(scene)
  })

  it('uses the tokens that it was told last', async () => {
    const scene = await claimed()
    const { platform } = scene
    const { tell, die } = await guarded(scene, { refreshToken: null })
    platform.expireTokens()
    const body = { clientId: platform.email, refreshToken: platform.refreshToken }
    const { token } = Object((await callApi(platform, 'POST', '/v2/auth/token', body)).body)
    await tell('tokens', { token, refreshToken: null })
    await die()
    await expectRestored(scene)
  })

  it('refreshes a token that has expired', async () => {
    const scene = await claimed()
    const { die } = await guarded(scene)
    scene.platform.expireTokens()
    await die()
    await expectRestored(scene)
  })

  it.each([
    ['a line that the kill has torn', '{"type":"tokens","tokens":{"tok'],
    ['a line that is not JSON', 'nonsense\n'],
    ['a line of another shape', '["dismiss"]\nnull\n{"type":"what is this"}\n'],
  ])('is not stopped by %s', async (_, text) => {
    const scene = await claimed()
    const { orders, env } = scene
    const child = spawn(process.execPath, [CHILD], { detached: true, stdio: ['pipe', 'ignore', 'ignore'], env })
    child.stdin.end(`${JSON.stringify({ type: 'arm', orders })}\n${text}`)
    await expectRestored(scene)
    await eventually(async () => (await scene.watchdogs()).length === 0)
  })

  it.each([
    ['deleted', (folder: string) => rm(folder, { recursive: true })],
    ['damaged', (folder: string) => writeFile(join(folder, 'snapshot.json'), 'damaged')],
  ])('restores the snapshot that it was sent when the file was %s', async (_, lose) => {
    const scene = await claimed()
    const { tell, die } = await guarded(scene)
    await tell('snapshot', await scene.snapshot())
    await lose(scene.orders.folder)
    await die()
    await expectRestored(scene)
    expect(await readSnapshot(scene.orders.folder)).toEqual({ snapshot: null, damaged: null })
  })

  it('leaves everything to a newer run that has the bot', async () => {
    const scene = await claimed()
    const { folder } = scene.orders
    const { die } = await guarded(scene)
    const lock = await openLock(folder, { runId: 'newer', user: 'jo@desk pid 8' })
    await die()
    await lock.close()
    expect(scene.now()).toEqual(scene.claimed)
    expect((await readSnapshot(folder)).snapshot).not.toBeNull()
  })

  it('leaves a snapshot that a newer run has adopted', async () => {
    const scene = await claimed()
    const { folder } = scene.orders
    const { die } = await guarded(scene)
    const { snapshot } = await readSnapshot(folder)
    if (snapshot !== null) await writeSnapshot(folder, { ...snapshot, runId: 'newer' })
    await die()
    expect(scene.now()).toEqual(scene.claimed)
    expect((await readSnapshot(folder)).snapshot?.runId).toBe('newer')
  })

  it('leaves the registration where it is to stay, and still ends the bot', async () => {
    const scene = await claimed()
    const bot = startBot('listens.js')
    const { tell, die } = await guarded(scene, { restore: false })
    await tell('bot', bot)
    await die()
    await eventually(() => !isAlive(bot))
    expect(scene.now()).toEqual(scene.claimed)
  })

  it.each(['listens.js', 'stubborn.js'])('ends the bot, even one that does not want to (%s)', async (program) => {
    const scene = await claimed()
    const bot = startBot(program)
    const { tell, die } = await guarded(scene)
    await tell('bot', bot)
    await die()
    await eventually(() => !isAlive(bot))
    await expectRestored(scene)
  })

  it.runIf(process.platform === 'linux')('ends a bot of its run that it was not told of, and no other', async () => {
    const scene = await claimed()
    const untold = startBot('listens.js', { DEV_HOOK_RUN: scene.orders.runId })
    const other = startBot('listens.js', { DEV_HOOK_RUN: 'another' })
    const { die } = await guarded(scene)
    await die()
    expect(isAlive(untold)).toBe(false)
    expect(isAlive(other)).toBe(true)
  })

  it.runIf(process.platform === 'linux')('ends what a bot has left behind that crashed', async () => {
    const scene = await claimed()
    const { HOME = '' } = scene.env
    const leader = startBot('family.js', { DEV_HOOK_RUN: scene.orders.runId, HOME })
    const left = async (): Promise<readonly { readonly command: string }[]> =>
      (await processesOf(HOME)).filter(({ command }) => command.includes('stubborn.js'))
    await eventually(async () => (await left()).length > 0)
    process.kill(leader, 'SIGKILL')
    const { tell, die } = await guarded(scene)
    await tell('bot', null)
    await die()
    expect(await left()).toEqual([])
  })

  it('lets the bot live that has been ended already', async () => {
    const scene = await claimed()
    const bot = startBot('listens.js')
    const { tell, die } = await guarded(scene)
    await tell('bot', bot)
    await tell('bot', null)
    await die()
    expect(isAlive(bot)).toBe(true)
  })
})

describe('A watchdog that is killed', () => {
  it('is replaced by another one, which knows all that the first one knew', async () => {
    const scene = await claimed()
    const bot = startBot('listens.js')
    const { tell, die } = await guarded(scene)
    await tell('bot', bot)
    await tell('snapshot', await scene.snapshot())
    const [killed] = await scene.watchdogs()
    process.kill(killed?.pid ?? 0, 'SIGKILL')
    await eventually(async () => (await scene.watchdogs()).some(({ pid }) => pid !== killed?.pid))
    // By its answer the daemon has given the new one its orders.
    await tell('bot', bot)
    await rm(scene.orders.folder, { recursive: true })
    await die()
    await eventually(() => !isAlive(bot))
    await expectRestored(scene)
  })
})

describe('A watchdog that is stopped', () => {
  it('is replaced by another one, which restores when the daemon dies', async () => {
    const scene = await claimed()
    // Three times as long is more than a busy machine needs to start the next one.
    const { tell, die } = await guarded(scene, {}, 1_500)
    const [stopped] = await scene.watchdogs()
    process.kill(stopped?.pid ?? 0, 'SIGSTOP')
    await eventually(async () => (await scene.watchdogs()).some(({ pid }) => pid !== stopped?.pid))
    await eventually(() => !isAlive(stopped?.pid ?? 0))
    await tell('bot', null)
    await die()
    await expectRestored(scene)
  })

  it('would have answered, had it not been', async () => {
    const child = spawn(process.execPath, [CHILD], { stdio: ['pipe', 'pipe', 'inherit'] })
    const answers = createInterface({ input: child.stdout })
    for (let n = 0; n < 3; n += 1) {
      child.stdin.write('{"type":"ask"}\n')
      await once(answers, 'line')
    }
    child.stdin.write('{"type":"dismiss"}\n')
    expect(await once(child, 'exit')).toEqual([0, null])
  })
})

describe('The watchdog of a daemon that ends in order', () => {
  it('goes when it is dismissed, and has done nothing', async () => {
    const scene = await claimed()
    const watchdog = await armed(scene)
    const calls = scene.platform.calls.length
    await Promise.all([watchdog.dismiss(), watchdog.dismiss()])
    expect(await scene.watchdogs()).toEqual([])
    expect(scene.now()).toEqual(scene.claimed)
    expect(scene.platform.calls).toHaveLength(calls)
  })

  it('goes when it is dismissed before it has any orders', async () => {
    const scene = await claimed()
    const watchdog = startWatchdog({ env: scene.env, emit, childPath: CHILD })
    await watchdog.dismiss()
    expect(await scene.watchdogs()).toEqual([])
    expect(scene.now()).toEqual(scene.claimed)
  })

  it('does nothing without orders when the daemon dies', async () => {
    const scene = await claimed()
    const watchdog = startWatchdog({ env: scene.env, emit, childPath: CHILD })
    await eventually(async () => (await scene.watchdogs()).length === 1)
    watchdog.entrust()
    await eventually(async () => (await scene.watchdogs()).length === 0)
    expect(scene.now()).toEqual(scene.claimed)
  })

  it('says when it is armed that it could not be started', async () => {
    const scene = await claimed()
    const watchdog = startWatchdog({ env: scene.env, emit, childPath: `${CHILD}\0` })
    await expect(watchdog.arm(scene.orders)).rejects.toThrow()
    await watchdog.dismiss()
  })

  it('has no secret where other processes can read it', async () => {
    const scene = await claimed()
    const watchdog = await armed(scene)
    for (const { pid, command } of await scene.watchdogs()) {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8')
      expect(command + environment).not.toContain(scene.orders.token)
    }
    await watchdog.dismiss()
  })

  it('is not missed when it has been killed', async () => {
    const scene = await claimed()
    const watchdog = await armed(scene)
    for (const { pid } of await scene.watchdogs()) process.kill(pid, 'SIGKILL')
    watchdog.bot(7)
    watchdog.tokens({ token: 'new', refreshToken: null })
    await watchdog.dismiss()
    expect(await scene.watchdogs()).toEqual([])
  })

  it('is not started again and again when each one dies at once', async () => {
    const scene = await claimed()
    const childPath = join(scene.orders.folder, 'dies.mjs')
    const log = join(scene.orders.folder, 'lives')
    await writeFile(childPath, `import { appendFileSync } from 'node:fs'\nappendFileSync(${JSON.stringify(log)}, '.')`)
    const lives = async (): Promise<number> => (await readFile(log, 'utf8').catch(() => '')).length
    const clock = createFakeClock()
    const watchdog = await armed(scene, { childPath, clock })
    for (let n = 1; n < 4; n += 1) {
      // Nothing but time starts the next one.
      await eventually(() => clock.timers() === 1)
      expect(await lives()).toBe(n)
      await clock.pass(60_000)
    }
    await watchdog.dismiss()
    expect(clock.timers()).toBe(0)
  })
})
