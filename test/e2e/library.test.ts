import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Notice } from '../../src/core/notices.ts'
import type { DevHook, StartOptions } from '../../src/index.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { builtFile, fixture } from '../support/built.ts'
import { ECHO_BOT } from '../support/cli/cli.ts'
import { folderForTest } from '../support/folder.ts'
import { freePort } from '../support/free-port.ts'
import { snapshotsIn } from '../support/leftovers.ts'
import { sandboxForTest } from '../support/platform/sandboxes.ts'
import { processesOf } from '../support/processes.ts'
import { eventually } from '../support/wait.ts'

const BUILT = pathToFileURL(builtFile('dist/index.js')).href
const USER = fixture('library-user.mjs')

const library: typeof import('../../src/index.ts') = await import(BUILT)

/** The registration, without the time that the platform writes anew with every change. */
const registrationOf = (sandbox: Sandbox): unknown => ({ ...Object(sandbox.registration()), updatedAt: null })

interface Place {
  readonly sandbox: Sandbox
  readonly home: string
  readonly port: number
  readonly options: StartOptions
}

/** A sandbox, and what leads the library into it. */
async function placeForTest(): Promise<Place> {
  const sandbox = await sandboxForTest()
  const home = await folderForTest()
  const port = await freePort()
  const { api, token, refreshToken, email } = sandbox
  const options: StartOptions = {
    apiHost: api,
    token,
    refreshToken,
    email,
    port,
    tunnel: 'loopback',
    takeOver: true,
    cwd: home,
    stateFolder: join(home, 'state'),
    // The home is the mark of everything that it starts; host and token are the bot's.
    env: { HOME: home, PATH: process.env['PATH'], APIHOST: api, TOKEN: token },
  }
  return { sandbox, home, port, options }
}

async function startForTest(options: StartOptions): Promise<DevHook> {
  const hook = await library.startDevHook(options)
  onTestFinished(async () => void (await hook.stop()))
  return hook
}

/** Expects that the platform is as it was, and that no process and no snapshot is left. */
async function expectNothingLeft({ sandbox, home }: Place, before: unknown): Promise<void> {
  expect(registrationOf(sandbox)).toEqual(before)
  expect(await processesOf(home)).toEqual([])
  expect(await snapshotsIn(home)).toEqual([])
}

