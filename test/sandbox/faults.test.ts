// Faults of the API: which calls they hit, how often, in which order, and how a call ends by them.
import { describe, expect, it } from 'vitest'
import { type ApiFault, createFaults } from '../../src/sandbox/chaos/faults.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { callApi, sandboxForTest } from '../support/platform/sandboxes.ts'

const getUsers = (sandbox: Sandbox) => callApi(sandbox, 'GET', '/v2/users')

describe('A fault of the API', () => {
  it('hits what it matches, as often as it says', async () => {
    const sandbox = await sandboxForTest()
    sandbox.faults.add({ match: /^GET \/v2\/users/g, times: 2, status: 503, headers: { 'retry-after': '3' } })
    expect(await callApi(sandbox, 'GET', '/v2/bots')).toMatchObject({ status: 200 })
    const hit = await getUsers(sandbox)
    expect([hit.status, hit.headers.get('retry-after')]).toEqual([503, '3'])
    expect((await getUsers(sandbox)).status).toBe(503)
    expect((await getUsers(sandbox)).status).toBe(200)
  })

  it('answers with a page or with JSON, cuts, or is only late, until it is undone', async () => {
    const sandbox = await sandboxForTest()
    const page = sandbox.faults.add({ status: 200, body: '<html>proxy</html>' })
    const html = await getUsers(sandbox)
    expect([html.body, html.headers.get('content-type')]).toEqual(['<html>proxy</html>', 'text/html; charset=utf-8'])
    page[Symbol.dispose]()

    sandbox.faults.add({ times: 1, status: 401, body: { error: { message: 'jwt expired' } } })
    expect((await getUsers(sandbox)).body).toEqual({ error: { message: 'jwt expired' } })

    sandbox.faults.add({ times: 1, cut: true })
    await expect(getUsers(sandbox)).rejects.toThrow()
    expect(sandbox.calls.at(-1)).toMatchObject({ path: '/v2/users', status: null })

    sandbox.faults.add({ delayMs: 60 })
    const before = performance.now()
    expect((await getUsers(sandbox)).status).toBe(200)
    expect(performance.now() - before).toBeGreaterThan(55)
    sandbox.faults.clear()
    expect((await getUsers(sandbox)).status).toBe(200)
  })

  it('can come after the work is done, so that only the answer is lost', async () => {
    const sandbox = await sandboxForTest()
    const rename = (name: string) => callApi(sandbox, 'PATCH', `/v2/bots/${sandbox.botId}`, { name })
    sandbox.faults.add({ match: 'PATCH /v2/bots/*', after: true, times: 1, cut: true })
    await expect(rename('Lost answer')).rejects.toThrow()
    expect(sandbox.bot()).toMatchObject({ name: 'Lost answer' })
    const body = 'Bad gateway, and a longer text than before'.repeat(50)
    sandbox.faults.add({ match: 'PATCH /v2/bots/*', after: true, status: 502, body })
    expect(await rename('Bad answer')).toMatchObject({ status: 502, body: expect.stringMatching(/^Bad gateway/) })
    expect(sandbox.bot()).toMatchObject({ name: 'Bad answer' })
  })
})

describe('A list of faults', () => {
  const statusOf = (faults: readonly ApiFault[], call: string): number | 'as ever' => {
    const list = createFaults()
    for (const fault of faults) list.add(fault)
    const { end } = list.take(call, 'before')
    return end !== null && 'status' in end ? end.status : 'as ever'
  }

  it('comes in its order: one that is used up lets the next one come, and delays add up', () => {
    const faults = createFaults()
    faults.add({ delayMs: 10 })
    faults.add({ status: 503, times: 1, delayMs: 5 })
    const second = faults.add({ status: 500 })
    const take = () => faults.take('GET /v2/bots', 'before')
    expect(take()).toMatchObject({ delayMs: 15, end: { status: 503 } })
    expect(take()).toMatchObject({ delayMs: 10, end: { status: 500 } })
    second[Symbol.dispose]()
    expect(take()).toEqual({ delayMs: 10, end: null })
    faults.clear()
    expect(take()).toEqual({ delayMs: 0, end: null })
  })

  it.each([
    ['POST /v2/conversations/*/messages', 'POST /v2/conversations/5f/messages', 418],
    ['POST /v2/conversations/*/messages', 'POST /v2/conversations/5f/messages?x=1', 418],
    ['POST /v2/conversations/*/messages', 'GET /v2/conversations/5f/messages', 'as ever'],
    ['POST /v2/conversations/*/messages', 'POST /v2/conversations/5f/a/messages', 'as ever'],
    ['/v2/users', 'PATCH /v2/users', 418],
    ['/v2/users', 'GET /v2/users/1', 'as ever'],
    ['* /v2/**', 'DELETE /v2/users/1', 418],
    ['GET /v2/users?name=*', 'GET /v2/users?name=a/b', 'as ever'],
    ['GET /v2/users?name=*', 'GET /v2/users?name=Jenny', 418],
    ['GET /v2/users', 'GET /v2.users', 'as ever'],
  ] as const)('takes %s for %s: %s', (match, call, expected) => {
    expect(statusOf([{ match, status: 418 }], call)).toBe(expected)
  })

  it.each(['', 'v2/users', 'get /v2/users', 'GET', 'GET /a b'])('refuses %j, which matches nothing', (match) => {
    expect(() => createFaults().add({ match, status: 500 })).toThrow(/is not a method and a path/)
  })
})
