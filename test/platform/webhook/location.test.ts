// Every location that a webhook may have: found, claimed and put back exactly as it was, with everything around it untouched.
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { Registered } from '../../../src/core/ports.ts'
import { withoutMask } from '../../../src/platform/webhook/hook.ts'
import { type PlatformBench, startPlatformBench } from '../../support/platform/platform-bench.ts'
import { BOT_ID, type DocumentsOptions } from '../../support/platform/sandbox-documents.ts'

const URL_BEFORE = 'https://user:pass@bots.example/hook'
const EVENTS = ['message.create.*.chat', 'conversation.*']
const hook = { url: URL_BEFORE, secret: 'zICWczLmAOEDvh1DiPGSHw==', events: EVENTS }
const bot = { id: BOT_ID, name: 'Jenny', status: 'active', meta: { a: [1, { b: null }] } }
const service = { id: 's1', type: 'webhook', name: 'Prod', organization: 'o1', status: 'active', params: hook }
const unrelated = { id: 's0', type: 'webhook', name: 'Other', status: 'active', params: { url: 'https://x.example' } }

let bench: PlatformBench | undefined
afterEach(async () => {
  await bench?.close()
  bench = undefined
})

interface Case extends DocumentsOptions {
  readonly webhookPath?: string
  /** Where nothing but the webhook is, as the patched document shows it. */
  readonly patched?: object
}

const full: Registered = { url: URL_BEFORE, events: EVENTS, secret: hook.secret, status: null }
const none: Registered = { url: null, events: null, secret: null, status: null }

const registered: readonly (readonly [string, Case, Registered])[] = [
  [
    'an object on the bot',
    { bot: { ...bot, webhook: { ...hook, retries: 3, status: 'active' } } },
    { ...full, status: 'active' },
  ],
  ['an object with verified', { bot: { ...bot, webhook: { ...hook, verified: true } } }, { ...full, status: 'active' }],
  ['an object without events', { bot: { ...bot, webhook: { url: URL_BEFORE } } }, { ...none, url: URL_BEFORE }],
  ['the only entry of hooks', { bot: { ...bot, hooks: [{ id: 'h1', ...hook }] } }, full],
  ['the only entry of webhooks', { bot: { ...bot, webhooks: [hook] } }, full],
  ['the only entry with a URL', { bot: { ...bot, hooks: [{ events: [] }, hook, { secret: 'x' }] } }, full],
  [
    'the entry that the config names',
    { bot: { ...bot, hooks: [{ url: 'https://a.example' }, hook] }, webhookPath: 'hooks.1' },
    full,
  ],
  ['params', { bot: { ...bot, params: { ...hook, port: 5222 } } }, full],
  ['flat fields', { bot: { ...bot, ...hook } }, full],
  [
    'a nested object that the config names',
    { bot: { ...bot, settings: { hook, color: 'red' } }, webhookPath: 'settings.hook' },
    full,
  ],
  [
    'a service with the bot',
    { bot, services: [unrelated, { ...service, bot: BOT_ID }] },
    { ...full, status: 'active' },
  ],
  ['a service with the user', { bot, services: [{ ...service, user: BOT_ID }] }, { ...full, status: 'active' }],
  [
    'a service with params.bot',
    { bot, services: [{ ...service, params: { ...hook, bot: BOT_ID } }] },
    { ...full, status: 'active' },
  ],
  [
    'a later location with a URL before an earlier one without',
    { bot: { ...bot, webhook: null, hooks: [hook] } },
    full,
  ],
]

const empty: readonly (readonly [string, Case, Registered])[] = [
  ['an object that is null', { bot: { ...bot, webhook: null } }, none],
  ['an object that is empty', { bot: { ...bot, webhook: {} } }, none],
  [
    'an object with a secret only',
    { bot: { ...bot, webhook: { secret: 'abcd', status: 'unverified' } } },
    { ...none, secret: 'abcd', status: 'unverified' },
  ],
  ['an object with an empty URL', { bot: { ...bot, webhook: { url: '', events: [] } } }, { ...none, events: [] }],
  ['a list that is empty', { bot: { ...bot, hooks: [] } }, none],
  [
    'a location that the config names and nobody saw',
    { bot: { ...bot, settings: { hook: null } }, webhookPath: 'settings.hook' },
    none,
  ],
]

