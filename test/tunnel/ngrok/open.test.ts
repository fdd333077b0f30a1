// How a tunnel opens, and how it fails when it cannot.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DevHookError } from '../../../src/core/errors.ts'
import type { Tunnel } from '../../../src/core/ports.ts'
import { openTunnelRig, type TunnelRig } from '../../support/tunnel/tunnel-rig.ts'

let rig: TunnelRig
beforeEach(async () => {
  rig = await openTunnelRig()
})
afterEach(() => rig.close())

const refusal = async (opening: Promise<Tunnel>): Promise<DevHookError> => {
  const error: unknown = await opening.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (error instanceof DevHookError) return error
  throw new Error(`expected a DevHookError, got ${String(error)}`)
}

describe('an opened tunnel', () => {
  it('is online at the URL that ngrok gave, and that URL reaches the gateway', async () => {
    const tunnel = await rig.open()
    expect(tunnel.current()).toEqual({ state: 'online', url: await rig.edge.publicUrl() })
    expect(await rig.ask(tunnel.current().url)).toEqual({ answered: true, who: 'jo@desk pid 1' })
    expect(rig.edge.log.of('bind')).toMatchObject([{ forwardsTo: `http://127.0.0.1:${rig.gateway.port}/` }])
  })

  it('asks for the domain that was given', async () => {
    const tunnel = await rig.open({ domain: 'bot.example.app' })
    expect(rig.edge.log.of('bind')).toMatchObject([{ domain: 'bot.example.app' }])
    expect(tunnel.current().url).toBe(await rig.edge.publicUrl('bot.example.app'))
  })

  it('was asked through its public URL before it was handed out', async () => {
    await rig.open()
    expect(rig.gateway.challenges()).toBe(1)
  })

  it('waits until a new name is known', async () => {
    rig.edge.faults.hidePublic(3)
    await rig.open()
    expect(rig.edge.log.of('request').map(({ status }) => status)).toEqual([404, 404, 404, 200])
    expect(rig.children).toHaveLength(1)
  })

  it('waits for a slow public side', async () => {
    rig.edge.faults.delayPublic(300)
    await rig.open()
    expect(rig.gateway.challenges()).toBe(1)
  })
})

describe('a refused authtoken', () => {
  it.each([105, 107, 4018])(
    'ends the opening at once with ERR_NGROK_%i, and is not repeated to anybody',
    async (code) => {
      rig.edge.faults.refuse('auth', code, 100)
      const error = await refusal(rig.open())
      expect(error.code).toBe('DEVHOOK_NGROK_TOKEN_REFUSED')
      expect(error.message).toContain(`ERR_NGROK_${code}`)
      expect(error.message).toContain('[redacted]')
      expect(error.message).not.toContain(rig.edge.authtoken)
      expect(rig.edge.log.of('auth')).toHaveLength(1)
      expect(rig.running()).toEqual([])
    },
  )

  it('is found by the service itself', async () => {
    const error = await refusal(rig.open({ authtoken: 'another-token' }))
    expect(error.message).toMatch(/ERR_NGROK_105: .*\[redacted\]/)
  })
})

describe('a refusal that passes', () => {
  it('of the session limit is tried again until it is lifted', async () => {
    rig.edge.faults.refuse('auth', 108, 3)
    await rig.open()
    expect(rig.edge.log.of('auth').map(({ refused }) => refused)).toEqual([108, 108, 108, null])
  })

  it('of a name in use is tried again until it is free', async () => {
    rig.edge.faults.refuse('bind', 334, 2)
    await rig.open()
    expect(rig.edge.log.of('bind').map(({ refused }) => refused)).toEqual([334, 334, null])
  })

  it('ends the opening with its code when it lasts', async () => {
    rig.edge.faults.refuse('bind', 334, 1_000)
    const error = await refusal(rig.open({ limitsMs: { start: 2_000 } }))
    expect(error.code).toBe('DEVHOOK_TUNNEL_FAILED')
    expect(error.message).toContain('ERR_NGROK_334')
    expect(error.remedy).toContain('--domain')
    expect(rig.edge.log.of('bind').length).toBeGreaterThan(1)
  })
})

it('a refusal that no retry cures ends the opening at once', async () => {
  rig.edge.faults.refuse('bind', 320, 1_000)
  const error = await refusal(rig.open({ domain: 'somebody.example.app' }))
  expect(error.code).toBe('DEVHOOK_TUNNEL_FAILED')
  expect(error.message).toContain('ERR_NGROK_320')
  expect(rig.edge.log.of('bind')).toHaveLength(1)
})

