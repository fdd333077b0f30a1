// Chaos with a real bot: each word by itself, all of them together, and the same seed again.
import { describe, expect, it } from 'vitest'
import type { ChaosConfig } from '../../../src/sandbox/chaos/chaos-words.ts'
import { getIn } from '../../../src/sandbox/json-path.ts'
import type { SandboxOptions } from '../../../src/sandbox/options.ts'
import { echoBotForTest, recordingBotForTest, sandboxForTest } from '../../support/platform/sandboxes.ts'

const SEED = 42

/** A sandbox with the example bot and a contact; `acts`: what chaos has done so far, `told`: the hints. */
async function sceneForTest(chaos: ChaosConfig | null, options: SandboxOptions = {}) {
  const sandbox = await sandboxForTest({ seed: SEED, scope: 'bot', ...(chaos && { chaos }), ...options })
  const acts: string[] = []
  const told: string[] = []
  sandbox.on((notice) => {
    if (notice.type === 'chaos') acts.push(`${notice.word}: ${notice.message} (seed ${notice.seed})`)
    if (notice.type === 'hint') told.push(`${notice.kind}: ${notice.message}`)
  })
  const bot = await echoBotForTest(sandbox)
  await sandbox.changeRegistration({ url: `http://127.0.0.1:${bot.port}/` })
  const jenny = await sandbox.contact({ name: 'Jenny' })
  return { sandbox, bot, jenny, acts, told }
}

describe('Chaos in deliveries', () => {
  it('delay: each one comes so much later', async () => {
    const { jenny, acts } = await sceneForTest({ delay: 150 })
    const before = performance.now()
    await jenny.say('hi')
    expect(performance.now() - before).toBeGreaterThan(145)
    expect(acts[0]).toBe('delay: message.create.contact.chat "hi" comes 150ms late (seed 42)')
  })

  it('drop: an attempt is lost, and the platform makes another one', async () => {
    const { sandbox, jenny, acts } = await sceneForTest({ drop: 0.5 }, { seed: 3 })
    for (const text of ['1', '2', '3', '4']) expect((await jenny.say(text)).text).toBe(`You said: ${text}`)
    const lost = acts.filter((act) => act.startsWith('drop: message.create.contact.chat "1" is lost on its way'))
    const [first] = sandbox.deliveries
    expect(first?.attempts.slice(0, -1).map((attempt) => 'error' in attempt && attempt.error)).toEqual(
      lost.map(() => 'it was lost on its way (chaos, seed 3)'),
    )
    expect(sandbox.deliveries.some(({ attempts, sent }) => attempts.length > 1 && sent === 1)).toBe(true)
  })

  it('duplicate: it comes again, and a bot that answers again is told of', async () => {
    const { sandbox, jenny, acts, told } = await sceneForTest({ duplicate: 1 })
    await jenny.say('hi')
    await expect.poll(() => jenny.messages.map(({ text }) => text)).toEqual(['hi', 'You said: hi', 'You said: hi'])
    expect(acts[0]).toBe('duplicate: message.create.contact.chat "hi" comes once more (seed 42)')
    expect(told).toEqual(['answeredTwice: the bot said "You said: hi" twice: "hi" had been delivered twice'])
    expect(sandbox.deliveries[0]).toMatchObject({ sent: 2, state: 'delivered' })
  })

  it('says nothing of a bot that says the same again because it was asked the same again', async () => {
    const { jenny, told } = await sceneForTest(null)
    await jenny.say('hi')
    await jenny.say('hi')
    expect(told).toEqual([])
  })

  it('reorder: it comes after the next one of its conversation, or a moment later', async () => {
    const bot = await recordingBotForTest()
    const sandbox = await sandboxForTest({ seed: SEED, chaos: { reorder: 1 }, registered: { url: bot.url } })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    for (const text of ['a', 'b', 'c']) jenny.send(text)
    const heard = await bot.waitFor(3)
    const texts = heard.map(({ body }) => String(getIn(JSON.parse(String(body)), ['data', 'message', 'text'])))
    expect(new Set(texts)).toEqual(new Set(['a', 'b', 'c']))
    expect(texts).not.toEqual(['a', 'b', 'c'])
  })
})

