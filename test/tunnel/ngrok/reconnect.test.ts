// How a tunnel comes back, whatever took it away, and when it does not.
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nextState, openTunnelRig, type TunnelRig } from '../../support/tunnel/tunnel-rig.ts'

let rig: TunnelRig
beforeEach(async () => {
  rig = await openTunnelRig()
})
afterEach(() => rig.close())

const POSIX = process.platform !== 'win32'
/** How the SDK takes its process down; Windows knows no SIGABRT. */
const CRASH = POSIX ? 'SIGABRT' : 'SIGKILL'

/** Short heartbeats: a silent peer is found within two seconds. */
const heartbeat = { intervalSeconds: 1, toleranceSeconds: 1 }

describe('a lost session', () => {
  it.each(['reset', 'fin'] as const)('by %s is replaced by a new one with the same URL', async (how) => {
    const tunnel = await rig.open()
    const { url } = tunnel.current()
    const lost = nextState(tunnel, 'reconnecting')
    const back = nextState(tunnel, 'online')
    rig.edge.faults.drop(how)
    expect(await lost).toEqual({ state: 'reconnecting', url, reason: 'the connection to ngrok was lost' })
    expect(await back).toEqual({ state: 'online', url })
    expect(await rig.ask(url)).toMatchObject({ answered: true })
    expect(rig.running()).toHaveLength(1)
  })

  it('is replaced as often as it is lost', async () => {
    const tunnel = await rig.open()
    for (let n = 0; n < 3; n += 1) {
      const back = nextState(tunnel, 'online')
      rig.edge.faults.drop('reset')
      await back
    }
    expect(rig.edge.sessions()).toBe(1)
    expect(rig.running()).toHaveLength(1)
  })

  it('is online again only when the public URL answers', async () => {
    const tunnel = await rig.open()
    rig.edge.faults.hidePublic(3)
    const back = nextState(tunnel, 'online')
    rig.edge.faults.drop('reset')
    await back
    expect(rig.edge.log.of('request').map(({ status }) => status)).toEqual([200, 404, 404, 404, 200])
  })

  it('may come back with another URL', async () => {
    const tunnel = await rig.open()
    const { url } = tunnel.current()
    await rig.edge.faults.moveUrl()
    const back = nextState(tunnel, 'online')
    rig.edge.faults.drop('reset')
    const moved = await back
    expect(moved.url).not.toBe(url)
    expect(moved.url).toBe(await rig.edge.publicUrl())
    expect(await rig.ask(moved.url)).toMatchObject({ answered: true })
  })

  it('of a process that crashes is replaced', async () => {
    const tunnel = await rig.open()
    const lost = nextState(tunnel, 'reconnecting')
    const back = nextState(tunnel, 'online')
    rig.running()[0]?.kill(CRASH)
    expect((await lost).reason).toBe(`the ngrok process ended (${CRASH})`)
    await back
    expect(rig.children).toHaveLength(2)
  })
})

describe('while the service is away', () => {
  it('the tunnel is opened again without a limit of attempts, and serves soon after it is back', async () => {
    const tunnel = await rig.open()
    const lost = nextState(tunnel, 'reconnecting')
    rig.edge.faults.dark()
    await lost
    await rig.edge.log.until('reset', 8)
    expect(tunnel.current().state).toBe('reconnecting')
    const back = nextState(tunnel, 'online')
    rig.edge.faults.light()
    await back
    expect(await rig.ask(tunnel.current().url)).toMatchObject({ answered: true })
  })

  it('the session limit, or a name in use, is waited out', async () => {
    const tunnel = await rig.open()
    const reasons: string[] = []
    tunnel.on((state) => state.state === 'reconnecting' && reasons.push(state.reason))
    rig.edge.faults.refuse('auth', 108, 2)
    rig.edge.faults.refuse('bind', 334, 2)
    const back = nextState(tunnel, 'online')
    rig.edge.faults.drop('reset')
    await back
    expect(reasons).toEqual([
      'the connection to ngrok was lost',
      expect.stringContaining('ERR_NGROK_108'),
      expect.stringContaining('ERR_NGROK_334'),
    ])
  })

  it('a refusal that would have ended the start does not end the run', async () => {
    const tunnel = await rig.open()
    rig.edge.faults.refuse('auth', 9040, 2)
    const back = nextState(tunnel, 'online')
    rig.edge.faults.drop('reset')
    await back
  })

  it.each(['tls', 'auth', 'bind'] as const)(
    'a service that does not answer at the stage of %s does not hold it up',
    async (stage) => {
      const tunnel = await rig.open({ limitsMs: { stage: 400 } })
      const kind = stage === 'tls' ? 'connection' : stage
      rig.edge.faults.silence(stage)
      rig.edge.faults.drop('fin')
      await rig.edge.log.until(kind, 3)
      const back = nextState(tunnel, 'online')
      rig.edge.faults.clear()
      await back
      expect(rig.running()).toHaveLength(1)
    },
  )
})

