// A public URL that somebody else keeps open.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHookAddress } from '../../src/core/hook-url.ts'
import type { Tunnel } from '../../src/core/ports.ts'
import { type ExternalOptions, openExternal } from '../../src/tunnel/external.ts'
import { createProbe, type ProbeResult } from '../../src/tunnel/probe.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { type ChallengeServer, nextState, openChallengeServer } from '../support/tunnel/tunnel-rig.ts'

let server: ChallengeServer
let opened: Tunnel[]
beforeEach(async () => {
  opened = []
  server = await openChallengeServer()
})
afterEach(async () => {
  for (const tunnel of opened) await tunnel.close()
  await server.close()
})

async function open(changes: Partial<ExternalOptions> = {}, signal?: AbortSignal): Promise<Tunnel> {
  const options = {
    url: server.url,
    probe: createProbe(createHookAddress()),
    probeEveryMs: 50,
    probeAgainMs: 10,
    backOff: { minMs: 10, maxMs: 50 },
    ...changes,
  }
  const tunnel = await openExternal(options, signal ?? new AbortController().signal)
  opened.push(tunnel)
  return tunnel
}

describe('an external URL', () => {
  it('is online once it has answered', async () => {
    const tunnel = await open()
    expect(tunnel.current()).toEqual({ state: 'online', url: server.url })
    expect(server.challenges()).toBe(1)
  })

  it('may take a while to answer', async () => {
    server.misanswer(true)
    const opening = open()
    await expect.poll(() => server.challenges()).toBeGreaterThan(2)
    server.misanswer(false)
    expect((await opening).current().state).toBe('online')
  })

  it('that does not answer ends the opening', async () => {
    server.misanswer(true)
    await expect(open({ startLimitMs: 100 })).rejects.toMatchObject({
      code: 'DEVHOOK_TUNNEL_UNREACHABLE',
      message: `${server.url}/ does not reach this machine: something else answers there`,
      remedy: expect.stringContaining('gateway port'),
    })
  })

  it('that does not answer ends the opening with the remedy of whoever forwards it', async () => {
    server.misanswer(true)
    const opening = open({ startLimitMs: 100, remedy: 'open the port to everybody' })
    await expect(opening).rejects.toMatchObject({ remedy: 'open the port to everybody' })
  })

  it('is watched, and waited for when it no longer answers', async () => {
    const tunnel = await open()
    const lost = nextState(tunnel, 'reconnecting')
    server.misanswer(true)
    expect((await lost).reason).toBe('the public URL does not answer: something else answers there')
    const back = nextState(tunnel, 'online')
    server.misanswer(false)
    expect(await back).toEqual({ state: 'online', url: server.url })
  })

  it('is not given up for one probe that was missed', async () => {
    let missedOnce = false
    const probe = createProbe(createHookAddress())
    const states: string[] = []
    const tunnel = await open({
      probe: async (url, signal) => {
        if (server.challenges() !== 1 || missedOnce) return probe(url, signal)
        missedOnce = true
        return { answered: false, reason: 'lost on the way' }
      },
    })
    tunnel.on(({ state }) => states.push(state))
    await expect.poll(() => server.challenges()).toBeGreaterThan(3)
    expect(missedOnce).toBe(true)
    expect(states).toEqual([])
  })

  it.each(['online', 'reconnecting'] as const)(
    'is no longer probed once the tunnel is closed while %s',
    async (state) => {
      const clock = createFakeClock()
      let probes = 0
      let answered = true
      const probe = async (): Promise<ProbeResult> => {
        probes += 1
        return answered ? { answered, who: null } : { answered, reason: 'status 502' }
      }
      const tunnel = await open({ clock, probe })
      answered = state === 'online'
      await clock.pass(1_000)
      expect(tunnel.current().state).toBe(state)
      expect(probes).toBeGreaterThan(2)
      await tunnel.close()
      const before = probes
      await clock.pass(60_000)
      expect(probes).toBe(before)
      expect(clock.timers()).toBe(0)
    },
  )

  it('can be given up while it does not answer', async () => {
    server.misanswer(true)
    const ending = new AbortController()
    const opening = open({ backOff: { minMs: 60_000, maxMs: 60_000 }, startLimitMs: 600_000 }, ending.signal)
    await expect.poll(() => server.challenges()).toBe(1)
    ending.abort(new Error('enough'))
    await expect(opening).rejects.toThrow('enough')
  })
})