describe('Chaos in calls of the API', () => {
  it('error: a call is not done, and answered 503', async () => {
    const { sandbox, jenny, acts, told } = await sceneForTest({ error: 1 })
    jenny.send('hi')
    await expect
      .poll(() => acts)
      .toContain('error: POST /v2/conversations/:id/messages of the bot is answered 503, and not done (seed 42)')
    await expect
      .poll(() => told)
      .toEqual([
        expect.stringMatching(
          /^botCallFailed: POST \S+ of the bot was answered 503: Service unavailable \(chaos, seed 42\)$/,
        ),
      ])
    sandbox.chaos.set(null)
    expect(jenny.messages.map(({ text }) => text)).toEqual(['hi'])
    expect((await jenny.say('again')).text).toBe('You said: again')
  })

  it('slow: each answer comes so much later, after the work is done', async () => {
    const { sandbox, jenny } = await sceneForTest({ slow: 300 })
    const before = performance.now()
    await jenny.say('hi')
    const said = performance.now() - before
    await expect.poll(() => sandbox.deliveries[0]?.state).toBe('delivered')
    expect(performance.now() - before).toBeGreaterThan(295)
    expect(said).toBeLessThan(performance.now() - before)
  })

  it('expire: the token of the bot expires, and a bot that refreshes it goes on', async () => {
    const { sandbox, jenny, acts } = await sceneForTest({ expire: 0.5 }, { seed: 1 })
    for (const text of ['1', '2', '3', '4']) expect((await jenny.say(text)).text).toBe(`You said: ${text}`)
    expect(acts).toContain('expire: the token of the bot expires at POST /v2/conversations/:id/messages (seed 1)')
    expect(sandbox.calls.some(({ path, status }) => path === '/v2/auth/token' && status === 201)).toBe(true)
  })

  it('leaves alone whoever is not the bot', async () => {
    const { sandbox } = await sceneForTest({ error: 1, expire: 1 })
    const headers = { authorization: `Bearer ${sandbox.others.agent}` }
    expect((await fetch(`${sandbox.api}/v2/conversations`, { headers })).status).toBe(200)
  })
})

describe('A seed', () => {
  const ALL: ChaosConfig = { delay: 5, drop: 0.2, duplicate: 0.3, reorder: 0.2, error: 0.1, slow: 5, expire: 0.2 }

  /** What chaos does to three contacts who say three things each, in whatever order the bot answers them. */
  async function run(seed: number): Promise<readonly string[]> {
    const { sandbox, jenny, acts } = await sceneForTest(ALL, { seed, rateLimit: 1_000 })
    const others = [await sandbox.contact({ name: 'Ann' }), await sandbox.contact({ name: 'Ben' })]
    for (const contact of [jenny, ...others]) for (const n of [1, 2, 3]) contact.send(`${contact.name} ${n}`)
    await sandbox.settled({ timeoutMs: 20_000 })
    return acts.filter((act) => /"(?:Jenny|Ann|Ben) \d"/.test(act)).toSorted()
  }

  it('lets the same things go wrong again, and another one others', async () => {
    const [first, second, other] = [await run(SEED), await run(SEED), await run(SEED + 1)]
    expect(second).toEqual(first)
    expect(first.length).toBeGreaterThan(5)
    expect(other).not.toEqual(first)
  })

  it('is made up where none is given, and said', async () => {
    const [one, other] = [await sandboxForTest(), await sandboxForTest()]
    expect(Number.isSafeInteger(one.chaos.seed)).toBe(true)
    expect([one.chaos.seed, other.chaos.seed]).not.toEqual([0, 0])
  })
})

describe('Chaos', () => {
  it('is switched on, changed and off while the sandbox runs', async () => {
    const { sandbox, jenny, acts } = await sceneForTest(null)
    await jenny.say('hi')
    sandbox.chaos.set({ delay: 20 })
    await jenny.say('late')
    sandbox.chaos.set({ drop: 0 })
    sandbox.chaos.set(null)
    await jenny.say('bye')
    expect(acts.filter((act) => !act.includes('You said'))).toEqual([
      'null: delay=20ms from now on (seed 42)',
      'delay: message.create.contact.chat "late" comes 20ms late (seed 42)',
      'null: drop=0 from now on (seed 42)',
      'null: off from now on (seed 42)',
    ])
    expect(sandbox.chaos.current()).toBeNull()
  })
})
