// The life of a run, with fakes in place of its parts: the order of its start and its end, and what may go wrong in them.
import { describe, expect, it } from 'vitest'
import { aborted } from '../../src/core/async.ts'
import { DevHookError } from '../../src/core/errors.ts'
import { FACTORIES } from '../../src/daemon/factories.ts'
import { releasedWithinMs, STOP_ORDER, type StopName } from '../../src/daemon/stop-order.ts'
import { createFakeRun, type FakeRun, type Phase, PUBLIC_URL } from '../support/daemon/fake-run.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { eventually } from '../support/wait.ts'

/** Every phase in order, and what it acquires. A new phase does not compile without its row. */
const ACQUIRES: Readonly<Record<Phase, readonly StopName[]>> = {
  preflight: ['client'],
  state: ['state'],
  watchdog: ['watchdog'],
  traffic: ['answers', 'traffic'],
  gateway: ['gateway'],
  watcher: ['watcher'],
  tunnel: ['tunnel'],
  registration: ['registration'],
  inspector: ['inspector'],
  arm: [],
  bot: ['bot'],
  claim: [],
  verify: [],
  monitor: ['registration monitor'],
  ready: [],
}
const PHASES = Object.keys(ACQUIRES) as readonly Phase[]
const SIDE_BY_SIDE: readonly Phase[] = ['tunnel', 'registration', 'inspector']
/** Without an inspector a run is still a run. */
const FATAL = PHASES.filter((phase) => phase !== 'inspector')
const NAMES = STOP_ORDER.map(({ name }) => name)

/** The phases that have begun by the end of this one. */
function begunBy(phase: Phase): readonly Phase[] {
  const last = SIDE_BY_SIDE.includes(phase) ? 'inspector' : phase
  return PHASES.filter((_, index) => index <= PHASES.indexOf(last))
}

/** What these phases have acquired, in the order of the end. */
const acquiredBy = (phases: readonly Phase[]): readonly StopName[] =>
  NAMES.filter((name) => phases.some((phase) => ACQUIRES[phase].includes(name)))

/** Creates a run that does something to itself in one of its phases; side by side, when all of those have begun. */
async function runWith(phase: Phase, action: (run: FakeRun) => unknown): Promise<FakeRun> {
  const isBesideOthers = SIDE_BY_SIDE.includes(phase)
  const during = (): unknown => (isBesideOthers ? Promise.resolve(run).then(action) : action(run))
  const run: FakeRun = await createFakeRun({ during: { [phase]: during } })
  return run
}

const types = (run: FakeRun): readonly string[] => run.notices.map(({ type }) => type)

/** Expects an end on request that was announced as such. */
async function expectInterrupted(run: FakeRun, starting: Promise<void>): Promise<void> {
  await expect(starting).rejects.toMatchObject({ code: 'DEVHOOK_INTERRUPTED' })
  expect(await run.daemon.ended).toMatchObject({ failure: null })
  expect(types(run)).not.toContain('error')
  expect(types(run)).not.toContain('ready')
  expect(types(run).at(-1)).toBe('stopped')
}

