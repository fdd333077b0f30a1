// Putting back what was there: whole, only if it is still ours, and whatever went wrong before.
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createHookAddress, hookUrl } from '../../../src/core/hook-url.ts'
import { restoreFromSnapshot } from '../../../src/platform/webhook/restore.ts'
import { readSnapshot, type Snapshot, writeSnapshot } from '../../../src/platform/webhook/snapshot.ts'
import { type PlatformBench, startPlatformBench, TUNNEL } from '../../support/platform/platform-bench.ts'
import { BOT_ID } from '../../support/platform/sandbox-documents.ts'
import { makeToken } from '../../support/platform/tokens.ts'
import { eventually } from '../../support/wait.ts'

const BOT = `/v2/bots/${BOT_ID}`
const BEFORE = 'https://bots.example/hook'
const hook = { url: BEFORE, secret: 'secret-before', events: ['a.*'], status: 'active' }
const bot = { id: BOT_ID, name: 'Jenny', webhook: hook }

let bench: PlatformBench
/** Whether the URL from before answers the platform's challenge. */
let answers: boolean | Promise<boolean>
beforeEach(async () => {
  answers = true
  bench = await startPlatformBench({ bot, verify: (url) => url !== BEFORE || answers })
})
afterEach(() => bench.close())

async function claimed() {
  const run = await bench.run()
  await run.registration.claim(run.url(), null, bench.signal)
  return run
}
const leftover = async (): Promise<Snapshot> => {
  const { snapshot } = await readSnapshot(bench.folder)
  if (snapshot === null) throw new Error('no snapshot')
  return snapshot
}
const set = (webhook: unknown): void => {
  bench.documents.bot = { ...bench.documents.bot, webhook }
}
const patches = (): unknown[] => bench.server.calls.flatMap(({ method, body }) => (method === 'PATCH' ? [body] : []))

/** A platform that keeps the text of one bot, and of what is patched in it: it knows nothing of numbers. */
async function textPlatformForTest(start: string, save: (patch: string) => string = (patch) => patch) {
  let text = start
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      // `{"webhook":{…}}` is all that a patch of this bot is.
      if (request.method === 'PATCH') text = `{"id":"${BOT_ID}",${save(body.toString()).slice(1)}`
      response.setHeader('content-type', 'application/json').end(text)
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, text: () => text }
}

