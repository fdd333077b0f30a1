import { EventEmitter, once } from 'node:events'
import { readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DevHookError } from '../../src/core/errors.ts'
import type { Replayed } from '../../src/core/ports.ts'
import { readAddress } from '../../src/inspector/address.ts'
import { createInspectorClient } from '../../src/inspector/client.ts'
import type { Handlers, OutputOf } from '../../src/inspector/operations/table.ts'
import { folderForTest } from '../support/folder.ts'
import { fakeHandlers } from '../support/inspector/fake-handlers.ts'
import { inspectorForTest } from '../support/inspector/open-inspector.ts'
import { exchange } from '../support/network/raw-http.ts'
import { eventually } from '../support/wait.ts'

const REPLAYED: Replayed = { id: 'd1', n: 2, outcome: 'answered', status: 200, ms: 45, reason: null }
const STATUS: OutputOf<'status'> = {
  version: '1.0.0',
  pid: 1,
  botId: 'bot1',
  profile: null,
  folder: 'bot',
  emulated: false,
  url: null,
  target: 'http://127.0.0.1:3000/',
  api: 'https://api.web1on1.chat',
  bot: 'ready',
  tunnel: 'online',
  registration: { kind: 'bot', before: { url: 'https://bots.example.com/', events: null, status: 'active' } },
  holding: null,
  paused: false,
  replayOnSave: null,
  only: null,
  waiting: 0,
  inFlight: 1,
  deliveries: 3,
  delivered: 2,
  held: 1,
  longestHoldMs: 10,
  undelivered: 0,
  interrupted: 0,
  unrouted: 0,
  passed: 0,
  ignored: 0,
}

async function replaysForTest(replay: Handlers<'replay'>['replay'] = async () => REPLAYED) {
  const opened = await inspectorForTest({ handlers: fakeHandlers({ replay, status: async () => STATUS }) })
  const json = { 'Content-Type': 'application/json' }
  const post = (body: string, headers: Readonly<Record<string, string | null>> = json) =>
    opened.send('POST /api/replay', headers, body)
  return { ...opened, post, client: createInspectorClient(opened.address) }
}

describe('The inspector', () => {
  it('is found through a file that only its user may read, and that goes with it', async () => {
    const { folder, inspector, address } = await replaysForTest()
    expect(address).toEqual({ runId: 'run1', port: inspector.port, token: expect.stringMatching(/^[\w-]{32}$/) })
    if (process.platform !== 'win32') expect((await stat(join(folder, 'inspector.json'))).mode & 0o777).toBe(0o600)
    await inspector.close()
    expect(await readAddress(folder)).toBeNull()
    await expect(readFile(join(folder, 'inspector.json'))).rejects.toThrow('ENOENT')
    await expect(exchange(inspector.port, '')).rejects.toThrow('ECONNREFUSED')
  })

  it('is found again when its folder was removed during the run', async () => {
    const { folder, address, inspector } = await inspectorForTest({ keepAddressMs: 5 })
    // At one stroke: it is looked for all the while.
    await rename(folder, join(await folderForTest(), 'removed'))
    await eventually(async () => (await readAddress(folder)) !== null)
    expect(await readAddress(folder)).toEqual(address)
    await inspector.close()
    expect(await readAddress(folder)).toBeNull()
  })

  it('says what the run is doing', async () => {
    const { send } = await replaysForTest()
    const answer = await send('GET /api/status')
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.body.toString())).toEqual(STATUS)
  })

  it('answers its first requests, however many come at once', async () => {
    const { send } = await replaysForTest()
    const answers = await Promise.all(Array.from({ length: 8 }, () => send('GET /api/status')))
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200))
  })

  it('replays, and gives the attempt back', async () => {
    const asked: unknown[] = []
    const { client, post } = await replaysForTest(async ({ id, body }) => {
      asked.push([id, body])
      return REPLAYED
    })
    expect(await client.call('replay', { id: 'd1' })).toEqual(REPLAYED)
    expect(await client.call('replay', { id: 'd1', body: '"é"' })).toEqual(REPLAYED)
    expect((await post('{"id":"d2"}')).status).toBe(200)
    expect(asked).toEqual([
      ['d1', null],
      ['d1', '"é"'],
      ['d2', null],
    ])
  })

  it('gives the errors of the run to whoever asked', async () => {
    const { client } = await replaysForTest(async () => {
      throw new DevHookError('replayRefused', 'not now', { remedy: 'later' })
    })
    await expect(client.call('replay', { id: 'd1' })).rejects.toMatchObject({
      code: 'DEVHOOK_REPLAY_REFUSED',
      message: 'not now',
      remedy: 'later',
    })
  })

  it('takes a body as long as a delivery may be, and none that is longer', async () => {
    const { client } = await replaysForTest(async ({ body }) => ({ ...REPLAYED, n: body?.length ?? 0 }))
    const longest = 10 * 1024 * 1024
    // JSON makes two bytes of a quote, and six of a control character.
    const replay = (body: string) => client.call('replay', { id: 'd1', body })
    for (const character of ['"', '\u0001']) expect((await replay(character.repeat(longest))).n).toBe(longest)
    await expect(replay('a'.repeat(longest + 1))).rejects.toThrow('`body` is longer than 10485760 characters')
    await expect(replay('a'.repeat(7 * longest))).rejects.toBeInstanceOf(DevHookError)
  })

  it('hears when whoever asked does not wait any longer', async () => {
    const { replay, asked, gone } = neverEnding()
    const { client } = await replaysForTest(replay)
    const leaving = new AbortController()
    const asking = client.call('replay', { id: 'd1' }, leaving.signal)
    await asked
    leaving.abort()
    await expect(asking).rejects.toBeInstanceOf(DevHookError)
    await gone
  })

  it('closes although somebody still waits', async () => {
    const { replay, asked } = neverEnding()
    const { inspector, client } = await replaysForTest(replay)
    const asking = client.call('replay', { id: 'd1' })
    await asked
    await Promise.all([expect(asking).rejects.toMatchObject({ code: 'DEVHOOK_RUN_UNREACHABLE' }), inspector.close()])
  })
})

