// A run whose parts are all fakes: its phases and releases are written down, and each of them is the test's to disturb.
import { loadConfig } from '../../../src/config/load.ts'
import type { Options } from '../../../src/config/options.ts'
import { type Clock, MONOTONIC, neverAborted } from '../../../src/core/async.ts'
import { createObservable, type Observable } from '../../../src/core/listeners.ts'
import { createNotices, type Notice, type RestoreResult } from '../../../src/core/notices.ts'
import type { BotState, Owner, Registration, TunnelState } from '../../../src/core/ports.ts'
import { createRedactor } from '../../../src/core/text/redact.ts'
import { createDaemon } from '../../../src/daemon/daemon.ts'
import type { Factories } from '../../../src/daemon/factories.ts'
import type * as forBot from '../../../src/daemon/start/bot-phases.ts'
import type * as local from '../../../src/daemon/start/local-phases.ts'
import type * as outside from '../../../src/daemon/start/outside-phases.ts'
import type { StopName } from '../../../src/daemon/stop-order.ts'
import type { PipelineItem } from '../../../src/daemon/traffic/pipeline.ts'
import type { Daemon } from '../../../src/daemon/types.ts'
import { folderForTest } from '../folder.ts'
import { createFakeJournal, createFakeQueue } from './fakes.ts'

/** Every phase of a start. */
export type Phase = keyof typeof local | keyof typeof forBot | keyof typeof outside

export interface FakeRunOptions {
  readonly config?: Options
  /** What stands after `--`. Default: a command. */
  readonly command?: readonly string[] | null
  /** What happens in a phase before its part is there: it may throw, or be waited for where the part is. `signal`: the run’s. */
  readonly during?: Partial<Record<Phase, (signal: AbortSignal) => unknown>>
  /** What happens in a release. */
  readonly releasing?: Partial<Record<StopName, () => unknown>>
  readonly owner?: Owner
  /** What the limits of the end are measured with. Default: the machine’s. */
  readonly clock?: Pick<Clock, 'after'>
  /** What becomes of the webhook at the end. Default: `superseded`, after which nothing is waited for. */
  readonly restored?: RestoreResult
}

/** What each factory was given first: with it the test does what the real part would do. */
type Given = { -readonly [Name in keyof Factories]?: Parameters<Factories[Name]>[0] }

export interface FakeRun {
  readonly daemon: Daemon
  readonly notices: readonly Notice[]
  onNotice(listener: (notice: Notice) => void): void
  /** The phases that began, in order. */
  readonly begun: readonly Phase[]
  /** The releases that began, in order. */
  readonly released: readonly StopName[]
  /** Calls of one part by another: `bot.restart saved bot.js`. */
  readonly calls: readonly string[]
  readonly given: Given
  readonly tunnel: Observable<TunnelState>
  readonly bot: Observable<BotState>
  /** The notices of one type. */
  of<T extends Notice['type']>(type: T): Extract<Notice, { readonly type: T }>[]
}

export const PUBLIC_URL = 'https://first.ngrok.example'

const unused = (): never => {
  throw new Error('nobody is expected to call this')
}

/** Creates the daemon of a run that has not begun. */
export async function createFakeRun(options: FakeRunOptions = {}): Promise<FakeRun> {
  const { command = ['node', 'bot.js'], during = {}, releasing = {} } = options
  const cwd = await folderForTest()
  const config = await loadConfig(
    { ngrokAuthtoken: 'an authtoken', ...options.config },
    { cwd, env: {}, platform: process.platform, sourceOf: (key) => key },
  )
  const hub = createNotices()
  const notices: Notice[] = []
  hub.on((notice) => notices.push(notice))
  const begun: Phase[] = []
  const released: StopName[] = []
  const calls: string[] = []
  const recorder: Recorder = {
    begin: (phase, signal = neverAborted()) => {
      begun.push(phase)
      return during[phase]?.(signal)
    },
    release: async (name) => {
      released.push(name)
      await releasing[name]?.()
    },
    call: (...words) => void calls.push(words.join(' ')),
  }
  const parts = { tunnel: createObservable<TunnelState>({ state: 'online', url: PUBLIC_URL }), bot: fakeBotStates() }
  const given: Given = {}
  const daemon = createDaemon(
    {
      config,
      command,
      version: '1.2.3',
      who: 'me@here pid 1',
      stateHome: cwd,
      env: {},
      botEnv: {},
      ask: null,
      notices: hub,
      reload: async () => config,
      redactor: createRedactor(),
    },
    createFakeFactories(recorder, given, parts, options),
    options.clock ?? MONOTONIC,
  )
  const isOf =
    <T extends Notice['type']>(type: T) =>
    (notice: Notice): notice is Extract<Notice, { readonly type: T }> =>
      notice.type === type
  return {
    daemon,
    notices,
    onNotice: hub.on,
    begun,
    released,
    calls,
    given,
    ...parts,
    of: (type) => notices.filter(isOf(type)),
  }
}

