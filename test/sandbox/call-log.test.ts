// What the sandbox remembers of calls: bounded by the room that bodies take.
import { expect, it } from 'vitest'
import { createCallLog } from '../../src/sandbox/call-log.ts'
import { callApi, sandboxForTest } from '../support/platform/sandboxes.ts'

const MIB = 1024 * 1024

it('The log of calls forgets the oldest bodies, of what was sent as well as answered, beyond 16 MiB', () => {
  const log = createCallLog()
  const call = { at: 0, ms: 1, method: 'POST', path: '/v2/contacts', status: 400, by: null }
  const sent = { name: 'Jenny' }
  log.add({ ...call, body: sent, bodyBytes: 8 * MIB, responseText: '{"error":{"message":"no"}}' })
  log.add({ ...call, body: sent, bodyBytes: 7 * MIB, responseText: '{}' })
  expect(log.calls.map(({ body }) => body)).toEqual([sent, sent])
  log.add({ ...call, body: sent, bodyBytes: 2 * MIB, responseText: '{}' })
  expect(log.calls.map(({ body, response }) => ({ body, response }))).toEqual([
    { body: null, response: null },
    { body: sent, response: {} },
    { body: sent, response: {} },
  ])
})

it('A call is remembered with the bytes of its body, so that a bot that sends much without an answer fills no memory', async () => {
  const sandbox = await sandboxForTest()
  const name = 'x'.repeat(MIB - 100)
  for (let n = 0; n < 17; n += 1) await callApi(sandbox, 'POST', '/v2/services', { name })
  expect(sandbox.calls.map(({ body }) => body === null)).toEqual([true, ...Array(16).fill(false)])
})
