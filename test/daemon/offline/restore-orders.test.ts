// What runs leave behind, and who puts it back: from any project folder, any home, and a state folder that was moved.
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Config, loadConfig } from '../../../src/config/load.ts'
import { findStateHome } from '../../../src/config/state-home.ts'
import { createHookAddress, type HookAddress, hookUrl, runIdOf } from '../../../src/core/hook-url.ts'
import { NO_PROXIES } from '../../../src/core/http/proxy.ts'
import { valueIn } from '../../../src/core/json.ts'
import type { Registration } from '../../../src/core/ports.ts'
import { createRedactor } from '../../../src/core/text/redact.ts'
import { lockBot } from '../../../src/daemon/account/acquire-lock.ts'
import { createApiClient } from '../../../src/daemon/account/api-client.ts'
import { botFolder, identityOf } from '../../../src/daemon/account/bot-identity.ts'
import { restoreLeftover } from '../../../src/daemon/offline/restore-leftover.ts'
import { readBotStatus, type Status } from '../../../src/daemon/offline/status.ts'
import { createOwnerProbe } from '../../../src/daemon/other-dev-hooks.ts'
import { permitClaim } from '../../../src/daemon/start/claim-permission.ts'
import { restoreFor } from '../../../src/daemon/watchdog/recovery.ts'
import { openRegistration } from '../../../src/platform/webhook/registration.ts'
import { encodeSnapshot } from '../../../src/platform/webhook/snapshot-format.ts'
import { folderForTest } from '../../support/folder.ts'
import { registrationOf } from '../../support/leftovers.ts'
import { type DevHookUrls, devHookUrlsForTest } from '../../support/platform/dev-hook-urls.ts'
import { sandboxForTest } from '../../support/platform/sandboxes.ts'

const { signal } = new AbortController()
const emit = (): void => undefined
const redactor = createRedactor()
const WHO = 'jo@desk pid 7'

interface Run {
  readonly registration: Registration
  readonly address: HookAddress
  readonly folder: string
  /** The snapshot that its watchdog was sent last. */
  sent: string | null
}

/** A user's home, in which the state of every project is kept. */
interface Home {
  state: string
  moves: number
  run: Run | null
}

interface World {
  readonly platform: Awaited<ReturnType<typeof sandboxForTest>>
  readonly urls: DevHookUrls
  readonly homes: readonly Home[]
  /** Folders with the same bot in their `.env`. */
  readonly projects: readonly string[]
}

async function worldOf(platform: World['platform'], urls: DevHookUrls, root: string): Promise<World> {
  const { api, token, refreshToken, email } = platform
  const projects = ['first', 'second'].map((name) => join(root, 'projects', name))
  for (const project of projects) {
    await mkdir(project, { recursive: true })
    const lines = [`APIHOST=${api}`, `TOKEN=${token}`, `REFRESH_TOKEN=${refreshToken}`, `EMAIL=${email}`]
    await writeFile(join(project, '.env'), lines.join('\n'))
  }
  const homes = ['jo', 'kim'].map((name) => ({ state: join(root, name, 'state'), moves: 0, run: null }))
  return { platform, urls, homes, projects }
}

/** What one command sees: the config of the project it is called in, and the state folder that its environment names. */
interface Caller {
  readonly world: World
  readonly home: Home
  readonly config: Config
  readonly stateHome: string
}

async function callIn(world: World, home: Home, project: string): Promise<Caller> {
  const env = { XDG_STATE_HOME: home.state }
  const config = await loadConfig({}, { cwd: project, env, platform: 'linux', sourceOf: (key) => key })
  return { world, home, config, stateHome: findStateHome(env, 'linux').folder }
}

const folderOf = ({ config, stateHome }: Caller): string =>
  botFolder(stateHome, config.apiHost, identityOf(config).botId)

/** Starts a run as `dev-hook` does; one that may not claim gives up. */
async function start(caller: Caller): Promise<void> {
  const { world, home, config } = caller
  const folder = folderOf(caller)
  const address = createHookAddress()
  const { botId, token } = identityOf(config)
  const lock = await lockBot(folder, { runId: address.runId, user: WHO }, signal)
  const client = createApiClient({ config, token, redactor })
  onTestFinished(() => client.close())
  const run = { address, folder, sent: null as string | null }
  const registration = await openRegistration(
    {
      client,
      kind: 'bot',
      botId,
      folder,
      address,
      emit,
      secret: null,
      webhookPath: null,
      serviceName: 'dev-hook test',
      probe: createOwnerProbe(config),
      snapshotSaving: (snapshot) => {
        run.sent = encodeSnapshot(snapshot)
      },
    },
    signal,
  )
  try {
    await permitClaim(
      { owner: registration.owner, takeOver: false, restore: true, only: false, ask: async () => true, folder, emit },
      signal,
    )
  } catch {
    await registration.restore()
    await lock.close()
    return
  }
  world.urls.answer(address.path, true)
  await registration.claim(hookUrl(world.urls.base, address), null, signal)
  home.run = Object.assign(run, { registration })
}

