// Lists, page by page.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Client, createClient } from '../../../src/platform/api/client.ts'
import { listAll } from '../../../src/platform/api/pages.ts'
import { type ScriptedApi, startScriptedApi } from '../../support/platform/scripted-api.ts'
import { makeToken } from '../../support/platform/tokens.ts'

let server: ScriptedApi
let client: Client

beforeEach(async () => {
  server = await startScriptedApi()
  const throttle = { acquire: async () => {}, pause: () => {} }
  client = createClient({
    apiHost: server.url,
    tokens: { token: makeToken({ _id: 'b1' }) },
    userAgent: 'test',
    throttle,
  })
})
afterEach(async () => {
  await client.close()
  await server.close()
})

const { signal } = new AbortController()
const items = (from: number, to: number): object[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => ({ id: `s${from + i}` }))

async function readAll(): Promise<unknown[]> {
  const all: unknown[] = []
  for await (const item of listAll(client, '/v2/services', { type: 'webhook' }, signal)) all.push(item)
  return all
}

describe('a list', () => {
  it('is read until a page is short', async () => {
    server.on('GET', '/v2/services', ({ query }) => {
      const offset = Number(query.get('offset'))
      return { json: items(offset, Math.min(230, offset + 100)) }
    })
    expect(await readAll()).toEqual(items(0, 230))
    expect(server.calls.map(({ query }) => query.toString())).toEqual([
      'type=webhook&limit=100&offset=0',
      'type=webhook&limit=100&offset=100',
      'type=webhook&limit=100&offset=200',
    ])
  })

  it('follows the link to the next page, whatever the size of a page', async () => {
    server.on('GET', '/v2/services', ({ query }) => {
      const offset = Number(query.get('offset'))
      const link = `<${server.url}/v2/services?offset=${offset + 10}&limit=10>; rel="next"`
      return { json: items(offset, offset + 10), headers: offset < 20 ? { link } : {} }
    })
    expect(await readAll()).toEqual(items(0, 30))
  })

  it('never takes the token to another host', async () => {
    const other = await startScriptedApi()
    server.on('GET', '/v2/services', ({ query }) => {
      const link = `<${other.url}/v2/services?offset=10>; rel="next"`
      return query.get('offset') === '0' ? { json: items(0, 10), headers: { link } } : { json: items(10, 15) }
    })
    expect(await readAll()).toEqual(items(0, 15))
    expect(other.calls).toEqual([])
    await other.close()
  })

  it('ends when the platform gives the same page again', async () => {
    server.on('GET', '/v2/services', () => ({ json: items(0, 100) }))
    expect(await readAll()).toEqual(items(0, 100))
    expect(server.calls).toHaveLength(2)
  })

  it('ends with an error when it never ends', async () => {
    server.on('GET', '/v2/services', ({ query }) => {
      const offset = Number(query.get('offset'))
      return { json: items(offset, offset + 100) }
    })
    await expect(readAll()).rejects.toMatchObject({ code: 'DEVHOOK_API_REFUSED' })
    expect(server.calls).toHaveLength(20)
  })

  it('stops reading when nobody wants more', async () => {
    server.on('GET', '/v2/services', () => ({ json: items(0, 100) }))
    for await (const _ of listAll(client, '/v2/services', {}, signal)) break
    expect(server.calls).toHaveLength(1)
  })

  it('is an error when it is not a list', async () => {
    server.on('GET', '/v2/services', () => ({ json: { items: [] } }))
    const message = 'GET /v2/services did not answer with a list'
    await expect(readAll()).rejects.toMatchObject({ code: 'DEVHOOK_API_NOT_JSON', message })
  })
})