async function roundTrip(given: Case): Promise<Registered | null> {
  const { webhookPath = null, ...options } = given
  bench = await startPlatformBench(options)
  const { bot: botBefore, services } = structuredClone(bench.documents)
  const { registration, url } = await bench.run({ webhookPath })
  expect(registration.kind).toBe('bot')
  await registration.takeSnapshot()
  await registration.claim(url(), ['message.*'], bench.signal)
  const during = JSON.stringify(bench.documents)
  expect(during).toContain(url())
  expect(during).toContain('"events":["message.*"]')
  expect(await registration.check(bench.signal)).toBe('ours')
  expect(await registration.restore()).toBe('restored')
  expect(bench.documents).toEqual({ bot: botBefore, services })
  expect(bench.codes()).toEqual([])
  return registration.before
}

describe('a webhook', () => {
  for (const [name, given, before] of registered) {
    it(`is found and put back: ${name}`, async () => {
      expect(await roundTrip(given)).toEqual(before)
    })
  }

  for (const [name, given] of empty) {
    it(`is claimed where nothing is registered, and nothing is left: ${name}`, async () => {
      expect(await roundTrip(given)).toBeNull()
    })
  }

  it('leaves what stands around it untouched, whatever that is', async () => {
    const key = fc
      .stringMatching(/^[a-z]{1,8}$/)
      .filter((name) => !['url', 'events', 'secret', 'status', 'verified'].includes(name))
    // A JSON round trip has no -0.
    const around = fc.dictionary(
      key,
      fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown),
      { maxKeys: 4 },
    )
    const shape = fc.constantFrom<(hook: object, around: object) => Case>(
      (inner, more) => ({ bot: { ...more, id: BOT_ID, webhook: { ...more, ...inner, status: 'active' } } }),
      (inner, more) => ({
        bot: {
          ...more,
          id: BOT_ID,
          webhook: undefined,
          hooks: [
            { ...more, secret: 's' },
            { ...more, ...inner },
          ],
        },
      }),
      (inner, more) => ({ bot: { ...more, id: BOT_ID, webhook: undefined, params: { ...more, ...inner } } }),
      (inner, more) => ({
        bot: { ...more, id: BOT_ID, settings: { ...more, hook: { ...more, ...inner } } },
        webhookPath: 'settings.hook',
      }),
      (inner, more) => ({
        bot: { id: BOT_ID },
        services: [
          { ...more, id: 's1', type: 'webhook', status: 'active', bot: BOT_ID, params: { ...more, ...inner } },
        ],
      }),
    )
    await fc.assert(
      fc.asyncProperty(shape, around, async (build, more) => {
        try {
          await roundTrip(build(hook, more))
        } finally {
          await bench?.close()
          bench = undefined
        }
      }),
      { numRuns: 40 },
    )
  })
})

