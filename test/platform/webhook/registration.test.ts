// Whose the registration is, and pointing it at a URL of ours.
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHookAddress, hookUrl } from '../../../src/core/hook-url.ts'
import type { Snapshot } from '../../../src/platform/webhook/snapshot.ts'
import { type PlatformBench, startPlatformBench, TUNNEL } from '../../support/platform/platform-bench.ts'
import { BOT_ID } from '../../support/platform/sandbox-documents.ts'

const BOT = `/v2/bots/${BOT_ID}`
const SOMEBODY = 'https://user:pass@bots.example/hook'
const hook = { url: SOMEBODY, secret: 'secret-before', events: ['a.*'], status: 'active' }
const withHook = (webhook: unknown): Readonly<Record<string, unknown>> => ({ id: BOT_ID, name: 'Jenny', webhook })

let bench: PlatformBench
const start = async (webhook: unknown = hook): Promise<void> => {
  bench = await startPlatformBench({ bot: { id: BOT_ID, name: 'Jenny', webhook } })
}
beforeEach(() => start())
afterEach(() => bench.close())

const snapshotOnDisk = async (): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(join(bench.folder, 'snapshot.json'), 'utf8'))

describe('the owner', () => {
  it('is nobody when nothing is registered', async () => {
    bench.documents.bot = { id: BOT_ID, webhook: { url: null, events: [] } }
    const { registration } = await bench.run()
    expect(registration.owner).toEqual({ is: 'nobody' })
    expect(registration.before).toBeNull()
  })

  it('is somebody when a real webhook is registered', async () => {
    const { registration } = await bench.run()
    expect(registration.owner).toEqual({ is: 'somebody', url: SOMEBODY })
    expect(registration.before).toEqual({ url: SOMEBODY, events: ['a.*'], secret: 'secret-before', status: 'active' })
    expect(registration.secret()).toBe('secret-before')
  })

  it('is another dev-hook, which is asked whether it still answers', async () => {
    const url = hookUrl(TUNNEL, createHookAddress())
    bench.documents.bot = { id: BOT_ID, webhook: { url } }
    const asked: string[] = []
    const probe = async (other: string) => {
      asked.push(other)
      return { answers: true, who: 'ann@laptop pid 7' }
    }
    const { registration } = await bench.run({ probe })
    expect(registration.owner).toEqual({ is: 'dev-hook', answers: true, who: 'ann@laptop pid 7', url })
    expect(asked).toEqual([url])
  })

  it('is found out without writing anything', async () => {
    await bench.run()
    expect(bench.server.trace()).toEqual([`GET ${BOT}`])
  })

  it('comes with the error of a platform that refuses to show the bot', async () => {
    bench.server.next('GET', BOT, { status: 403, json: { error: { message: 'Permission Denied' } } })
    await expect(bench.run()).rejects.toMatchObject({ code: 'DEVHOOK_PERMISSION_DENIED' })
  })
})