describe('A run', () => {
  it('opens its parts in the order of the phases, and then is ready', async () => {
    const run = await createFakeRun()
    await run.daemon.start()
    expect(run.begun).toEqual(PHASES)
    expect(types(run).at(-1)).toBe('ready')
    expect(run.daemon.url()).toBe(`${PUBLIC_URL}/`)
    await run.daemon.stop()
  })

  it('opens by each factory the part that it makes', async () => {
    const run = await createFakeRun()
    await run.daemon.start()
    expect(Object.keys(run.given).toSorted()).toEqual(Object.keys(FACTORIES).toSorted())
    await run.daemon.stop()
  })

  it('writes the snapshot before it claims', async () => {
    const run = await createFakeRun()
    await run.daemon.start()
    expect(run.calls.filter((call) => call.startsWith('registration'))).toEqual([
      'registration.takeSnapshot',
      `registration.claim ${PUBLIC_URL} `,
    ])
    await run.daemon.stop()
  })

  it('releases everything, each once, in the order of the end', async () => {
    const run = await createFakeRun()
    await run.daemon.start()
    await Promise.all([run.daemon.stop(), run.daemon.stop()])
    await run.daemon.stop()
    expect(run.released).toEqual(NAMES)
    expect(types(run).at(-1)).toBe('stopped')
  })

  it('tells how it ended: what it did, and what became of the webhook', async () => {
    const run = await createFakeRun({ restored: 'restored' })
    await run.daemon.start()
    const stopped = await run.daemon.stop()
    expect(stopped).toMatchObject({ deliveries: 3, undelivered: 1, restored: 'restored', failure: null })
    expect(await run.daemon.ended).toBe(stopped)
    expect(run.of('restored')).toMatchObject([{ result: 'restored' }])
    expect(run.of('stopped')).toMatchObject([{ ...stopped }])
  })

  it('starts once, however often it is asked to', async () => {
    const run = await createFakeRun()
    await Promise.all([run.daemon.start(), run.daemon.start()])
    expect(run.begun).toEqual(PHASES)
    await run.daemon.stop()
  })

  it('leaves the webhook as it is when that is wanted, and ends all the rest', async () => {
    const run = await createFakeRun({ config: { restore: false } })
    await run.daemon.start()
    expect(await run.daemon.stop()).toMatchObject({ restored: 'nothing' })
    expect(run.released).toEqual(NAMES.filter((name) => name !== 'registration'))
    expect(run.calls).toContain('watchdog.dismiss')
  })

  it('has no watcher to release where nothing is watched', async () => {
    const run = await createFakeRun({ config: { watch: false } })
    await run.daemon.start()
    await run.daemon.stop()
    expect(run.released).toEqual(NAMES.filter((name) => name !== 'watcher'))
  })

  it('says with `ready` where the inspector is', async () => {
    const run = await createFakeRun()
    await run.daemon.start()
    expect(run.of('ready')).toMatchObject([{ inspector: 'http://127.0.0.1:1' }])
    await run.daemon.stop()
  })

  it('goes on without an inspector', async () => {
    const run = await runWith('inspector', () => Promise.reject(new Error('no port is free')))
    await run.daemon.start()
    expect(run.of('warning')).toMatchObject([
      { code: 'DEVHOOK_INSPECTOR_FAILED', message: expect.stringContaining('no port is free') },
    ])
    await run.daemon.stop()
    expect(run.released).toEqual(NAMES.filter((name) => name !== 'inspector'))
  })
})

describe.each(FATAL)('A run that fails in the phase "%s"', (phase) => {
  const refused = new DevHookError('tunnelFailed', 'the tunnel is refused')
  const fail = (): never => {
    throw refused
  }
  const acquired = acquiredBy(begunBy(phase).filter((one) => one !== phase))

  it('releases what it had acquired, and begins nothing any more', async () => {
    const run = await runWith(phase, fail)
    await expect(run.daemon.start()).rejects.toBe(refused)
    expect(run.released).toEqual(acquired)
    expect(run.begun).toEqual(begunBy(phase))
  })

  it('announces that once, before it releases anything, and ends with its failure', async () => {
    let announcedAfter = -1
    const run = await runWith(phase, fail)
    run.onNotice(({ type }) => {
      if (type === 'error') announcedAfter = run.released.length
    })
    await expect(run.daemon.start()).rejects.toBe(refused)
    expect(run.of('error')).toMatchObject([{ code: 'DEVHOOK_TUNNEL_FAILED', message: 'the tunnel is refused' }])
    expect(announcedAfter).toBe(0)
    expect(types(run)).not.toContain('ready')
    expect(run.of('stopped')).toMatchObject([{ failure: 'tunnel' }])
    expect(await run.daemon.stop()).toMatchObject({ failure: 'tunnel' })
  })
})