describe('without a location that is certain', () => {
  const manual: readonly (readonly [string, Case, string])[] = [
    ['a bot that shows none', { bot }, 'DEVHOOK_WEBHOOK_UNKNOWN'],
    [
      'two entries with a URL',
      { bot: { ...bot, hooks: [hook, { url: 'https://b.example' }] } },
      'DEVHOOK_WEBHOOK_AMBIGUOUS',
    ],
    [
      'two services of the bot',
      {
        bot,
        services: [
          { ...service, bot: BOT_ID },
          { ...service, id: 's2', bot: BOT_ID },
        ],
      },
      'DEVHOOK_WEBHOOK_AMBIGUOUS',
    ],
    [
      'a service of another type',
      { bot, services: [{ ...service, type: 'twilio', bot: BOT_ID }] },
      'DEVHOOK_WEBHOOK_UNKNOWN',
    ],
    ["a bot's own url", { bot: { ...bot, url: 'https://example.com' } }, 'DEVHOOK_WEBHOOK_UNKNOWN'],
    ['a list of something else', { bot: { ...bot, hooks: ['a', 'b'] } }, 'DEVHOOK_WEBHOOK_UNKNOWN'],
    [
      'a name in the config for something else',
      { bot: { ...bot, webhook: hook }, webhookPath: 'name' },
      'DEVHOOK_WEBHOOK_UNKNOWN',
    ],
    ['a name in the config that leads nowhere', { bot, webhookPath: 'a.b' }, 'DEVHOOK_WEBHOOK_UNKNOWN'],
    [
      'a URL whose password is hidden',
      { bot: { ...bot, webhook: { url: 'https://user:***@bots.example/' } } },
      'DEVHOOK_WEBHOOK_AMBIGUOUS',
    ],
    [
      'a neighbour whose secret is hidden',
      { bot: { ...bot, hooks: [hook, { secret: '••••' }] } },
      'DEVHOOK_WEBHOOK_AMBIGUOUS',
    ],
  ]
  for (const [name, { webhookPath = null, ...options }, code] of manual) {
    it(`the registration is manual, and nothing is ever written: ${name}`, async () => {
      bench = await startPlatformBench(options)
      const { registration, url } = await bench.run({ webhookPath, secret: 'from the config' })
      expect(registration.kind).toBe('manual')
      expect(bench.codes()).toEqual([code])
      await registration.takeSnapshot()
      await registration.claim(url(), null, bench.signal)
      await registration.verify(async () => {}, bench.signal)
      expect(registration.secret()).toBe('from the config')
      expect(await registration.restore()).toBe('nothing')
      expect(bench.server.calls.every(({ method }) => method === 'GET')).toBe(true)
    })
  }

  it('a token that may not list services rules out the services only', async () => {
    bench = await startPlatformBench({ bot })
    bench.server.on('GET', '/v2/services', () => ({ status: 403, json: { error: { message: 'Permission Denied' } } }))
    expect((await bench.run()).registration.kind).toBe('manual')
  })

  it('a manual verification waits for the challenge until it is aborted', async () => {
    bench = await startPlatformBench({ bot })
    const { registration } = await bench.run({ kind: 'manual' })
    const stopped = new AbortController()
    const waiting = registration.verify(
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      stopped.signal,
    )
    stopped.abort(new Error('stopped'))
    await expect(waiting).rejects.toThrow('stopped')
  })
})

describe('a masked secret', () => {
  it('is never written back', () => {
    fc.assert(
      fc.property(fc.constantFrom('***', '••••••••', 'zICW******', '[hidden]'), fc.string(), (secret, url) => {
        expect(withoutMask({ url, secret })).toEqual({ url })
      }),
    )
    expect(withoutMask(hook)).toEqual(hook)
  })

  it('counts as unknown, and the developer is told before and after', async () => {
    const show = (document: object): unknown => JSON.parse(JSON.stringify(document).replaceAll('real-secret', '***'))
    bench = await startPlatformBench({ bot: { ...bot, webhook: { ...hook, secret: 'real-secret' } }, show })
    const { registration, url } = await bench.run({ secret: 'from the config' })
    expect(registration.secret()).toBe('from the config')
    await registration.claim(url(), null, bench.signal)
    expect(bench.codes()).toEqual(['DEVHOOK_SECRET_HIDDEN'])
    expect(await registration.restore()).toBe('restored')
    expect(bench.codes()).toEqual(['DEVHOOK_SECRET_HIDDEN', 'DEVHOOK_RESTORED_IN_PART'])
    expect(JSON.stringify(bench.server.calls.map(({ body }) => body))).not.toContain('***')
  })
})
