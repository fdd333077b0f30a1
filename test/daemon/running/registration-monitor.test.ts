// The registration is checked while the run goes on.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHookAddress, hookUrl } from '../../../src/core/hook-url.ts'
import type { NoticeBody } from '../../../src/core/notices.ts'
import type { Registration, Tunnel, TunnelState } from '../../../src/core/ports.ts'
import { type RegistrationMonitor, startRegistrationMonitor } from '../../../src/daemon/running/registration-monitor.ts'
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts'

const FIRST = 'https://first.ngrok.example'
const OTHER = 'https://other.ngrok.example'
const MINUTE = 60_000
const address = createHookAddress()

let state: TunnelState
let listeners: Set<(state: TunnelState) => void>
let checks: (() => ReturnType<Registration['check']>)[]
let verifications: boolean[]
let checked: number
/** The URLs that whoever is in front was told, and whether it took the next ones. */
let told: string[]
let answersToMoves: boolean[]
let claims: { readonly url: string; readonly events: readonly string[] | null }[]
let refuseClaims: number
let notices: NoticeBody[]
let lost: Error[]
let end: AbortController
let monitor: RegistrationMonitor
let clock: FakeClock

beforeEach(() => {
  clock = createFakeClock()
  state = { state: 'online', url: FIRST }
  listeners = new Set()
  checks = []
  verifications = []
  checked = 0
  told = []
  answersToMoves = []
  claims = []
  refuseClaims = 0
  notices = []
  lost = []
  end = new AbortController()
})
afterEach(async () => {
  end.abort()
  await monitor.stop()
})

const tunnel: Tunnel = {
  current: () => state,
  on: (listener) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
  markActive: () => {},
  close: async () => {},
}

const registration: Registration = {
  kind: 'bot',
  owner: { is: 'nobody' },
  before: null,
  former: () => null,
  secret: () => null,
  rereadSecret: async () => null,
  takeSnapshot: async () => expect.unreachable('a snapshot is taken once, before the first claim'),
  claim: async (url, events) => {
    if (refuseClaims-- > 0) throw new Error('PATCH answered 503')
    claims.push({ url, events })
  },
  verify: async () => {},
  check: async () => {
    checked += 1
    return (await checks.shift()?.()) ?? 'ours'
  },
  verifyAgain: async () => verifications.shift() ?? expect.unreachable('nothing has to be verified'),
  ancestry: () => null,
  checkNeighbour: async () => {},
  takeHandedDown: async () => expect.unreachable('nobody hands anything down'),
  moved: async (url) => {
    told.push(url)
    return answersToMoves.shift() ?? false
  },
  restore: async () => 'restored',
}

function start(registered: Registration = registration): void {
  const claimed = { url: FIRST, events: ['message.create.*'] }
  monitor = startRegistrationMonitor(
    {
      tunnel,
      registration: registered,
      address,
      claimed,
      emit: (notice) => notices.push(notice),
      lost: (cause) => lost.push(cause),
      clock,
    },
    end.signal,
  )
}

/** The tunnel changes; whatever follows at once has happened when this resolves. */
async function become(next: TunnelState): Promise<void> {
  state = next
  for (const listener of listeners) listener(next)
  await clock.pass(0)
}

const pass = (ms: number): Promise<void> => clock.pass(ms)
const fails = async (): Promise<never> => {
  throw new Error('GET answered 503')
}
const gone = { state: 'reconnecting', url: FIRST, reason: 'the heartbeat stopped' } as const
const announced = (): string[] =>
  notices.map((notice) => ('state' in notice ? `${notice.type} ${notice.state}` : notice.type))