/** What is left of a run once its process has gone: a lock that nobody stands behind, wherever it is by now. */
async function leave({ world, home }: Caller, { folder, address }: Run): Promise<void> {
  home.run = null
  world.urls.answer(address.path, false)
  const places = [folder, join(home.state, folder.slice(folder.indexOf('dev-hook/')))]
  for (const place of places) await rm(join(place, 'lock'), { force: true })
}

async function end(caller: Caller): Promise<void> {
  const { run } = caller.home
  if (run === null) return
  await run.registration.restore()
  await leave(caller, run)
}

/** The daemon is killed, and its watchdog restores. */
async function die(caller: Caller): Promise<void> {
  const { run } = caller.home
  if (run === null) return
  const { folder, address, sent } = run
  await leave(caller, run)
  const { apiHost, email, refreshToken } = caller.config
  const tokens = { token: identityOf(caller.config).token, refreshToken }
  const orders = { folder, runId: address.runId, user: WHO, apiHost, email, proxies: NO_PROXIES, restore: true }
  await restoreFor({ ...orders, ...tokens }, sent)
}

/** Daemon and watchdog are killed. */
async function dieUnseen(caller: Caller): Promise<void> {
  if (caller.home.run !== null) await leave(caller, caller.home.run)
}

const restore = async ({ config, stateHome }: Caller): Promise<unknown> =>
  restoreLeftover({ config, stateHome, who: WHO, emit, redactor })

/** Somebody moves the state folder, and has the environment name the new place. */
async function move({ home }: Caller): Promise<void> {
  home.moves += 1
  const moved = join(dirname(home.state), `moved-${home.moves}`)
  await rename(home.state, moved).catch(() => undefined)
  home.state = moved
}

const IDLE = { start, restore, move }
const RUNNING = { end, die, dieUnseen, move, restore }

/** One thing that happens: in which home, called in which project, and which of the actions that are possible there. */
interface Step {
  readonly home: number
  readonly project: number
  readonly choice: number
}

async function take(world: World, { home: index, project, choice }: Step): Promise<string> {
  const home = world.homes[index]
  const folder = world.projects[project]
  if (home === undefined || folder === undefined) throw new Error('no such home or project')
  const actions = Object.entries<(caller: Caller) => Promise<unknown>>(home.run === null ? IDLE : RUNNING)
  const [name, act] = actions[choice % actions.length] ?? []
  await act?.(await callIn(world, home, folder))
  return `${index} ${name} in ${project}`
}

/** What `dev-hook status` says in each home. */
async function statuses(world: World): Promise<readonly Status[]> {
  const said: Status[] = []
  for (const home of world.homes) {
    const { config, stateHome } = await callIn(world, home, world.projects[0] ?? '')
    said.push(await readBotStatus({ config, askAny: false, stateHome, who: WHO, emit, redactor }, signal))
  }
  return said
}

/** Production is registered, or a run has it that will put it back, or `status` says what is owed. */
async function expectKnown(world: World, names: string): Promise<void> {
  const url = String(valueIn(world.platform.registration(), 'url'))
  const isOfRun = runIdOf(url) !== null
  expect(url === PRODUCTION || isOfRun, `${names}: ${url}`).toBe(true)
  if (url === PRODUCTION || world.homes.some(({ run }) => run !== null)) return
  const owed = (await statuses(world)).map(({ leftover }) => valueIn(leftover, 'owed'))
  expect(owed, names).toContain(PRODUCTION)
}

const PRODUCTION = 'https://bots.example.com/hook'

const step = fc.record({ home: fc.nat(1), project: fc.nat(1), choice: fc.nat(29) })
const scenario = fc.record({
  steps: fc.array(step, { minLength: 3, maxLength: 10 }),
  last: fc.shuffledSubarray([0, 1], { minLength: 2 }),
})

type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never

async function play(world: World, { steps, last }: Scenario): Promise<void> {
  const before = registrationOf(world)
  const names: string[] = []
  for (const one of steps) {
    names.push(await take(world, one))
    await expectKnown(world, names.join(', '))
  }
  const callers = async () =>
    Promise.all(last.map(async (index) => callIn(world, world.homes[index] as Home, world.projects[1] ?? '')))
  for (const caller of await callers()) await end(caller)
  // What was left to another home, whose own run had died, is put back in the second round.
  for (const _ of last) for (const caller of await callers()) await restore(caller)
  expect(registrationOf(world), names.join(', ')).toEqual(before)
  expect(
    (await statuses(world)).map(({ leftover }) => leftover),
    names.join(', '),
  ).toEqual([null, null])
}

describe('The production webhook', () => {
  it('is back after runs of two homes and projects that end, die and are restored in any order, with moved state', async () => {
    const platform = await sandboxForTest()
    const urls = await devHookUrlsForTest()
    const root = await folderForTest()
    let n = 0
    await fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        n += 1
        await play(await worldOf(platform, urls, join(root, String(n))), given)
      }),
      { numRuns: 50 },
    )
  }, 120_000)
})