/** A replay that waits until it is taken back, and longer. */
function neverEnding() {
  const steps = new EventEmitter()
  const replay: Handlers<'replay'>['replay'] = (_input, signal) =>
    new Promise(() => {
      steps.emit('asked')
      signal.addEventListener('abort', () => steps.emit('gone'))
    })
  return { replay, asked: once(steps, 'asked'), gone: once(steps, 'gone') }
}

describe('The door of the inspector', () => {
  it.each([
    ['no token', { Authorization: null }, 401],
    ['a wrong token', { Authorization: `Bearer ${'A'.repeat(32)}` }, 401],
    ['another scheme', { Authorization: 'Basic YTpi' }, 401],
    ['a name that somebody let point here', { Host: 'evil.example.com' }, 403],
    ['another port in the name', { Host: '127.0.0.1:1' }, 403],
    ['no name', { Host: '' }, 403],
    ['the origin of another site', { Origin: 'https://evil.example.com' }, 403],
    ['an origin of this machine that is not ours', { Origin: 'http://localhost:3000' }, 403],
    ['an opaque origin', { Origin: 'null' }, 403],
  ] as const)('is closed to a request with %s', async (_, headers, status) => {
    let asked = false
    const { post } = await replaysForTest(async () => {
      asked = true
      return REPLAYED
    })
    const answer = await post('{"id":"d1"}', { 'Content-Type': 'application/json', ...headers })
    expect(answer.status).toBe(status)
    expect(answer.headers.map((name) => name.toLowerCase())).not.toContain('access-control-allow-origin')
    expect(asked).toBe(false)
  })

  it('is open to its own page, by both names of this machine', async () => {
    const { send, address } = await replaysForTest()
    for (const name of [`127.0.0.1:${address.port}`, `localhost:${address.port}`]) {
      const answer = await send('GET /api/status', { Host: name, Origin: `http://${name}` })
      expect(answer.status).toBe(200)
    }
  })

  it('gives no other site leave to ask', async () => {
    const { send } = await replaysForTest()
    const asking = { Origin: 'https://evil.example.com', 'Access-Control-Request-Method': 'POST', Authorization: null }
    const answer = await send('OPTIONS /api/replay', asking)
    expect(answer.status).toBe(403)
    expect(answer.headers.join().toLowerCase()).not.toContain('access-control')
  })

  it.each([
    ['{"id":"d1"}', 'text/plain', 415],
    ['{"id":', 'application/json', 400],
    ['{"body":"x"}', 'application/json', 400],
    ['{"id":"d1","more":1}', 'application/json', 400],
    ['{"id":"d1","body":{}}', 'application/json', 400],
    ['{"id":"d1","body":null}', 'application/json', 400],
    ['{"id":1}', 'application/json', 400],
    ['null', 'application/json', 400],
  ])('refuses %s as %s', async (body, type, status) => {
    const { post } = await replaysForTest()
    const answer = await post(body, { 'Content-Type': type })
    expect(answer.status).toBe(status)
    expect(answer.body.toString()).toMatch(/"message":"[^"]{5,}/)
  })

  it('refuses what is longer than any request with a sentence, before it is read', async () => {
    const { post } = await replaysForTest()
    const answer = await post('{', { 'Content-Type': 'application/json', 'Content-Length': String(2 ** 40) })
    expect(answer.status).toBe(413)
    expect(answer.body.toString()).toMatch(/"message":"[^"]{5,}"/)
  })

  it('tells a stranger on the port from a run', async () => {
    const { address } = await replaysForTest()
    const stranger = createInspectorClient({ ...address, token: 'x' })
    await expect(stranger.call('replay', { id: 'd1' })).rejects.toMatchObject({ code: 'DEVHOOK_RUN_UNREACHABLE' })
  })
})