describe.each(PHASES)('A run that is stopped in the phase "%s"', (phase) => {
  it('releases what it had acquired by the end of the phase, and begins nothing any more', async () => {
    const run = await runWith(phase, ({ daemon }) => void daemon.stop())
    await expectInterrupted(run, run.daemon.start())
    expect(run.released).toEqual(acquiredBy(begunBy(phase)))
    expect(run.begun).toEqual(begunBy(phase))
  })

  it('does not take for a failure what fails because of that', async () => {
    const run = await runWith(phase, ({ daemon }) => {
      void daemon.stop()
      throw new Error('aborted')
    })
    await expectInterrupted(run, run.daemon.start())
    expect(run.released).toEqual(acquiredBy(begunBy(phase).filter((one) => one !== phase)))
  })
})

describe('A run that another dev-hook takes over', () => {
  const handOver = ({ given }: FakeRun): void => given.createTraffic?.handedOver('you@there pid 2')
  const expectAnnounced = (run: FakeRun): void =>
    expect(run.of('warning')).toMatchObject([
      { code: 'DEVHOOK_HANDED_OVER', message: expect.stringContaining('you@there pid 2') },
    ])

  it.each(PHASES.slice(PHASES.indexOf('gateway')))('ends in order in the phase "%s"', async (phase) => {
    const run = await runWith(phase, handOver)
    await expectInterrupted(run, run.daemon.start())
    expect(run.released).toEqual(acquiredBy(begunBy(phase)))
    expectAnnounced(run)
  })

  it('ends in order while it runs', async () => {
    const run = await createFakeRun()
    await run.daemon.start()
    handOver(run)
    expect(await run.daemon.ended).toMatchObject({ failure: null })
    expect(run.released).toEqual(NAMES)
    expectAnnounced(run)
  })
})

describe('A start', () => {
  it('that fails waits for what opens beside the failure, and releases it too', async () => {
    let open = (): void => {}
    const opening = new Promise<void>((resolve) => {
      open = resolve
    })
    const run = await createFakeRun({
      during: {
        tunnel: () => opening,
        registration: () => Promise.reject(new DevHookError('apiFailed', 'GET answered 500')),
      },
    })
    const starting = run.daemon.start()
    await eventually(() => run.begun.includes('inspector'))
    expect(run.released).toEqual([])
    open()
    await expect(starting).rejects.toMatchObject({ code: 'DEVHOOK_API_FAILED' })
    expect(run.released).toEqual(acquiredBy(begunBy('tunnel').filter((phase) => phase !== 'registration')))
  })

  it('that fails aborts what opens beside the failure, and fails with what was first', async () => {
    const refused = new DevHookError('apiFailed', 'GET answered 500')
    const run = await createFakeRun({
      during: {
        tunnel: (signal) => aborted(signal).then(() => Promise.reject(new Error('the tunnel was given up'))),
        registration: () => Promise.reject(refused),
      },
    })
    await expect(run.daemon.start()).rejects.toBe(refused)
  })

  it('that may not claim still puts back what an earlier run has left', async () => {
    const owner = { is: 'somebody', url: 'https://bots.example.com/hook' } as const
    const run = await createFakeRun({ owner, restored: 'restored' })
    await expect(run.daemon.start()).rejects.toMatchObject({ code: 'DEVHOOK_TAKEN' })
    expect(run.released).toEqual(acquiredBy(begunBy('registration')))
    expect(await run.daemon.ended).toMatchObject({ failure: 'taken', restored: 'restored' })
  })

  it('that fails with anything else than an error of ours is a bug of ours', async () => {
    const run = await runWith('gateway', () => Promise.reject(new TypeError('x is not a function')))
    await expect(run.daemon.start()).rejects.toMatchObject({ code: 'DEVHOOK_UNEXPECTED' })
    expect(await run.daemon.ended).toMatchObject({ failure: 'failed' })
  })

  it('does not begin after an end', async () => {
    const run = await createFakeRun()
    await run.daemon.stop()
    await expectInterrupted(run, run.daemon.start())
    expect(run.begun).toEqual([])
  })

  it('ends when a listener of its very first notice stops it', async () => {
    const run = await createFakeRun()
    run.onNotice(({ type }) => {
      if (type === 'starting') void run.daemon.stop()
    })
    await expectInterrupted(run, run.daemon.start())
    expect(run.released).toEqual(['client'])
  })

  it('that was ready does not count as interrupted, even if it is stopped at that very moment', async () => {
    const run = await createFakeRun()
    run.onNotice(({ type }) => {
      if (type === 'ready') void run.daemon.stop()
    })
    await run.daemon.start()
    expect(await run.daemon.ended).toMatchObject({ failure: null })
    expect(run.released).toEqual(NAMES)
  })
})