describe('a service that does not answer', () => {
  it.each([
    ['tls', 'ngrok did not accept the session within 400ms'],
    ['auth', 'ngrok did not accept the session within 400ms'],
    ['bind', 'ngrok did not give the URL within 400ms'],
  ] as const)('at the stage of %s is left, and asked again', async (stage, message) => {
    rig.edge.faults.silence(stage)
    const error = await refusal(rig.open({ limitsMs: { start: 1_500, stage: 400 } }))
    expect(error.message).toBe(`${message} (${rig.edge.serverAddr})`)
    expect(error.code).toBe('DEVHOOK_TUNNEL_FAILED')
    expect(rig.children.length).toBeGreaterThan(1)
    expect(rig.running()).toEqual([])
  })

  it('is tried until it answers', async () => {
    rig.edge.faults.silence('auth')
    const opening = rig.open({ limitsMs: { stage: 400 } })
    await rig.edge.log.until('auth', 2)
    rig.edge.faults.clear()
    expect((await opening).current().state).toBe('online')
  })
})

it('a service that cannot be reached ends the opening with the reason of the network', async () => {
  rig.edge.faults.dark()
  const error = await refusal(rig.open({ limitsMs: { start: 1_500 } }))
  expect(error.code).toBe('DEVHOOK_TUNNEL_FAILED')
  const [, reason] = error.message.split(`ngrok cannot be reached at ${rig.edge.serverAddr}: `)
  expect(reason).toMatch(/^(failed to establish tcp connection|tls handshake error)$/)
  expect(rig.edge.log.of('reset').length).toBeGreaterThan(1)
})

it('a service that cannot be reached is given up before one that lets wait', async () => {
  rig.edge.faults.dark()
  const error = await refusal(rig.open({ limitsMs: { start: 600_000, reach: 100 } }))
  expect(error.message).toContain(`ngrok cannot be reached at ${rig.edge.serverAddr}`)
  expect(rig.running()).toEqual([])
})

it('a service with another certificate is not trusted', async () => {
  const error = await refusal(rig.open({ ca: null, limitsMs: { start: 300 } }))
  expect(error.message).toBe(`ngrok cannot be reached at ${rig.edge.serverAddr}: tls handshake error`)
  expect(rig.edge.log.of('auth')).toEqual([])
})

it('a public URL that never reaches the gateway ends the opening with its last answer', async () => {
  rig.edge.faults.hidePublic(1_000)
  const error = await refusal(rig.open({ limitsMs: { start: 1_500 } }))
  expect(error.message).toBe(`${await rig.edge.publicUrl()} does not answer: status 404 (ERR_NGROK_3200)`)
  expect(rig.running()).toEqual([])
})

it('a public URL that reaches something else ends the opening', async () => {
  rig.gateway.misanswer(true)
  const error = await refusal(rig.open({ limitsMs: { start: 300 } }))
  expect(error.message).toMatch(/something else answers there$/)
})

it('a process that does not even start is distinguished from one that does not answer', async () => {
  const error = await refusal(
    rig.open({
      limitsMs: { start: 300 },
      fork: () => {
        throw new Error('EAGAIN')
      },
    }),
  )
  expect(error.message).toBe('the ngrok process did not start: EAGAIN')
})

describe('an abort of the opening', () => {
  it.each(['tls', 'auth', 'bind'] as const)('leaves no process behind while %s hangs', async (stage) => {
    rig.edge.faults.silence(stage)
    const ending = new AbortController()
    const opening = rig.open({}, ending.signal)
    await rig.edge.log.until(stage === 'tls' ? 'connection' : stage, 1)
    ending.abort(new Error('enough'))
    await expect(opening).rejects.toThrow('enough')
    expect(rig.running()).toEqual([])
  })

  it('leaves no process behind while the public URL does not answer', async () => {
    rig.edge.faults.hidePublic(1_000)
    const ending = new AbortController()
    const opening = rig.open({}, ending.signal)
    await rig.edge.log.until('request', 2)
    ending.abort(new Error('enough'))
    await expect(opening).rejects.toThrow('enough')
    expect(rig.running()).toEqual([])
  })

  it('leaves no process behind between two attempts', async () => {
    rig.edge.faults.refuse('auth', 108, 1_000)
    const ending = new AbortController()
    const opening = rig.open({ backOff: { minMs: 60_000, maxMs: 60_000 }, limitsMs: { start: 600_000 } }, ending.signal)
    await rig.edge.log.until('lost', 1)
    ending.abort(new Error('enough'))
    await expect(opening).rejects.toThrow('enough')
    expect(rig.running()).toEqual([])
  })

  it('that comes before it starts no process at all', async () => {
    await expect(rig.open({}, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
    expect(rig.children).toEqual([])
  })
})
