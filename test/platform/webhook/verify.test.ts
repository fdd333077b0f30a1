// Waiting until the platform has verified the URL.
import { afterEach, describe, expect, it } from 'vitest'
import type { Registration } from '../../../src/core/ports.ts'
import { type PlatformBench, startPlatformBench } from '../../support/platform/platform-bench.ts'
import { BOT_ID, type DocumentsOptions } from '../../support/platform/sandbox-documents.ts'

const BOT = `/v2/bots/${BOT_ID}`
const hook = { url: 'https://bots.example/', secret: 'secret', events: ['a.*'], status: 'active' }

let bench: PlatformBench
afterEach(() => bench.close())

/** Claims, with a gate that opens when a challenge comes. */
async function claim(options: DocumentsOptions = {}, kind: 'bot' | 'service' = 'bot') {
  let arrived: () => void = () => {}
  const challenge = new Promise<void>((resolve) => {
    arrived = resolve
  })
  let asked = 0
  const verify = () => {
    asked += 1
    // A new service is challenged when it is created, and this one does not answer yet.
    if (kind === 'service' && asked === 1) return false
    arrived()
    return true
  }
  bench = await startPlatformBench({ bot: { id: BOT_ID, webhook: hook }, verify, ...options })
  // A service that is not asked for at once would keep its test waiting for a minute.
  const { registration, url } = await bench.run({ kind, verifyWithinMs: kind === 'service' ? 60_000 : 100 })
  await registration.claim(url(), null, bench.signal)
  const since = bench.server.calls.length
  return {
    registration,
    url: url(),
    arrived,
    challenged: () => challenge,
    writes: () => bench.server.calls.slice(since).filter(({ method }) => method !== 'GET'),
    set: (webhook: object) => {
      bench.documents.bot = { ...bench.documents.bot, webhook }
    },
  }
}

const nobody = (signal: AbortSignal): Promise<void> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

const messageOf = (registration: Registration): Promise<string> =>
  registration.verify(nobody, bench.signal).then(
    () => 'verified',
    (error: unknown) => String(error),
  )

describe('a verification', () => {
  it('is done when the challenge came and the platform says active', async () => {
    const { registration, challenged, writes } = await claim()
    await registration.verify(challenged, bench.signal)
    expect(writes()).toEqual([])
  })

  it('needs the challenge alone where the location shows no status', async () => {
    const { status: _, ...silent } = hook
    const { registration, arrived, challenged } = await claim({ bot: { id: BOT_ID, webhook: silent } })
    setImmediate(arrived)
    await registration.verify(challenged, bench.signal)
  })

  it('waits for the platform to make up its mind after the challenge', async () => {
    const { registration, challenged, set, url, writes } = await claim()
    set({ ...hook, url, status: 'unverified' })
    let reads = 0
    bench.server.on('GET', BOT, () => {
      reads += 1
      if (reads === 3) set({ ...hook, url })
      return undefined
    })
    await registration.verify(challenged, bench.signal)
    expect(writes()).toEqual([])
  })

  it('asks once more when no challenge comes, in the words of the hook', async () => {
    const { registration, arrived, challenged, set, url, writes } = await claim({ verify: () => true })
    set({ ...hook, url, status: 'unverified' })
    bench.server.on('PATCH', BOT, () => {
      arrived()
      return undefined
    })
    await registration.verify(challenged, bench.signal)
    expect(writes().map(({ body }) => body)).toEqual([{ webhook: { ...hook, url, status: 'active' } }])
  })

  it('asks a hook that has `verified` with `verified`', async () => {
    const { status: _, ...bare } = hook
    const { registration, arrived, challenged, set, url, writes } = await claim({
      bot: { id: BOT_ID, webhook: { ...bare, verified: true } },
    })
    set({ ...bare, url, verified: false })
    bench.server.on('PATCH', BOT, () => {
      arrived()
      return undefined
    })
    await registration.verify(challenged, bench.signal)
    expect(writes().map(({ body }) => body)).toEqual([{ webhook: { ...bare, url, verified: true } }])
  })

  it('fails with what was seen when no challenge comes at all', async () => {
    const { registration, set, url, writes } = await claim()
    set({ ...hook, url, status: 'unverified' })
    bench.server.on('PATCH', BOT, () => ({ status: 403, json: { error: { message: 'could not be verified' } } }))
    const message = await messageOf(registration)
    expect(message).toContain('was not verified: no challenge reached dev-hook, the platform shows status unverified')
    expect(message).toContain('answered 403: could not be verified')
    expect(message).not.toContain(new URL(url).password)
    expect(writes()).toHaveLength(1)
  })

  it('fails too when the platform says active although nobody was challenged', async () => {
    const { registration } = await claim()
    expect(await messageOf(registration)).toContain('no challenge reached dev-hook, the platform shows status active')
  })

  it('needs no challenge when the same URL was claimed again', async () => {
    const { registration, url } = await claim()
    await registration.claim(url, null, bench.signal)
    const waits: AbortSignal[] = []
    await registration.verify((signal) => {
      waits.push(signal)
      return nobody(signal)
    }, bench.signal)
    expect(waits.map(({ aborted }) => aborted)).toEqual([true])
  })

  it('fails when somebody else takes the webhook meanwhile', async () => {
    const { registration, set, challenged } = await claim()
    set(hook)
    await expect(registration.verify(challenged, bench.signal)).rejects.toMatchObject({ code: 'DEVHOOK_SUPERSEDED' })
  })

  it('ends with the signal, and leaves no wait behind', async () => {
    const { registration } = await claim()
    const stopped = new AbortController()
    let left = false
    const verified = registration.verify((signal) => {
      signal.addEventListener('abort', () => {
        left = true
      })
      stopped.abort(new Error('stopped'))
      return nobody(signal)
    }, stopped.signal)
    await expect(verified).rejects.toThrow('stopped')
    expect(left).toBe(true)
  })

  it('of a service is asked for at once', async () => {
    const { registration, challenged, writes } = await claim({}, 'service')
    await registration.verify(challenged, bench.signal)
    expect(writes().map(({ method, path, body }) => [method, path, body])).toEqual([
      ['PATCH', `/v2/services/${String(bench.documents.services[0]?.['id'])}`, { status: 'active' }],
    ])
    expect(bench.documents.services).toMatchObject([{ status: 'active' }])
  })

  it('is asked for again by a run whose URL shows as not verified any more', async () => {
    const { registration, challenged, set, url, writes } = await claim()
    await registration.verify(challenged, bench.signal)
    expect(await registration.check(bench.signal)).toBe('ours')
    set({ ...hook, url, status: 'unverified' })
    expect(await registration.check(bench.signal)).toBe('unverified')
    expect(await registration.verifyAgain(bench.signal)).toBe(true)
    expect(writes()).toMatchObject([{ method: 'PATCH', body: { webhook: { url, status: 'active' } } }])
    expect(await registration.check(bench.signal)).toBe('ours')
  })

  it('that is asked for again is left alone once somebody else has the webhook', async () => {
    const { registration, set, writes } = await claim()
    set({ ...hook, url: 'https://theirs.example' })
    await expect(registration.verifyAgain(bench.signal)).rejects.toMatchObject({ code: 'DEVHOOK_SUPERSEDED' })
    expect(writes()).toEqual([])
  })
})