describe('A run whose tunnel is lost for good', () => {
  const lost = new DevHookError('ngrokTokenRefused', 'ERR_NGROK_105')

  it('ends in order, with that failure', async () => {
    const run = await createFakeRun()
    await run.daemon.start()
    run.given.startMonitor?.lost(lost)
    expect(await run.daemon.ended).toMatchObject({ failure: 'credentials' })
    expect(run.of('error')).toMatchObject([{ code: 'DEVHOOK_NGROK_TOKEN_REFUSED' }])
    expect(run.released).toEqual(NAMES)
  })

  it('is not ready if that comes before it was', async () => {
    const run = await runWith('ready', ({ given }) => given.startMonitor?.lost(lost))
    await expect(run.daemon.start()).rejects.toBe(lost)
    expect(types(run)).not.toContain('ready')
    expect(run.released).toEqual(NAMES)
  })

  it('has not failed if it was ending already', async () => {
    const run = await createFakeRun()
    await run.daemon.start()
    const stopping = run.daemon.stop()
    run.given.startMonitor?.lost(lost)
    expect(await stopping).toMatchObject({ failure: null })
    expect(types(run)).not.toContain('error')
  })
})

describe('The end of a run', () => {
  const failures = (run: FakeRun): readonly string[] =>
    run.of('warning').flatMap(({ code, message }) => (code === 'DEVHOOK_RELEASE_FAILED' ? [message] : []))

  it.each(STOP_ORDER)(
    'waits for "$name" for $limitMs ms at most, then releases the rest',
    async ({ name, limitMs }) => {
      const clock = createFakeClock()
      const run = await createFakeRun({ clock, releasing: { [name]: () => new Promise(() => undefined) } })
      await run.daemon.start()
      const stopping = run.daemon.stop()
      await clock.pass(limitMs - 1)
      expect(run.released).toEqual(NAMES.slice(0, NAMES.indexOf(name) + 1))
      expect(failures(run)).toEqual([])
      await clock.pass(1)
      await stopping
      expect(failures(run)).toEqual([`${name}: did not end within ${limitMs} ms`])
      expect(run.released).toEqual(NAMES)
    },
  )

  it.each(NAMES)('goes on when the release of "%s" throws', async (name) => {
    const run = await createFakeRun({ releasing: { [name]: () => Promise.reject(new Error('no')) } })
    await run.daemon.start()
    await run.daemon.stop()
    expect(failures(run)).toEqual([`${name}: no`])
    expect(run.released).toEqual(NAMES)
  })

  it.each([
    ['hangs', () => new Promise(() => undefined)],
    ['fails', () => undefined],
  ])('leaves the webhook to the watchdog when its restore %s, and says so', async (_, registration) => {
    const clock = createFakeClock()
    const run = await createFakeRun({ clock, restored: 'failed', releasing: { registration } })
    await run.daemon.start()
    const stopping = run.daemon.stop()
    await clock.pass(releasedWithinMs('registration'))
    expect(await stopping).toMatchObject({ restored: 'failed', failure: null })
    expect(run.calls.filter((call) => call.startsWith('watchdog'))).toEqual(['watchdog.arm token', 'watchdog.entrust'])
    expect(run.of('warning').map(({ code }) => code)).toContain('DEVHOOK_RESTORE_GOES_ON')
  })
})