describe('a restore', () => {
  it('puts back URL, events, secret and status, and deletes the snapshot', async () => {
    const { registration } = await claimed()
    expect(await registration.restore()).toBe('restored')
    expect(bench.documents.bot).toEqual(bot)
    expect(await readdir(bench.folder)).toEqual([])
    expect(bench.notices).toEqual([])
  })

  it('happens once, however often it is asked for', async () => {
    const { registration } = await claimed()
    const results = await Promise.all([registration.restore(), registration.restore()])
    expect([...results, await registration.restore()]).toEqual(['restored', 'restored', 'restored'])
    expect(patches()).toHaveLength(2)
  })

  it('leaves a registration alone that is not ours any more', async () => {
    const { registration } = await claimed()
    set({ url: 'https://theirs.example' })
    expect(await registration.restore()).toBe('superseded')
    expect(bench.documents.bot).toMatchObject({ webhook: { url: 'https://theirs.example' } })
    expect(await readdir(bench.folder)).toEqual([])
    expect(patches()).toHaveLength(1)
  })

  it('has nothing to do when somebody has put it back already', async () => {
    const { registration } = await claimed()
    set(hook)
    expect(await registration.restore()).toBe('nothing')
    expect(patches()).toHaveLength(1)
  })

  it('has nothing to do before a claim, and leaves nothing', async () => {
    const { registration } = await bench.run()
    expect(await registration.restore()).toBe('nothing')
    const { registration: other } = await bench.run()
    await other.takeSnapshot()
    expect(await other.restore()).toBe('nothing')
    expect(await readdir(bench.folder)).toEqual([])
    expect(patches()).toEqual([])
  })

  it('keeps what others changed around the webhook during the run', async () => {
    const { registration } = await claimed()
    bench.documents.bot = { ...bench.documents.bot, name: 'Renamed' }
    expect(await registration.restore()).toBe('restored')
    expect(bench.documents.bot).toEqual({ ...bot, name: 'Renamed' })
  })

  it('has put the URL back once that is seen, though the platform still waits for a URL that hangs', async () => {
    const { registration } = await claimed()
    let giveUp: (answers: boolean) => void = () => undefined
    answers = new Promise<boolean>((resolve) => {
      giveUp = resolve
    })
    expect(await registration.restore()).toBe('restored')
    expect(bench.documents.bot).toMatchObject({ webhook: { ...hook, status: 'unverified' } })
    expect(bench.codes()).toEqual(['DEVHOOK_RESTORED_UNVERIFIED'])
    expect(await readdir(bench.folder)).toEqual([])
    giveUp(false)
  })

  it('waits for the answer of a platform that saves nothing before it has verified the URL', async () => {
    const { registration } = await claimed()
    const read = bench.documents.bot
    let answer: () => void = () => undefined
    const answered = new Promise<void>((resolve) => {
      answer = resolve
    })
    bench.server.on('PATCH', BOT, async () => {
      await answered
      bench.documents.bot = bot
      return { json: bot }
    })
    const restored = registration.restore()
    // It was read before the write, and again because that was not answered.
    await eventually(() => bench.server.trace().filter((call) => call === `GET ${BOT}`).length >= 6)
    expect(bench.documents.bot).toEqual(read)
    answer()
    expect(await restored).toBe('restored')
    expect(bench.codes()).toEqual([])
  })

  it('puts URL, events and secret back although the old URL does not verify, and says so', async () => {
    const { registration } = await claimed()
    answers = false
    expect(await registration.restore()).toBe('restored')
    expect(bench.documents.bot).toEqual({ ...bot, webhook: { ...hook, status: 'unverified' } })
    expect(bench.codes()).toEqual(['DEVHOOK_RESTORED_UNVERIFIED'])
    expect(await readdir(bench.folder)).toEqual([])
  })

  it('writes it again without a status when the platform takes nothing while it cannot verify', async () => {
    const { registration } = await claimed()
    bench.server.next('PATCH', BOT, { status: 403, json: { error: { message: 'could not be verified' } } })
    const off = bench.server.on('PATCH', BOT, ({ body }) => {
      if ('status' in (body as { webhook: object }).webhook) return undefined
      set({ ...(body as { webhook: object }).webhook, status: 'unverified' })
      return { json: {} }
    })
    bench.server.next('PATCH', BOT, { status: 403, json: { error: { message: 'could not be verified' } } })
    expect(await registration.restore()).toBe('restored')
    off()
    const { status: _, ...plain } = hook
    expect(patches().slice(1)).toEqual([{ webhook: hook }, { webhook: plain }])
    expect(bench.codes()).toEqual(['DEVHOOK_RESTORED_UNVERIFIED'])
  })

  it('that the platform refuses has failed: it says so, and keeps the snapshot', async () => {
    const { registration } = await claimed()
    const off = bench.server.on('PATCH', BOT, () => ({ status: 400, json: { error: { message: 'no' } } }))
    expect(await registration.restore()).toBe('failed')
    off()
    expect(bench.notices).toMatchObject([
      {
        type: 'error',
        code: 'DEVHOOK_NOT_RESTORED',
        remedy: expect.stringMatching(
          /^check the bot id .*, then run `dev-hook restore --bot \w+ --api-host http:\S+`$/,
        ),
      },
    ])
    const snapshot = await leftover()
    const { client, folder, probe, signal } = bench
    expect(await restoreFromSnapshot({ client, snapshot, folder, probe, emit: () => {} }, signal)).toBe('restored')
    expect(bench.documents.bot).toEqual(bot)
    expect(await readdir(folder)).toEqual([])
  })

  it('that the platform accepts without doing it has failed', async () => {
    const { registration } = await claimed()
    bench.server.on('PATCH', BOT, () => ({ json: {} }))
    expect(await registration.restore()).toBe('failed')
    expect(bench.codes()).toEqual(['DEVHOOK_NOT_RESTORED'])
  })

  it('has restored when another dev-hook, which waited for it, has claimed the webhook right after the write', async () => {
    const { registration } = await claimed()
    const off = bench.server.on('PATCH', BOT, ({ body }) => {
      off()
      const answer = { json: { ...bench.documents.bot, ...(body as object) } }
      set({ ...hook, url: hookUrl(TUNNEL, createHookAddress()) })
      return answer
    })
    expect(await registration.restore()).toBe('restored')
    expect(bench.notices).toEqual([])
    expect(await readdir(bench.folder)).toEqual([])
  })

  it('says what could not be put back', async () => {
    const { registration } = await claimed()
    bench.server.on('GET', BOT, () => {
      const { webhook, ...rest } = bench.documents.bot as { webhook: typeof hook }
      return { json: { ...rest, webhook: webhook.url === BEFORE ? { ...webhook, secret: 'regenerated' } : webhook } }
    })
    expect(await registration.restore()).toBe('restored')
    expect(bench.notices).toMatchObject([
      { code: 'DEVHOOK_RESTORED_IN_PART', message: 'bot.webhook was put back, but not its secret' },
    ])
  })

  it('compares what is nested more deeply than the stack allows', async () => {
    const deep = JSON.parse(`${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}`) as unknown
    set({ ...hook, deep })
    const before = JSON.stringify(bench.documents.bot)
    const { registration } = await claimed()
    expect(await registration.restore()).toBe('restored')
    expect(bench.codes()).toEqual([])
    expect(JSON.stringify(bench.documents.bot)).toBe(before)
  })

  it('puts numbers back as they were written, those beyond JavaScript too', async () => {
    const numbers = '"big":12345678901234567890,"huge":1E400,"minus":-0,"list":[1.0,{"x":0.10000000000000000001}]'
    const text = `{"id":"${BOT_ID}","webhook":{"url":"${BEFORE}","events":["a.*"],${numbers},"status":"active"}}`
    const platform = await textPlatformForTest(text)
    const run = await bench.run({ client: bench.connect({ apiHost: platform.url }) })
    await run.registration.claim(run.url(), null, bench.signal)
    expect(platform.text()).toContain(numbers)
    expect(platform.text()).toContain(run.url())
    expect(await run.registration.restore()).toBe('restored')
    expect(platform.text()).toBe(text)
    expect(bench.codes()).toEqual([])
  })

  it('says that a number was not put back as it was', async () => {
    const text = `{"id":"${BOT_ID}","webhook":{"url":"${BEFORE}","big":12345678901234567890}}`
    const platform = await textPlatformForTest(text, (patch) =>
      patch.replace('12345678901234567890', '12345678901234567000'),
    )
    const run = await bench.run({ client: bench.connect({ apiHost: platform.url }) })
    await run.registration.claim(run.url(), null, bench.signal)
    expect(await run.registration.restore()).toBe('restored')
    expect(bench.notices).toMatchObject([{ message: 'bot.webhook was put back, but not its big' }])
  })

  it('gets through a platform that fails for a moment', async () => {
    const { registration } = await claimed()
    const busy = { status: 429, json: {}, headers: { 'retry-after': '0' } } as const
    bench.server.next('GET', BOT, busy)
    bench.server.next('PATCH', BOT, { status: 500, json: {} })
    expect(await registration.restore()).toBe('restored')
    expect(bench.documents.bot).toEqual(bot)
  })

  it('has restored when the write worked and only its answer was lost', async () => {
    const { registration } = await claimed()
    const off = bench.server.on('PATCH', BOT, ({ body }) => {
      off()
      bench.documents.bot = { ...bench.documents.bot, ...(body as object) }
      return { cut: true }
    })
    expect(await registration.restore()).toBe('restored')
    expect(await readdir(bench.folder)).toEqual([])
  })

  it('gives up in time when the platform does not answer', async () => {
    const run = await bench.run({ restoreWithinMs: 300 })
    await run.registration.claim(run.url(), null, bench.signal)
    bench.server.on('GET', BOT, () => new Promise<undefined>(() => {}))
    expect(await run.registration.restore()).toBe('failed')
    expect(bench.notices).toMatchObject([
      { code: 'DEVHOOK_NOT_RESTORED', message: expect.stringContaining('no time left') },
    ])
    expect((await leftover()).urls).toEqual([run.url()])
  })

  it('refreshes a token that has expired meanwhile', async () => {
    const old = makeToken({ _id: BOT_ID })
    const fresh = makeToken({ _id: BOT_ID, iat: 1 })
    const client = bench.connect({ tokens: { token: old, refreshToken: 'refresh' } })
    const run = await bench.run({ client })
    await run.registration.claim(run.url(), null, bench.signal)
    const expired = { status: 401, json: { error: { message: 'jwt expired' } } } as const
    for (const method of ['GET', 'PATCH']) {
      bench.server.on(method, BOT, ({ headers }) => (headers.authorization === `Bearer ${fresh}` ? undefined : expired))
    }
    bench.server.on('POST', '/v2/auth/token', () => ({ status: 201, json: { token: fresh } }))
    expect(await run.registration.restore()).toBe('restored')
    expect(bench.documents.bot).toEqual(bot)
  })

  it('says what to do first when the token is refused', async () => {
    const { registration } = await claimed()
    bench.server.on('GET', BOT, () => ({ status: 401, json: { error: { message: 'jwt expired' } } }))
    expect(await registration.restore()).toBe('failed')
    expect(bench.notices).toMatchObject([
      { remedy: expect.stringMatching(/fresh token.*, then run `dev-hook restore --bot /) },
    ])
  })

  it('does nothing with the token of another host', async () => {
    const run = await claimed()
    const snapshot = { ...(await leftover()), apiHost: 'https://elsewhere.example' }
    const { client, folder, probe, signal, notices } = bench
    const calls = bench.server.calls.length
    expect(
      await restoreFromSnapshot({ client, snapshot, folder, probe, emit: (n) => void notices.push(n) }, signal),
    ).toBe('failed')
    expect(bench.server.calls).toHaveLength(calls)
    expect(JSON.stringify(notices)).not.toContain(run.address.password)
  })
})

describe('another dev-hook', () => {
  const other = hookUrl(TUNNEL, createHookAddress())
  const alive = async () => ({ answers: true, who: 'jo@desk pid 7' })

  it('that did not answer at the start is put back, as it may only sleep', async () => {
    set({ ...hook, url: other })
    const { registration, url } = await bench.run()
    expect(registration.owner).toMatchObject({ is: 'dev-hook', answers: false })
    await registration.claim(url(), null, bench.signal)
    expect(await leftover()).toMatchObject({ before: { ...hook, url: other }, previousUnknown: false })
    expect(await registration.restore()).toBe('restored')
    expect(bench.documents.bot).toEqual({ ...bot, webhook: { ...hook, url: other } })
  })

  it('that answered at the start is put back too', async () => {
    set({ ...hook, url: other })
    const { registration, url } = await bench.run({ probe: alive })
    await registration.claim(url(), null, bench.signal)
    expect(await registration.restore()).toBe('restored')
    expect(bench.documents.bot).toEqual({ ...bot, webhook: { ...hook, url: other } })
  })

  it('that has the webhook at the end keeps it, and what was before is owed', async () => {
    const run = await bench.run({ probe: alive })
    await run.registration.claim(run.url(), null, bench.signal)
    set({ ...hook, url: other })
    expect(await run.registration.restore()).toBe('superseded')
    expect(bench.documents.bot).toMatchObject({ webhook: { url: other } })
    expect(await leftover()).toMatchObject({ before: hook, urls: [run.url()] })
    expect(bench.notices).toMatchObject([
      { type: 'warning', code: 'DEVHOOK_SUPERSEDED', remedy: expect.stringContaining('dev-hook restore --bot') },
    ])
  })

  it.each([
    ['that is gone at the end', { ...hook, url: other }],
    ['that took its URL away', { secret: hook.secret }],
  ])('%s is replaced by what was before', async (_, webhook) => {
    const { registration } = await claimed()
    set(webhook)
    expect(await registration.restore()).toBe('restored')
    expect(bench.documents.bot).toEqual(bot)
    expect(await readdir(bench.folder)).toEqual([])
    expect(bench.codes()).toEqual([])
  })

  it('that claims while it is found out whether the one before it answers is not overwritten', async () => {
    const newer = hookUrl(TUNNEL, createHookAddress())
    const run = await bench.run({
      probe: async (url) => {
        set({ ...hook, url: newer })
        return { answers: url === newer, who: null }
      },
    })
    await run.registration.claim(run.url(), null, bench.signal)
    set({ ...hook, url: other })
    expect(await run.registration.restore()).toBe('superseded')
    expect(bench.documents.bot).toMatchObject({ webhook: { url: newer } })
    expect(await leftover()).toMatchObject({ before: hook })
  })

  it('that is gone has its URL back only once: where there is none by then, it has put back that itself', async () => {
    set({ ...hook, url: other })
    const { registration, url } = await bench.run()
    await registration.claim(url(), null, bench.signal)
    set(null)
    expect(await registration.restore()).toBe('superseded')
    expect(bench.documents.bot).toEqual({ ...bot, webhook: null })
    expect(await readdir(bench.folder)).toEqual([])
  })

  it('that the platform refuses to replace is still there, so the restore has failed', async () => {
    const { registration } = await claimed()
    set({ ...hook, url: other })
    bench.server.on('PATCH', BOT, () => ({ status: 403, json: { error: { message: 'could not be verified' } } }))
    expect(await registration.restore()).toBe('failed')
    expect(await leftover()).toMatchObject({ before: hook })
  })

  it('in a list is found at its entry, and replaced there', async () => {
    const list = [{ url: null, secret: 'x' }, hook]
    bench.documents.bot = { id: BOT_ID, hooks: structuredClone(list) }
    const { registration } = await claimed()
    bench.documents.bot = { id: BOT_ID, hooks: [list[0], { ...hook, url: other }] }
    expect(await registration.restore()).toBe('restored')
    expect(bench.documents.bot).toEqual({ id: BOT_ID, hooks: list })
  })
})

describe('a dead run of this machine whose snapshot cannot be read', () => {
  /** A run that died, with a snapshot that says something else by now. */
  async function withDamagedSnapshot(): Promise<void> {
    await claimed()
    const path = join(bench.folder, 'snapshot.json')
    await writeFile(path, (await readFile(path, 'utf8')).replace(BEFORE, 'https://bots.exampel/hook'))
  }

  it('is not put back: what was there before it is not known, and it has no URL afterwards', async () => {
    await withDamagedSnapshot()
    const { registration, url } = await bench.run()
    expect(registration.owner).toMatchObject({ is: 'dev-hook', answers: false })
    await registration.claim(url(), null, bench.signal)
    expect(await leftover()).toMatchObject({ previousUnknown: true })
    expect(await registration.restore()).toBe('restored')
    expect(bench.documents.bot).toEqual({ ...bot, webhook: { secret: hook.secret, events: hook.events } })
    expect(bench.codes()).toEqual(['DEVHOOK_SNAPSHOT_DAMAGED', 'DEVHOOK_RESTORED_IN_PART'])
  })

  it('leaves nothing at all where the platform takes no webhook without a URL', async () => {
    await withDamagedSnapshot()
    const { registration, url } = await bench.run()
    await registration.claim(url(), null, bench.signal)
    bench.server.next('PATCH', BOT, { status: 400, json: { error: { message: 'url is required' } } })
    expect(await registration.restore()).toBe('restored')
    expect(bench.documents.bot).toEqual({ ...bot, webhook: null })
  })
})

describe('what is owed since another dev-hook had the webhook', () => {
  const other = hookUrl(TUNNEL, createHookAddress())
  const alive = async () => ({ answers: true, who: null })

  async function owed() {
    const run = await bench.run({ probe: alive })
    await run.registration.claim(run.url(), null, bench.signal)
    set({ ...hook, url: other })
    expect(await run.registration.restore()).toBe('superseded')
    bench.notices.length = 0
    return run
  }

  it('is adopted by the next run once that one is gone, and is what was before for both', async () => {
    const first = await owed()
    const { registration, url } = await bench.run()
    expect(registration.owner).toMatchObject({ is: 'dev-hook', answers: false })
    expect(registration.before).toMatchObject({ url: BEFORE })
    expect(bench.codes()).toEqual(['DEVHOOK_LEFTOVER_ADOPTED'])
    await registration.claim(url(), null, bench.signal)
    expect(await leftover()).toMatchObject({ before: hook, urls: [first.url(), url()] })
    expect(await registration.restore()).toBe('restored')
    expect(bench.documents.bot).toEqual(bot)
  })

  it('is adopted where there is no URL any more', async () => {
    await owed()
    set(null)
    const { registration, url } = await bench.run()
    expect(registration.owner).toEqual({ is: 'nobody' })
    await registration.claim(url(), null, bench.signal)
    expect(await registration.restore()).toBe('restored')
    expect(bench.documents.bot).toEqual(bot)
  })

  it('stays owed while that one answers, whatever becomes of the next run', async () => {
    await owed()
    const { registration } = await bench.run({ probe: alive })
    expect(registration.owner).toMatchObject({ is: 'dev-hook', answers: true })
    expect(await registration.restore()).toBe('superseded')
    expect(await leftover()).toMatchObject({ before: hook })
  })

  it('is not overwritten by a run that goes elsewhere', async () => {
    await owed()
    await expect(bench.run({ kind: 'service', probe: alive })).rejects.toMatchObject({ code: 'DEVHOOK_NOT_RESTORED' })
    expect(await leftover()).toMatchObject({ before: hook })
  })

  it.each([
    ['as it was before', hook],
    ['somebody’s on purpose', { url: 'https://theirs.example' }],
  ])('is owed no more once the webhook is %s', async (_, webhook) => {
    await owed()
    set(webhook)
    const { registration } = await bench.run()
    expect(registration.owner).toEqual({ is: 'somebody', url: webhook.url })
    expect(await readdir(bench.folder)).toEqual([])
    expect(bench.codes()).toEqual([])
  })
})

describe('a run that died', () => {
  it('is continued by the next one, which puts back what was there before both', async () => {
    const first = await claimed()
    const { runId } = first.address
    const second = await bench.run()
    expect(second.registration.owner).toEqual({ is: 'us', runId })
    expect(second.registration.before).toMatchObject({ url: BEFORE, status: 'active' })
    expect(bench.codes()).toEqual(['DEVHOOK_LEFTOVER_ADOPTED'])
    await second.registration.takeSnapshot()
    expect(await leftover()).toMatchObject({ runId: second.address.runId, before: hook, urls: [first.url()] })
    await second.registration.claim(second.url(), null, bench.signal)
    expect(bench.documents.bot).toMatchObject({ webhook: { url: second.url(), events: ['a.*'] } })
    expect(await second.registration.restore()).toBe('restored')
    expect(bench.documents.bot).toEqual(bot)
  })

  it('is put back even if the next one ends before its own claim', async () => {
    await claimed()
    const { registration } = await bench.run()
    expect(await registration.restore()).toBe('restored')
    expect(bench.documents.bot).toEqual(bot)
  })

  it('and one after it, and one more, all put back the same', async () => {
    for (const _ of [1, 2, 3]) await claimed()
    const { registration } = await claimed()
    expect(await registration.restore()).toBe('restored')
    expect(bench.documents.bot).toEqual(bot)
  })

  it('between snapshot and claim owes nothing', async () => {
    await (await bench.run()).registration.takeSnapshot()
    const { registration } = await bench.run()
    expect(registration.owner).toEqual({ is: 'somebody', url: BEFORE })
    expect(await readdir(bench.folder)).toEqual([])
  })

  it('and was replaced by somebody since owes nothing', async () => {
    await claimed()
    set({ url: 'https://theirs.example' })
    const { registration } = await bench.run()
    expect(registration.owner).toEqual({ is: 'somebody', url: 'https://theirs.example' })
    expect(await readdir(bench.folder)).toEqual([])
    expect(bench.codes()).toEqual([])
  })

  it('with its claim on its way is put back once that has landed', async () => {
    const run = await bench.run()
    await run.registration.takeSnapshot()
    const snapshot = { ...(await leftover()), urls: [run.url()], writeSentAt: Date.now() - 3_000 }
    let reads = 0
    bench.server.on('GET', BOT, () => {
      reads += 1
      if (reads === 3) set({ ...hook, url: run.url() })
      return undefined
    })
    const { client, folder, probe, signal } = bench
    expect(await restoreFromSnapshot({ client, snapshot, folder, probe, emit: () => {} }, signal)).toBe('restored')
    expect(bench.documents.bot).toEqual(bot)
    expect(await readdir(folder)).toEqual([])
  })

  it('with its claim on its way is adopted by the next one once that has landed', async () => {
    const run = await bench.run()
    await run.registration.takeSnapshot()
    await writeSnapshot(bench.folder, { ...(await leftover()), urls: [run.url()], writeSentAt: Date.now() - 4_500 })
    bench.server.next('GET', BOT, { json: bench.documents.bot })
    set({ ...hook, url: run.url() })
    const next = await bench.run()
    expect(next.registration.owner).toEqual({ is: 'us', runId: run.address.runId })
    expect(await next.registration.restore()).toBe('restored')
    expect(bench.documents.bot).toEqual(bot)
  })

  it('with a second claim on its way is put back again when that lands on the restore', async () => {
    const run = await claimed()
    const snapshot = { ...(await leftover()), writeSentAt: Date.now() - 3_000 }
    let landed = false
    bench.server.on('GET', BOT, () => {
      if (!landed && (bench.documents.bot['webhook'] as typeof hook).url === BEFORE) {
        const answer = { json: bench.documents.bot }
        set({ ...hook, url: run.url('https://second.ngrok.example') })
        landed = true
        return answer
      }
      return undefined
    })
    const { client, folder, probe, signal } = bench
    expect(await restoreFromSnapshot({ client, snapshot, folder, probe, emit: () => {} }, signal)).toBe('restored')
    expect(landed).toBe(true)
    expect(bench.documents.bot).toEqual(bot)
  })

  it('with a claim that may still land keeps its snapshot when there is no time to see', async () => {
    const run = await bench.run()
    await run.registration.takeSnapshot()
    const snapshot = { ...(await leftover()), urls: [run.url()], writeSentAt: Date.now() }
    const { client, folder, probe } = bench
    const result = await restoreFromSnapshot(
      { client, snapshot, folder, probe, emit: () => {} },
      AbortSignal.timeout(600),
    )
    expect(result).toBe('nothing')
    expect(await readdir(folder)).toEqual(['snapshot.json'])
  })

  it('is put back before a run that goes elsewhere', async () => {
    await claimed()
    const { registration } = await bench.run({ kind: 'manual' })
    expect(registration.kind).toBe('manual')
    expect(bench.documents.bot).toEqual(bot)
    expect(await readdir(bench.folder)).toEqual([])
  })

  it('at another host has to be put back there first', async () => {
    await claimed()
    await writeSnapshot(bench.folder, { ...(await leftover()), apiHost: 'https://uat.example' })
    await expect(bench.run()).rejects.toMatchObject({
      code: 'DEVHOOK_NOT_RESTORED',
      remedy: expect.stringContaining('--api-host https://uat.example'),
    })
    expect((await leftover()).apiHost).toBe('https://uat.example')
  })
})