describe('a tunnel that is up and carries nothing', () => {
  it('is found by its heartbeat when it is half-open', async () => {
    const tunnel = await rig.open({ heartbeat })
    const lost = nextState(tunnel, 'reconnecting')
    const back = nextState(tunnel, 'online')
    rig.edge.faults.freeze()
    await lost
    await back
    expect(rig.running()).toHaveLength(1)
    expect(await rig.ask(tunnel.current().url)).toMatchObject({ answered: true })
  })

  it('is found by the idle probe when its accept loop is wedged', async () => {
    const tunnel = await rig.open({ heartbeat, probeEveryMs: 400 })
    const lost = nextState(tunnel, 'reconnecting')
    const back = nextState(tunnel, 'online')
    rig.edge.faults.wedge()
    expect((await lost).reason).toMatch(/^the public URL does not answer: /)
    await back
    expect(await rig.ask(tunnel.current().url)).toMatchObject({ answered: true })
  })

  it('is not believed for long when its heartbeats are not answered', async () => {
    const tunnel = await rig.open({ heartbeat })
    const asked = rig.gateway.challenges()
    const lost = nextState(tunnel, 'reconnecting')
    rig.edge.faults.ignoreHeartbeats()
    expect((await lost).reason).toBe('the heartbeat stopped')
    // The first one that was missed led to a probe, and its answer to some patience.
    expect(rig.gateway.challenges()).toBeGreaterThan(asked)
    const back = nextState(tunnel, 'online')
    rig.edge.faults.clear()
    await back
  })
})

describe('a token that is revoked during the run', () => {
  it('puts the tunnel offline for good, and leaves no process', async () => {
    const tunnel = await rig.open()
    const offline = nextState(tunnel, 'offline')
    rig.edge.faults.refuse('auth', 107, 1_000)
    rig.edge.faults.drop('reset')
    const { cause } = await offline
    expect(cause).toMatchObject({ code: 'DEVHOOK_NGROK_TOKEN_REFUSED' })
    expect(cause.message).toContain('ERR_NGROK_107')
    expect(cause.message).not.toContain(rig.edge.authtoken)
    expect(tunnel.current().state).toBe('offline')
    expect(rig.running()).toEqual([])
    await tunnel.close()
  })
})

describe('closing', () => {
  it('releases the name, and leaves neither process nor session', async () => {
    const tunnel = await rig.open()
    await tunnel.close()
    expect(rig.edge.log.of('unbind').length).toBeGreaterThan(0)
    expect(rig.running()).toEqual([])
    await rig.edge.log.until('lost', 1)
    expect(rig.edge.sessions()).toBe(0)
  })

  it('twice is closing once', async () => {
    const tunnel = await rig.open()
    await Promise.all([tunnel.close(), tunnel.close()])
    await tunnel.close()
    expect(rig.running()).toEqual([])
  })

  it('does not wait longer than its limit for a service that does not answer', async () => {
    const tunnel = await rig.open({ limitsMs: { close: 200 } })
    rig.edge.faults.silence('unbind')
    await tunnel.close()
    expect(rig.running()).toEqual([])
  })

  it.runIf(POSIX)('ends a process that is stopped', async () => {
    const tunnel = await rig.open({ limitsMs: { close: 200 } })
    rig.running()[0]?.kill('SIGSTOP')
    await tunnel.close()
    expect(rig.running()).toEqual([])
  })

  it('ends a reconnecting, too, between attempts', async () => {
    const tunnel = await rig.open({ backOff: { minMs: 600_000, maxMs: 600_000 } })
    const lost = nextState(tunnel, 'reconnecting')
    rig.edge.faults.refuse('auth', 108, 1_000)
    rig.edge.faults.drop('reset')
    await lost
    await tunnel.close()
    expect(rig.running()).toEqual([])
  })

  it('ends a reconnecting, too, in the middle of an attempt', async () => {
    const tunnel = await rig.open()
    rig.edge.faults.silence('auth')
    rig.edge.faults.drop('reset')
    await rig.edge.log.until('auth', 2)
    expect(rig.running()).toHaveLength(1)
    await tunnel.close()
    expect(rig.running()).toEqual([])
  })

  it('announces nothing', async () => {
    const tunnel = await rig.open()
    const states: string[] = []
    tunnel.on(({ state }) => states.push(state))
    await tunnel.close()
    expect(states).toEqual([])
  })
})

describe('the process of the SDK', () => {
  it('ends when its parent cuts the channel', async () => {
    await rig.open()
    const [child] = rig.running()
    if (!child) throw new Error('no child')
    const ended = once(child, 'exit')
    child.disconnect()
    expect(await ended).toEqual([0, null])
  })

  it.runIf(POSIX).each(['SIGINT', 'SIGHUP'] as const)(
    'outlives a %s to the whole group: the parent decides',
    async (signal) => {
      const tunnel = await rig.open()
      rig.running()[0]?.kill(signal)
      expect(await rig.ask(tunnel.current().url)).toMatchObject({ answered: true })
      expect(rig.running()).toHaveLength(1)
    },
  )

  it('does not have the authtoken in its arguments', async () => {
    await rig.open()
    const [child] = rig.running()
    expect(child?.spawnargs.join(' ')).not.toContain(rig.edge.authtoken)
  })
})

it('a listener that throws does not stop the tunnel from coming back', async () => {
  const tunnel = await rig.open()
  const thrown = once(process, 'uncaughtException')
  const off = tunnel.on(() => {
    throw new Error('not the tunnel’s fault')
  })
  const back = nextState(tunnel, 'online')
  rig.edge.faults.drop('reset')
  await thrown
  off()
  await back
})
