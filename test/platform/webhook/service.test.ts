// The general webhook: a service of our own, gone when the run ends.
import { readdir } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHookAddress, hookUrl } from '../../../src/core/hook-url.ts'
import { readSnapshot } from '../../../src/platform/webhook/snapshot.ts'
import { type PlatformBench, startPlatformBench, TUNNEL } from '../../support/platform/platform-bench.ts'

const NAME = 'dev-hook test'
const other = { id: 's0', type: 'webhook', name: 'Production', status: 'active', params: { url: 'https://x.example' } }

let bench: PlatformBench
beforeEach(async () => {
  bench = await startPlatformBench({ services: [other] })
})
afterEach(() => bench.close())

const run = () => bench.run({ kind: 'service' })
async function claimed() {
  const made = await run()
  await made.registration.claim(made.url(), null, bench.signal)
  return made
}
const named = (params: object, status = 'active') => ({ id: 's9', type: 'webhook', name: NAME, status, params })

describe('a general webhook', () => {
  it('is created with a secret of ours, and deleted at the end', async () => {
    const { registration, url } = await claimed()
    expect(registration.owner).toEqual({ is: 'nobody' })
    expect(registration.before).toBeNull()
    const secret = registration.secret() ?? ''
    expect(Buffer.from(secret, 'base64')).toHaveLength(16)
    const params = { url: url(), secret, events: ['message.create.*'] }
    expect(bench.documents.services).toMatchObject([other, { name: NAME, type: 'webhook', params }])
    expect(await registration.restore()).toBe('deleted')
    expect(bench.documents.services).toEqual([other])
    expect(await readdir(bench.folder)).toEqual([])
  })

  it('is claimed again at another URL without another service', async () => {
    const { registration, url } = await claimed()
    await registration.claim(url('https://second.example'), ['b.*'], bench.signal)
    expect(bench.documents.services).toHaveLength(2)
    expect(bench.documents.services[1]).toMatchObject({
      params: { url: url('https://second.example'), events: ['b.*'], secret: registration.secret() },
    })
    expect(await registration.restore()).toBe('deleted')
  })

  it('is left alone when somebody else changed its URL', async () => {
    const { registration } = await claimed()
    const [, service] = bench.documents.services
    bench.putService({ ...service, params: { url: 'https://theirs.example' } })
    expect(await registration.restore()).toBe('superseded')
    expect(bench.documents.services).toHaveLength(2)
  })

  it('owes nothing when somebody has deleted it', async () => {
    const { registration } = await claimed()
    bench.removeService(bench.documents.services[1]?.['id'])
    expect(await registration.check(bench.signal)).toBe('superseded')
    expect(await registration.restore()).toBe('superseded')
    expect(await readdir(bench.folder)).toEqual([])
  })

  it('whose creation is refused names the scope it needs', async () => {
    const { registration, url } = await run()
    bench.server.on('POST', '/v2/services', () => ({ status: 403, json: { error: { message: 'Permission Denied' } } }))
    await expect(registration.claim(url(), null, bench.signal)).rejects.toMatchObject({
      code: 'DEVHOOK_PERMISSION_DENIED',
      remedy: expect.stringContaining('`admin`'),
    })
    expect(await registration.restore()).toBe('nothing')
  })

  it('whose creation was answered too late is found by its name, and not created twice', async () => {
    const { registration, url } = await run()
    const off = bench.server.on('POST', '/v2/services', ({ body }) => {
      off()
      bench.putService({ id: 's7', status: 'unverified', ...(body as object) })
      return { cut: true }
    })
    await registration.claim(url(), null, bench.signal)
    expect(bench.documents.services).toHaveLength(2)
    expect(bench.server.trace().filter((call) => call.startsWith('POST'))).toHaveLength(1)
    expect((await readSnapshot(bench.folder)).snapshot).toMatchObject({ writeSentAt: null })
    expect(await registration.restore()).toBe('deleted')
    expect(bench.documents.services).toEqual([other])
  })

  it('of a run that died while creating it is found by its name, and deleted', async () => {
    const { registration, url } = await run()
    await registration.takeSnapshot()
    const off = bench.server.on('POST', '/v2/services', ({ body }) => {
      off()
      // The process is gone before it hears of the id.
      bench.putService({ id: 's7', status: 'unverified', ...(body as object) })
      return { status: 400, json: {} }
    })
    await expect(registration.claim(url(), null, bench.signal)).rejects.toThrow()
    const next = await run()
    expect(next.registration.owner).toMatchObject({ is: 'us' })
    expect(await next.registration.restore()).toBe('deleted')
    expect(bench.documents.services).toEqual([other])
  })

  it('of a run that died is taken over, and deleted in the end', async () => {
    const first = await claimed()
    const { registration, url } = await run()
    expect(registration.owner).toEqual({ is: 'us', runId: first.address.runId })
    expect(registration.before).toBeNull()
    await registration.claim(url(), null, bench.signal)
    expect(bench.documents.services).toHaveLength(2)
    expect(await registration.restore()).toBe('deleted')
    expect(bench.documents.services).toEqual([other])
  })

  it('of a run that died, whose snapshot is lost too, is ours by its name', async () => {
    bench.putService(named({ url: hookUrl(TUNNEL, createHookAddress()), secret: 'old-secret' }))
    const { registration, url } = await run()
    expect(registration.owner).toMatchObject({ is: 'dev-hook', answers: false })
    await registration.claim(url(), null, bench.signal)
    expect(await registration.restore()).toBe('deleted')
    expect(bench.documents.services).toEqual([other])
  })

  it('of our name that a person points elsewhere is changed, and put back', async () => {
    const theirs = named({ url: 'https://bots.example/', secret: 'old-secret', events: ['a.*'] })
    bench.putService(theirs)
    const { registration, url } = await run()
    expect(registration.owner).toEqual({ is: 'somebody', url: 'https://bots.example/' })
    await registration.claim(url(), null, bench.signal)
    expect(registration.secret()).toBe('old-secret')
    expect(await registration.restore()).toBe('restored')
    const [patch] = bench.server.calls.filter(({ method }) => method === 'PATCH').slice(-1)
    expect(patch?.body).toEqual({ params: theirs.params, status: 'active' })
    expect(bench.documents.services).toEqual([other, theirs])
  })

  it('is put back without its status when the old URL does not verify', async () => {
    await bench.close()
    bench = await startPlatformBench({ verify: (url) => url !== 'https://bots.example/' })
    bench.putService(named({ url: 'https://bots.example/', secret: 'old-secret' }))
    const { registration, url } = await run()
    await registration.claim(url(), null, bench.signal)
    expect(await registration.restore()).toBe('restored')
    expect(bench.documents.services).toEqual([
      named({ url: 'https://bots.example/', secret: 'old-secret' }, 'unverified'),
    ])
    expect(bench.codes()).toEqual(['DEVHOOK_RESTORED_UNVERIFIED'])
  })

  it('gets a secret that we know when the platform shows none', async () => {
    bench.putService(named({ url: 'https://bots.example/' }))
    const { registration, url } = await run()
    await registration.claim(url(), null, bench.signal)
    expect(bench.documents.services[1]).toMatchObject({ params: { secret: registration.secret() } })
    expect(registration.secret()).not.toBeNull()
  })

  it('that a change to another kind leaves behind is deleted first', async () => {
    await claimed()
    bench.documents.bot = { ...bench.documents.bot, webhook: null }
    const { registration } = await bench.run({ kind: 'bot' })
    expect(registration.owner).toEqual({ is: 'nobody' })
    expect(bench.documents.services).toEqual([other])
    expect(await readdir(bench.folder)).toEqual([])
  })
})