const fakeBotStates = (): Observable<BotState> => createObservable<BotState>({ state: 'starting', pid: 1 })

/** Where the fakes write down what happens to them. */
interface Recorder {
  begin(phase: Phase, signal?: AbortSignal): unknown
  release(name: StopName): Promise<void>
  call(...words: readonly unknown[]): void
}

function createFakeFactories(
  { begin, release, call }: Recorder,
  given: Given,
  parts: Pick<FakeRun, 'tunnel' | 'bot'>,
  { owner = { is: 'nobody' }, restored = 'superseded' }: FakeRunOptions,
): Factories {
  const registration: Registration = {
    kind: 'bot',
    owner,
    before: null,
    former: () => null,
    secret: () => 'secret of the webhook',
    rereadSecret: async () => 'secret of the webhook, read again',
    takeSnapshot: async () => call('registration.takeSnapshot'),
    claim: async (url, events) => {
      await begin('claim')
      call('registration.claim', new URL(url).origin, events)
    },
    verify: async () => void (await begin('verify')),
    check: unused,
    verifyAgain: unused,
    ancestry: () => null,
    checkNeighbour: async () => {},
    takeHandedDown: unused,
    moved: unused,
    restore: async () => {
      await release('registration')
      return restored
    },
  }
  return {
    checkPreflight: async (options) => {
      given.checkPreflight = options
      await begin('preflight')
      return { botId: 'bot1', token: 'token', claims: { id: 'bot1', organization: null, scope: [], expiresAt: null } }
    },
    createApiClient: (request) => {
      given.createApiClient = request
      const calls = { get: unused, patch: unused, post: unused, delete: unused, claims: unused, conceal: unused }
      return { ...calls, apiHost: request.config.apiHost, close: () => release('client') }
    },
    openState: async (folder) => {
      given.openState = folder
      await begin('state')
      return { journal: createFakeJournal(), close: () => release('state') }
    },
    createTraffic: (options) => {
      given.createTraffic = options
      begin('traffic')
      const queue = createFakeQueue<PipelineItem>({ sends: unused, refused: unused, ended: unused })
      return {
        queue,
        pipeline: {
          queue,
          accept: unused,
          deliver: unused,
          replay: unused,
          totals: unused,
          end: () => release('answers'),
        },
        botSecret: unused,
        botGone: () => call('traffic.botGone'),
        totals: () => ({
          deliveries: 3,
          delivered: 2,
          held: 1,
          longestHoldMs: 5,
          undelivered: 1,
          interrupted: 0,
          unrouted: 0,
          passed: 0,
          ignored: 0,
        }),
        close: () => release('traffic'),
      }
    },
    openGateway: async (options) => {
      given.openGateway = options
      await begin('gateway')
      return { port: 4748, url: 'http://127.0.0.1:4748', close: () => release('gateway') }
    },
    watchSaves: (options) => {
      given.watchSaves = options
      begin('watcher')
      if (options.config.watch === false) return null
      return {
        get ready() {
          return Promise.resolve(begin('ready')).then(() => undefined)
        },
        settled: async () => call('watcher.settled'),
        botChanged: () => undefined,
        stop: () => release('watcher'),
      }
    },
    openTunnel: async (config, _gateway, _address, signal) => {
      given.openTunnel = config
      await begin('tunnel', signal)
      const { current, on } = parts.tunnel
      return { current, on, markActive: () => call('tunnel.markActive'), close: () => release('tunnel') }
    },
    openRegistration: async (request) => {
      given.openRegistration = request
      await begin('registration')
      return registration
    },
    openInspector: async (options) => {
      given.openInspector = options
      await begin('inspector')
      return { port: 1, link: 'http://127.0.0.1:1/?token=x', tokenFile: '/x', close: () => release('inspector') }
    },
    startWatchdog: (options) => {
      given.startWatchdog = options
      begin('watchdog')
      return {
        arm: async ({ token }) => {
          await begin('arm')
          call('watchdog.arm', token)
        },
        tokens: ({ token }) => call('watchdog.tokens', token),
        bot: (pid) => call('watchdog.bot', pid),
        snapshot: ({ urls }) => call('watchdog.snapshot', ...urls),
        dismiss: () => {
          call('watchdog.dismiss')
          return release('watchdog')
        },
        entrust: () => {
          call('watchdog.entrust')
          void release('watchdog')
        },
      }
    },
    startBot: (options) => {
      given.startBot = options
      begin('bot')
      const { current, on } = parts.bot
      return {
        current,
        on,
        refused: () => call('bot.refused'),
        restart: (reason) => call('bot.restart', reason),
        secret: () => 'secret of the bot',
        stop: () => release('bot'),
      }
    },
    startMonitor: (options) => {
      given.startMonitor = options
      begin('monitor')
      return {
        claimEvents: (events) => call('monitor.claimEvents', events),
        stop: () => release('registration monitor'),
      }
    },
  }
}