describe('startDevHook', () => {
  it('resolves when it is ready, with a handle on the run', async () => {
    const place = await placeForTest()
    const before = registrationOf(place.sandbox)
    const early: Notice[] = []
    const hook = await startForTest({
      ...place.options,
      command: [process.execPath, ECHO_BOT],
      onNotice: (notice) => early.push(notice),
    })
    expect(early[0]).toMatchObject({ type: 'starting', step: 'check' })
    expect(early.at(-1)).toMatchObject({ type: 'ready', url: hook.url })
    expect(new URL(hook.url)).toMatchObject({ protocol: 'http:', hostname: '127.0.0.1', username: '', password: '' })

    const late: Notice[] = []
    const off = hook.on((notice) => late.push(notice))
    const jenny = await place.sandbox.contact({ name: 'Jenny' })
    expect((await jenny.say('hi')).text).toBe('You said: hi')
    await eventually(() => hook.status().delivered === 2)
    expect(hook.status()).toMatchObject({ deliveries: 2, undelivered: 0 })
    expect(late.map(({ type }) => type)).toContain('attempt')
    off()
    const heard = late.length

    const stopped = await hook.stop()
    expect(stopped).toMatchObject({ deliveries: 2, delivered: 2, restored: 'restored', failure: null })
    expect(await hook.stop()).toBe(stopped)
    expect(await hook.ended).toBe(stopped)
    expect(late).toHaveLength(heard)
    await expect(fetch(hook.url)).rejects.toThrow()
    await expectNothingLeft(place, before)
  })

  it('ends with the block that it is used in', async () => {
    const place = await placeForTest()
    const before = registrationOf(place.sandbox)
    const hook = await startForTest(place.options)
    expect(registrationOf(place.sandbox)).not.toEqual(before)
    await hook[Symbol.asyncDispose]()
    expect(await hook.ended).toMatchObject({ restored: 'restored' })
    await expectNothingLeft(place, before)
  })

  it.each([
    ['DEVHOOK_USAGE', { port: 70_000 }, null],
    ['DEVHOOK_TOKEN_MALFORMED', { token: 'none' }, null],
    ['DEVHOOK_COMMAND_NOT_FOUND', { command: ['no-such-program'] }, null],
    ['DEVHOOK_TAKEN', { takeOver: false }, null],
    ['DEVHOOK_PERMISSION_DENIED', {}, { match: /^PATCH /, status: 403, body: { error: { message: 'no' } } }],
    ['DEVHOOK_API_REFUSED', {}, { match: /^GET /, status: 404, body: { error: { message: 'no' } } }],
  ] as const)('rejects with a DevHookError (%s), and leaves nothing', async (code, changed, fault) => {
    const place = await placeForTest()
    const before = registrationOf(place.sandbox)
    if (fault !== null) place.sandbox.faults.add(fault)
    const error: unknown = await library
      .startDevHook({ ...place.options, ...changed })
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(library.DevHookError)
    expect(error).toMatchObject({ code, remedy: expect.stringMatching(/./) })
    await expectNothingLeft(place, before)
    // The lock is free again, and nothing of the first one is in the way of a second.
    place.sandbox.faults.clear()
    const hook = await startForTest(place.options)
    await hook.stop()
    await expectNothingLeft(place, before)
  })
})

describe('a program that uses dev-hook as a library', () => {
  interface Ended {
    readonly code: number | null
    readonly stdout: string
    readonly stderr: string
  }

  async function runUser(options: StartOptions, then = ''): Promise<Ended> {
    const { PATH = '' } = process.env
    const env = { PATH, HOME: String(options.cwd), OPTIONS: JSON.stringify(options), THEN: then }
    const child = spawn(process.execPath, [USER], { env: { ...env, LIBRARY: BUILT }, stdio: 'pipe' })
    const written = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk: Buffer) => {
      written.stdout += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      written.stderr += chunk.toString()
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
    return { code, ...written }
  }

  it('keeps its signals, its output and its end to itself', async () => {
    const place = await placeForTest()
    const before = registrationOf(place.sandbox)
    const { code, stdout, stderr } = await runUser({ ...place.options, command: [process.execPath, ECHO_BOT] })
    // Its one line; and it ended by itself, as nothing kept it.
    expect(stderr).toBe('')
    expect(stdout.trimEnd().split('\n')).toHaveLength(1)
    expect(JSON.parse(stdout)).toMatchObject({ during: true, after: true, stopped: { restored: 'restored' } })
    expect(code).toBe(0)
    await expectNothingLeft(place, before)
  })

  it('ends by itself after a start that failed', async () => {
    const place = await placeForTest()
    const before = registrationOf(place.sandbox)
    place.sandbox.faults.add({ match: /^PATCH /, status: 403, body: { error: { message: 'no' } } })
    const { code, stdout, stderr } = await runUser({ ...place.options, command: [process.execPath, ECHO_BOT] })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({
      error: { isDevHookError: true, code: 'DEVHOOK_PERMISSION_DENIED', failure: 'platform' },
      after: true,
    })
    expect(code).toBe(0)
    await expectNothingLeft(place, before)
  })

  it('may end without a word: the watchdog restores, and ends the bot', async () => {
    const place = await placeForTest()
    const before = registrationOf(place.sandbox)
    const { code } = await runUser({ ...place.options, command: [process.execPath, ECHO_BOT] }, 'exit')
    expect(code).toBe(5)
    await eventually(async () => (await processesOf(place.home)).length === 0)
    await expectNothingLeft(place, before)
  })
})
