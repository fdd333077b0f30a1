import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedactor } from '../../src/core/text/redact.ts'
import { redactRecord } from '../../src/doctor/dump.ts'
import { startCli } from '../support/cli/cli.ts'
import { callApi, sandboxForTest } from '../support/platform/sandboxes.ts'
import { worldForTest } from '../support/world.ts'

const { redact } = createRedactor(['known-secret'])

describe('The dump of a bot’s record', () => {
  it('takes out what is secret by its key, its shape or its value, and keeps the shape', () => {
    const record = {
      id: '1',
      name: 'Echo',
      email: 'jenny.jones@example.com',
      webhook: {
        url: 'https://user:pass@h.example/p?key=abc&b=',
        secret: 'abc',
        events: ['message.*'],
        verified: true,
      },
      hooks: [{ Secret: null, accessToken: 'x', apiKey: 7 }],
      tokens: [{ value: 'abc', expires: 5 }],
      meta: { note: 'it is known-secret', jwt: 'eyJhbGciOiJI.eyJfaWQiOiIx.abc', passwordSet: true },
    }
    expect(redactRecord(record, redact)).toEqual({
      id: '1',
      name: 'Echo',
      email: '[redacted]@example.com',
      webhook: {
        url: 'https://user:[redacted]@h.example/p?key=[redacted]&b=',
        secret: '[redacted]',
        events: ['message.*'],
        verified: true,
      },
      hooks: [{ Secret: null, accessToken: '[redacted]', apiKey: '[redacted]' }],
      tokens: [{ value: '[redacted]', expires: '[redacted]' }],
      meta: { note: 'it is [redacted]', jwt: '[redacted]', passwordSet: true },
    })
  })

  it('never lets a known secret through, wherever it stands', () => {
    const leaf = fc.oneof(
      fc.constant('known-secret'),
      fc.string().map((text) => `${text}known-secret${text}`),
      fc.integer(),
      fc.constant(null),
    )
    const { record } = fc.letrec((tie) => ({
      record: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie('record')), fc.dictionary(fc.string(), tie('record'))),
    }))
    fc.assert(
      fc.property(record, (value) => {
        expect(JSON.stringify(redactRecord(value, redact)) ?? '').not.toContain('known-secret')
      }),
    )
  })

  it('is the only thing on stdout with --dump-bot', async () => {
    const world = await worldForTest()
    const cli = await startCli({ args: ['doctor', '--dump-bot'], env: world.env })
    const { code, stdout } = await cli.ended
    expect(JSON.parse(stdout)).toMatchObject({ id: world.platform.botId, webhook: { secret: '[redacted]' } })
    expect(stdout).not.toContain(world.platform.secret())
    expect(code).toBe(0)
  })

  it('is whole in a pipe, however long it is', async () => {
    const sandbox = await sandboxForTest()
    const notes = Array.from({ length: 20_000 }, (_, n) => `note ${n}`)
    await callApi(sandbox, 'PATCH', `/v2/bots/${sandbox.botId}`, { notes })
    const cli = await startCli({ args: ['doctor', '--dump-bot'], env: { APIHOST: sandbox.api, TOKEN: sandbox.token } })
    const { code, stdout } = await cli.ended
    expect(JSON.parse(stdout)).toEqual(redactRecord(sandbox.bot(), redact))
    expect(JSON.parse(stdout)).toMatchObject({ notes })
    expect(code).toBe(0)
  })

  it('ends with the error of what kept the record from being read', async () => {
    const cli = await startCli({ args: ['doctor', '--dump-bot'] })
    const { code, stdout, stderr } = await cli.ended
    expect(stdout).toBe('')
    expect(stderr).toContain('DEVHOOK_TOKEN_MISSING')
    expect(code).toBe(2)
  })
})