describe('a claim', () => {
  it('writes the whole object, changed only in URL and events', async () => {
    bench.documents.bot = withHook({ ...hook, retries: 3, meta: { a: 1 } })
    const { registration, url } = await bench.run()
    await registration.claim(url(), ['message.*'], bench.signal)
    const [patch] = bench.server.calls.filter(({ method }) => method === 'PATCH')
    expect(patch?.body).toEqual({
      webhook: { ...hook, retries: 3, meta: { a: 1 }, url: url(), events: ['message.*'] },
    })
  })

  const kept: readonly (readonly [string, unknown, unknown])[] = [
    ['keeps the events that are registered', hook, ['a.*']],
    ['keeps a registration without events, which means all', { url: SOMEBODY }, undefined],
    ['subscribes to new messages when nothing is registered', null, ['message.create.*']],
    ['keeps events that wait for a URL', { url: null, events: ['b.*'] }, ['b.*']],
  ]
  for (const [title, webhook, events] of kept) {
    it(`without events ${title}`, async () => {
      bench.documents.bot = withHook(webhook) as Record<string, unknown>
      const { registration, url } = await bench.run()
      await registration.claim(url(), null, bench.signal)
      expect(bench.documents.bot).toMatchObject({ webhook: { url: url() } })
      expect((bench.documents.bot['webhook'] as Record<string, unknown>)['events']).toEqual(events)
    })
  }

  it('has its snapshot on disk before the platform hears of it', async () => {
    const { registration, url } = await bench.run()
    const seen: unknown[] = []
    bench.server.on('PATCH', BOT, async () => {
      seen.push(await snapshotOnDisk())
      return undefined
    })
    await registration.takeSnapshot()
    expect(await snapshotOnDisk()).toMatchObject({ urls: [], before: hook, place: { label: 'bot.webhook' } })
    await registration.claim(url(), null, bench.signal)
    expect(seen).toMatchObject([{ urls: [url()], before: hook, writeSentAt: expect.any(Number) }])
    expect(await snapshotOnDisk()).toMatchObject({ urls: [url()], before: hook, writeSentAt: null })
  })

  it('has its snapshot in the hands of whoever keeps a copy before the platform hears of it', async () => {
    const copies: Snapshot[] = []
    const { registration, url } = await bench.run({ snapshotSaving: (snapshot) => void copies.push(snapshot) })
    let atTheWrite: Snapshot | undefined
    bench.server.on('PATCH', BOT, () => {
      atTheWrite = copies.at(-1)
      return undefined
    })
    await registration.claim(url(), null, bench.signal)
    expect(atTheWrite).toMatchObject({ urls: [url()], before: hook, writeSentAt: expect.any(Number) })
    expect(copies.at(-1)).toMatchObject({ urls: [url()], before: hook, writeSentAt: null })
  })

  it('comes again with another URL, recorded first, without a new snapshot', async () => {
    const { registration, url } = await bench.run()
    await registration.claim(url(), null, bench.signal)
    await registration.takeSnapshot()
    const second = url('https://second.ngrok.example')
    bench.server.next('PATCH', BOT, { cut: true }, { cut: true }, { cut: true }, { cut: true })
    await expect(registration.claim(second, null, bench.signal)).rejects.toMatchObject({
      code: 'DEVHOOK_API_UNREACHABLE',
    })
    expect(await snapshotOnDisk()).toMatchObject({ urls: [url(), second], before: hook })
    await registration.claim(second, null, bench.signal)
    expect(bench.documents.bot).toMatchObject({ webhook: { url: second } })
    expect(await registration.restore()).toBe('restored')
    expect(bench.documents.bot).toMatchObject({ webhook: hook })
  })

  it('is tried again while the platform fails, each time after a fresh read', async () => {
    const { registration, url } = await bench.run()
    await registration.takeSnapshot()
    const before = bench.server.calls.length
    const busy = { status: 503, json: {} }
    bench.server.next('PATCH', BOT, busy, { cut: true })
    await registration.claim(url(), null, bench.signal)
    const calls = bench.server.calls.slice(before).map(({ method }) => method)
    expect(calls).toEqual(['GET', 'PATCH', 'GET', 'PATCH', 'GET', 'PATCH', 'GET'])
  })

  it('does not overwrite what somebody else wrote between two tries', async () => {
    const { registration, url } = await bench.run()
    await registration.takeSnapshot()
    const theirs = { url: 'https://theirs.example' }
    const off = bench.server.on('PATCH', BOT, () => {
      off()
      bench.documents.bot = { ...bench.documents.bot, webhook: theirs }
      return { status: 503, json: {} }
    })
    await expect(registration.claim(url(), null, bench.signal)).rejects.toMatchObject({ code: 'DEVHOOK_SUPERSEDED' })
    expect(bench.documents.bot).toMatchObject({ webhook: theirs })
    expect(await registration.restore()).toBe('superseded')
    expect(bench.documents.bot).toMatchObject({ webhook: theirs })
  })

  it('stops when the webhook was changed while the person was asked', async () => {
    const { registration, url } = await bench.run()
    bench.documents.bot = { ...bench.documents.bot, webhook: { url: 'https://user:geheim@theirs.example/' } }
    const claim = registration.claim(url(), null, bench.signal)
    await expect(claim).rejects.toMatchObject({ code: 'DEVHOOK_TAKEN' })
    await expect(claim).rejects.toThrow('points to https://theirs.example/ by now')
    expect(await registration.restore()).toBe('nothing')
  })

  it('stops once somebody else has changed it during the run', async () => {
    const { registration, url } = await bench.run()
    await registration.claim(url(), null, bench.signal)
    expect(await registration.check(bench.signal)).toBe('ours')
    // Back to what it was before counts too: that was not us.
    bench.documents.bot = { ...bench.documents.bot, webhook: hook }
    expect(await registration.check(bench.signal)).toBe('superseded')
    await expect(registration.claim(url(), null, bench.signal)).rejects.toMatchObject({ code: 'DEVHOOK_SUPERSEDED' })
  })

  it('is kept on disk: what was there before is written again at a check when somebody has removed it', async () => {
    const { registration, url } = await bench.run()
    await registration.claim(url(), null, bench.signal)
    const saved = await snapshotOnDisk()
    await rm(bench.folder, { recursive: true })
    expect(await registration.check(bench.signal)).toBe('ours')
    expect(await snapshotOnDisk()).toEqual(saved)
    expect(await registration.restore()).toBe('restored')
    await expect(snapshotOnDisk()).rejects.toThrow('ENOENT')
  })

  it('that does not stick is taken back, and says what was tried', async () => {
    const { registration, url } = await bench.run()
    bench.server.on('PATCH', BOT, ({ body }) =>
      JSON.stringify(body).includes(url()) ? { json: { ok: true } } : undefined,
    )
    const claim = registration.claim(url(), ['message.*'], bench.signal)
    await expect(claim).rejects.toMatchObject({ code: 'DEVHOOK_CLAIM_DID_NOT_STICK' })
    await expect(claim).rejects.toThrow(
      /PATCH \/v2\/bots\/.* was accepted, but bot\.webhook shows https:\/\/bots\.example/,
    )
    await expect(claim).rejects.toThrow('what was there was written back')
    await expect(claim).rejects.not.toThrow('pass')
    expect(bench.server.calls.at(-1)?.body).toEqual({ webhook: hook })
    expect(await registration.restore()).toBe('nothing')
    expect(bench.documents.bot).toEqual(withHook(hook))
  })

  it('that the platform writes in another way sticks all the same', async () => {
    const { registration, address, url } = await bench.run()
    bench.server.on('GET', BOT, () => {
      const text = JSON.stringify(bench.documents.bot)
      return { json: JSON.parse(text.replace(`${address.user}:${address.password}@`, 'dev-hook:***@')) }
    })
    await registration.claim(url(), null, bench.signal)
    expect(await registration.check(bench.signal)).toBe('ours')
    expect(await registration.restore()).toBe('restored')
    expect(bench.documents.bot).toEqual(withHook(hook))
  })

  it('that the platform mangles is put back at the end even if that failed at first', async () => {
    const { registration, url } = await bench.run()
    const mangled = 'https://first.ngrok.example/'
    const off = bench.server.on('PATCH', BOT, () => {
      off()
      bench.documents.bot = withHook({ ...hook, url: mangled }) as Record<string, unknown>
      bench.server.next('PATCH', BOT, { status: 500, json: {} })
      return { json: {} }
    })
    await expect(registration.claim(url(), null, bench.signal)).rejects.toThrow('could not be written back')
    expect(await registration.restore()).toBe('restored')
    expect(bench.documents.bot).toEqual(withHook(hook))
  })

  it('whose challenge failed is not verified', async () => {
    bench.server.next('PATCH', BOT, { status: 403, json: { error: { message: 'The URL could not be verified' } } })
    const { registration, url } = await bench.run()
    await expect(registration.claim(url(), null, bench.signal)).rejects.toMatchObject({ code: 'DEVHOOK_NOT_VERIFIED' })
    expect(await registration.restore()).toBe('nothing')
  })

  it('learns a secret that the platform changes with the write, and puts the old one back', async () => {
    const { registration, url } = await bench.run()
    const off = bench.server.on('PATCH', BOT, ({ body }) => {
      off()
      const { webhook } = body as { webhook: object }
      bench.documents.bot = { ...bench.documents.bot, webhook: { ...webhook, secret: 'secret-new' } }
      return { json: bench.documents.bot }
    })
    await registration.claim(url(), null, bench.signal)
    expect(registration.secret()).toBe('secret-new')
    bench.documents.bot = withHook({ ...hook, url: url(), secret: 'secret-newer' }) as Record<string, unknown>
    expect(await registration.rereadSecret()).toBe('secret-newer')
    expect(registration.secret()).toBe('secret-newer')
    expect(await registration.restore()).toBe('restored')
    expect(bench.documents.bot).toEqual(withHook(hook))
  })

  it('uses the secret of the config when the platform shows none', async () => {
    bench.documents.bot = withHook({ url: SOMEBODY }) as Record<string, unknown>
    const { registration } = await bench.run({ secret: 'mine' })
    expect(registration.secret()).toBe('mine')
    expect(await registration.rereadSecret()).toBe('mine')
  })

  it('can be left by aborting; what it had sent is put back all the same', async () => {
    const { registration, url } = await bench.run()
    await registration.takeSnapshot()
    const stopped = new AbortController()
    let land: () => void = () => {}
    const landing = new Promise<void>((resolve) => {
      land = resolve
    })
    const off = bench.server.on('PATCH', BOT, async ({ body }) => {
      off()
      stopped.abort(new Error('stopped'))
      await landing
      bench.documents.bot = { ...bench.documents.bot, ...(body as object) }
      return { json: {} }
    })
    await expect(registration.claim(url(), null, stopped.signal)).rejects.toThrow('stopped')
    const restored = registration.restore()
    land()
    expect(await restored).toBe('restored')
    expect(bench.documents.bot).toEqual(withHook(hook))
  })

  it('sends nothing any more once the end has begun', async () => {
    const { registration, url } = await bench.run()
    await registration.takeSnapshot()
    expect(await registration.restore()).toBe('nothing')
    await expect(registration.claim(url(), null, bench.signal)).rejects.toMatchObject({ code: 'DEVHOOK_INTERRUPTED' })
    expect(bench.server.calls.every(({ method }) => method === 'GET')).toBe(true)
  })
})