describe('The monitor of the registration', () => {
  it('checks once a minute, and says nothing as long as all is well', async () => {
    start()
    await pass(MINUTE - 1)
    expect(checked).toBe(0)
    await pass(1)
    expect(checked).toBe(1)
    await pass(9 * MINUTE)
    expect(checked).toBe(10)
    expect(claims).toEqual([])
    expect(notices).toEqual([])
  })

  it('tells the dev-hook in front its new URL, again and again, and says once that it could not be told', async () => {
    const behind = async () => 'behind' as const
    checks = Array.from({ length: 6 }, () => behind)
    answersToMoves = [false, false, true]
    start()
    await pass(MINUTE)
    expect(notices).toEqual([])
    expect(told).toEqual([])
    await become({ state: 'online', url: OTHER })
    await pass(MINUTE)
    const said = notices.flatMap((notice) => ('message' in notice ? [notice.message] : []))
    expect(said).toEqual([expect.stringContaining('could not be told: nothing comes here any more')])
    await pass(3 * MINUTE)
    expect(told).toEqual(Array.from({ length: 3 }, () => hookUrl(OTHER, address)))
    expect(announced()).toEqual(['warning', 'registration moved'])
    expect(claims).toEqual([])
  })

  it('has a URL verified again that the platform shows as not verified', async () => {
    checks = [async () => 'unverified']
    verifications = [true]
    start()
    await pass(2 * MINUTE)
    expect(checked).toBe(2)
    expect(verifications).toEqual([])
    expect(announced()).toEqual(['registration verified'])
  })

  it('says once that the platform does not verify the URL, and goes on asking', async () => {
    const unverified = async () => 'unverified' as const
    checks = [unverified, unverified, unverified, async () => 'ours', unverified]
    verifications = [false, false, true, false]
    start()
    await pass(5 * MINUTE)
    expect(verifications).toEqual([])
    expect(notices.map((notice) => ('code' in notice ? notice.code : notice.type))).toEqual([
      'DEVHOOK_NOT_VERIFIED',
      'registration',
      'DEVHOOK_NOT_VERIFIED',
    ])
    expect(claims).toEqual([])
  })

  it('checks at once when the tunnel is back, and claims nothing if its URL is the same', async () => {
    start()
    await become(gone)
    expect(checked).toBe(0)
    await become({ state: 'online', url: FIRST })
    expect(checked).toBe(1)
    expect(claims).toEqual([])
    expect(announced()).toEqual(['tunnel reconnecting', 'tunnel online'])
  })

  it('says once that the tunnel reconnects, whatever the reasons', async () => {
    start()
    await become(gone)
    await become({ ...gone, reason: 'the network is down' })
    expect(announced()).toEqual(['tunnel reconnecting'])
  })

  it('claims another URL, once, with the events as they were', async () => {
    start()
    await become(gone)
    await become({ state: 'online', url: OTHER })
    expect(claims).toEqual([{ url: hookUrl(OTHER, address), events: ['message.create.*'] }])
    expect(announced()).toEqual(['tunnel reconnecting', 'tunnel online', 'registration reclaimed'])
    await pass(3 * MINUTE)
    expect(claims).toHaveLength(1)
  })

  it('claims a URL that changed before it began', async () => {
    state = { state: 'online', url: OTHER }
    start()
    await pass(0)
    expect(claims.map(({ url }) => url)).toEqual([hookUrl(OTHER, address)])
  })

  it('says what has become of a tunnel that was lost before it began', async () => {
    state = gone
    start()
    await pass(0)
    expect(announced()).toEqual(['tunnel reconnecting'])
    await become({ state: 'online', url: FIRST })
    expect(announced()).toEqual(['tunnel reconnecting', 'tunnel online'])
    expect(claims).toEqual([])
  })

  it('does not check while the tunnel is away: there is nothing that could be claimed', async () => {
    start()
    await become(gone)
    await pass(5 * MINUTE)
    expect(checked).toBe(0)
  })

  it('claims other events at once, and keeps to them when the URL changes too', async () => {
    start()
    monitor.claimEvents(['contact.*'])
    await pass(0)
    await become({ state: 'online', url: OTHER })
    expect(claims).toEqual([
      { url: hookUrl(FIRST, address), events: ['contact.*'] },
      { url: hookUrl(OTHER, address), events: ['contact.*'] },
    ])
    expect(notices.filter(({ type }) => type === 'registration')).toEqual([
      { type: 'registration', state: 'reclaimed', kind: 'bot', events: ['contact.*'] },
      { type: 'registration', state: 'reclaimed', kind: 'bot' },
    ])
  })

  it('gives the new URL to the person who sets the webhook by hand', async () => {
    start({ ...registration, kind: 'manual' })
    await become({ state: 'online', url: OTHER })
    expect(notices.at(-1)).toEqual({
      type: 'registration',
      state: 'manual',
      kind: 'manual',
      url: hookUrl(OTHER, address),
      events: ['message.create.*'],
    })
  })

  it('leaves alone what somebody else has registered, for good, and says so once', async () => {
    checks = [async () => 'superseded']
    start()
    await become({ state: 'online', url: OTHER })
    await pass(10 * MINUTE)
    monitor.claimEvents(['contact.*'])
    await become({ state: 'online', url: FIRST })
    await pass(10 * MINUTE)
    expect(checked).toBe(1)
    expect(claims).toEqual([])
    expect(announced()).toEqual(['registration superseded', 'warning'])
  })

  it('makes a check that failed again soon, says it once, and says it again only after all was well', async () => {
    checks = [fails, fails, fails, async () => 'ours', fails]
    start()
    await pass(MINUTE + 6_000)
    expect(checked).toBe(4)
    expect(notices).toMatchObject([{ type: 'warning', message: 'the webhook could not be checked: GET answered 503' }])
    await pass(MINUTE)
    expect(notices).toHaveLength(2)
  })

  it('tries a claim that failed again until it holds', async () => {
    refuseClaims = 3
    start()
    await become({ state: 'online', url: OTHER })
    await pass(10_000)
    expect(claims.map(({ url }) => url)).toEqual([hookUrl(OTHER, address)])
    expect(announced()).toEqual(['warning', 'registration reclaimed'])
  })

  it('makes one check at a time, and claims what the tunnel is by then', async () => {
    let release = (): void => {}
    const slow = new Promise<'ours'>((resolve) => {
      release = () => resolve('ours')
    })
    checks = [() => slow]
    start()
    await become({ state: 'online', url: FIRST })
    await become({ state: 'online', url: OTHER })
    expect(checked).toBe(1)
    release()
    await pass(0)
    expect(checked).toBe(2)
    expect(claims.map(({ url }) => url)).toEqual([hookUrl(OTHER, address)])
  })

  it('passes on a tunnel that is lost for good', async () => {
    start()
    const cause = new Error('the authtoken was revoked')
    await become({ state: 'offline', url: FIRST, cause })
    expect(lost).toEqual([cause])
    expect(announced()).toEqual(['tunnel offline'])
  })

  it('does nothing any more once it is stopped, and says nothing of what the end has cut short', async () => {
    checks = [
      () =>
        new Promise((_, reject) => {
          end.signal.addEventListener('abort', () => reject(end.signal.reason))
        }),
    ]
    start()
    await pass(MINUTE)
    end.abort()
    await monitor.stop()
    await pass(10 * MINUTE)
    await become({ state: 'online', url: OTHER })
    expect(checked).toBe(1)
    expect(notices).toEqual([])
    expect(claims).toEqual([])
    expect(clock.timers()).toBe(0)
  })

  it('is stopped when a check that is under way is over, so that no claim follows the restore', async () => {
    let answer = (): void => {}
    checks = [() => new Promise((resolve) => (answer = () => resolve('ours')))]
    start()
    await pass(MINUTE)
    let stopped = false
    const stopping = monitor.stop().then(() => {
      stopped = true
    })
    await pass(0)
    expect(stopped).toBe(false)
    answer()
    await stopping
  })
})
