// Deliveries of others, from the pipeline through real sockets to whoever had the webhook before.
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Options } from '../../../../src/config/options.ts'
import type { Attempt, Delivery, Reply } from '../../../../src/core/delivery.ts'
import { headerOf, headerPairs } from '../../../../src/core/http/raw-headers.ts'
import { type FormerReceiver, formerReceiver } from '../../../../src/daemon/traffic/others/former-receiver.ts'
import { createOthers } from '../../../../src/daemon/traffic/others/others.ts'
import { createReplies } from '../../../../src/daemon/traffic/replies.ts'
import { createPasser, type Passer } from '../../../../src/delivery/passer.ts'
import { checkSignature, sign } from '../../../../src/protocol/signature.ts'
import { anAttempt } from '../../../support/attempts.ts'
import { openRawBot } from '../../../support/bot/raw-bot.ts'
import { createFakeJournal } from '../../../support/daemon/fakes.ts'
import { SECRET, type TrafficWithBot, trafficWithBot } from '../../../support/daemon/traffic-with-bot.ts'
import { aDelivery } from '../../../support/deliveries.ts'
import { createFakeClock, type FakeClock } from '../../../support/fake-clock.ts'
import { freePort } from '../../../support/free-port.ts'
import { recordingBotForTest } from '../../../support/platform/sandboxes.ts'

const CONFIG = { secret: null, apiHost: 'http://127.0.0.1:1' }

const bodyOf = (conversation: string, text: string, id = `${conversation} ${text}`): Buffer =>
  Buffer.from(
    JSON.stringify({
      id,
      event: 'message.create.contact.chat',
      data: { conversation: { id: conversation }, message: { id, role: 'contact', text } },
    }),
  )

const signed = (body: Buffer, given: Partial<Delivery> = {}): Delivery =>
  aDelivery({
    ...given,
    body,
    headers: ['Content-Type', 'application/json', 'X-Hub-Signature', sign(body, SECRET), ...(given.headers ?? [])],
  })

const registrationAt = (url: string | null, secret: string | null = SECRET) => ({
  owner: { is: 'nobody' } as const,
  former: () => (url === null ? null : { url, events: null, status: null, secret }),
})

async function setUp(former: () => FormerReceiver | null, given: Options = {}): Promise<TrafficWithBot> {
  const opened = await trafficWithBot('', { only: ['text:mine'], ...given }, { former })
  opened.traffic.queue.release()
  return opened
}

/** Takes a delivery that is not for this bot, from whoever passes it on. */
function takeWith(passer: Passer, clock: FakeClock): Promise<Reply> | null {
  const journal = createFakeJournal()
  const others = createOthers({
    ownership: { isMine: () => false, owns: () => false },
    passer,
    former: () => formerReceiver(registrationAt('https://bots.example/hook'), CONFIG),
    secret: () => SECRET,
    runId: 'run',
    journal,
    replies: createReplies(journal),
    emit: () => undefined,
    clock,
  })
  const label = { event: null, platformId: null, conversation: 'a', text: null }
  return others.take({ delivery: signed(bodyOf('a', 'hello')), label, key: null, since: clock.now() })
}

describe('With --only', () => {
  it('takes what matches, and passes the rest on byte for byte, with the answer back', async () => {
    const receiver = await recordingBotForTest()
    receiver.answerWith({ status: 201, headers: { 'X-Answer': 'theirs' }, body: '{"messages":[]}' })
    const url = `${receiver.url.replace('://', '://us%40er:p%3Aw@')}/hook?key=1`
    const { bot, arrive, journal, notices } = await setUp(() => formerReceiver(registrationAt(url), CONFIG))
    const theirs = signed(bodyOf('a', 'h\u00e9llo'), {
      search: '?x=%20y',
      headers: ['x-Odd-CASE', 'a', 'x-Odd-CASE', 'b', 'X-Forwarded-Host', 'tunnel.example', 'Connection', 'keep-alive'],
    })
    const answer = await arrive(theirs)
    const mine = signed(bodyOf('b', 'this is mine'))
    expect((await arrive(mine)).status).toBe(200)

    expect(answer.status).toBe(201)
    expect(headerOf(answer.headers, 'x-answer')).toBe('theirs')
    expect(answer.body.toString()).toBe('{"messages":[]}')
    const [request] = receiver.deliveries()
    expect(receiver.deliveries()).toHaveLength(1)
    expect(request?.url).toBe('/hook?key=1&x=%20y')
    expect(request?.body.equals(theirs.body)).toBe(true)
    const sent = headerPairs(request?.rawHeaders ?? [])
    expect(sent.filter(([name]) => !/^(?:host|connection|content-length)$/i.test(name))).toEqual([
      ['Content-Type', 'application/json'],
      ['X-Hub-Signature', sign(theirs.body, SECRET)],
      ['x-Odd-CASE', 'a'],
      ['x-Odd-CASE', 'b'],
      ['authorization', `Basic ${Buffer.from('us@er:p:w').toString('base64')}`],
    ])
    expect(bot.deliveries().map(({ body }) => body.toString())).toEqual([mine.body.toString()])
    expect(journal.settled.get(theirs.id)).toBe('passed')
    expect(journal.settled.get(mine.id)).toBe('delivered')
    expect(notices.filter(({ type }) => type === 'delivery' || type === 'passed')).toMatchObject([
      { type: 'delivery', id: theirs.id, whose: 'passed' },
      { type: 'passed', id: theirs.id, status: 201 },
      { type: 'delivery', id: mine.id, whose: 'mine' },
    ])
  })

  it('takes a conversation that has matched once from then on, after what of it is still under way to the others', async () => {
    const receiver = await recordingBotForTest()
    let isAnswered = false
    receiver.answerWith({ delayMs: 100 })
    const { bot, arrive } = await setUp(() => formerReceiver(registrationAt(receiver.url), CONFIG))
    const first = arrive(signed(bodyOf('a', 'hello'))).then(() => {
      isAnswered = true
    })
    await receiver.waitFor(1)
    let order: boolean | null = null
    bot.answerWith(() => {
      order ??= isAnswered
      return { status: 200 }
    })
    await Promise.all([
      arrive(signed(bodyOf('a', 'now it is mine'))),
      arrive(signed(bodyOf('a', 'and so is this'))),
      arrive(signed(bodyOf('b', 'not this'))),
      first,
    ])
    expect(order).toBe(true)
    expect(bot.deliveries().map(({ body }) => JSON.parse(body.toString()).data.message.text)).toEqual([
      'now it is mine',
      'and so is this',
    ])
    expect(receiver.deliveries()).toHaveLength(2)
  })

  it('brings a delivery to the bot once, although it came again while it waited for what is passed on', async () => {
    const receiver = await recordingBotForTest()
    receiver.answerWith({ delayMs: 100 })
    const { bot, arrive, notices } = await setUp(() => formerReceiver(registrationAt(receiver.url), CONFIG))
    const first = arrive(signed(bodyOf('a', 'hello')))
    await receiver.waitFor(1)
    const mine = bodyOf('a', 'now it is mine')
    const [, one, again] = await Promise.all([first, arrive(signed(mine)), arrive(signed(mine))])
    expect([one.status, again.status]).toEqual([200, 200])
    expect(bot.deliveries()).toHaveLength(1)
    expect(notices).toContainEqual(expect.objectContaining({ type: 'delivery', redelivery: expect.any(String) }))
  })

  it('passes a redelivery on again, also once its conversation has become mine, and never what was mine', async () => {
    const receiver = await recordingBotForTest()
    const { bot, arrive, notices } = await setUp(() => formerReceiver(registrationAt(receiver.url), CONFIG))
    receiver.answerWith({ status: 503 })
    const hello = bodyOf('a', 'hello')
    expect((await arrive(signed(hello))).status).toBe(503)
    receiver.answerWith({ status: 200 })
    await arrive(signed(bodyOf('a', 'mine')))
    expect((await arrive(signed(hello))).status).toBe(200)
    await arrive(signed(bodyOf('a', 'mine')))
    expect(receiver.deliveries().map(({ body }) => body.toString())).toEqual([hello.toString(), hello.toString()])
    expect(bot.deliveries()).toHaveLength(1)
    const deliveries = notices.filter((notice) => notice.type === 'delivery')
    expect(deliveries.map(({ whose, redelivery }) => [whose, redelivery !== undefined])).toEqual([
      ['passed', false],
      ['mine', false],
      ['passed', true],
      ['mine', true],
    ])
  })

  it('tells the platform to come again when the receiver refuses, or breaks', async () => {
    const port = await freePort()
    const raw = await openRawBot({ onRequest: ({ socket }) => socket.destroy() })
    onTestFinished(() => raw.close())
    let url = `http://127.0.0.1:${port}`
    const { arrive, journal, notices } = await setUp(() => formerReceiver(registrationAt(url), CONFIG))
    const refused = signed(bodyOf('a', '1'))
    expect((await arrive(refused)).status).toBe(502)
    url = `http://127.0.0.1:${raw.port}`
    expect((await arrive(signed(bodyOf('a', '2')))).status).toBe(502)
    expect(raw.requests).toHaveLength(1)
    expect(journal.settled.get(refused.id)).toBe('passed')
    expect(notices.filter(({ type }) => type === 'passed')).toMatchObject([
      { status: 502, reason: expect.stringContaining('ECONNREFUSED') },
      { status: 502 },
    ])
  })

  it('tells the platform to come again when the receiver is too late', async () => {
    const clock = createFakeClock()
    const attempt = anAttempt('cancelled', { reason: 'too late', sent: true })
    let cancel: () => void = () => undefined
    const done = new Promise<Attempt>((resolve) => {
      cancel = () => resolve(attempt)
    })
    const answer = takeWith({ pass: () => ({ done, cancel }), close: async () => undefined }, clock)
    await clock.pass(18_000)
    expect((await answer)?.status).toBe(504)
  })

  it('tells the platform to come again when the proxy to the receiver is not a URL', async () => {
    const passer = createPasser({ http: null, https: 'http://me:50%@127.0.0.1:9', except: [] })
    const answer = await takeWith(passer, createFakeClock())
    expect(answer?.status).toBe(502)
    expect(answer?.body.toString()).toContain('the proxy cannot be used')
  })

  it('signs with the secret of before what was signed rightly, and nothing else', async () => {
    const receiver = await recordingBotForTest()
    const { arrive } = await setUp(() => formerReceiver(registrationAt(receiver.url, 'the one before'), CONFIG), {
      signature: 'warn',
    })
    const body = bodyOf('a', '1')
    await arrive(signed(body))
    await arrive({ ...signed(body), headers: ['X-Hub-Signature', sign(body, 'forged')] })
    await arrive({ ...signed(body), headers: ['A', 'b'] })
    const [right, forged, unsigned] = receiver.deliveries().map(({ rawHeaders }) => rawHeaders)
    expect(checkSignature(right ?? [], body, 'the one before')).toBe('right')
    expect(checkSignature(forged ?? [], body, 'forged')).toBe('right')
    expect(checkSignature(unsigned ?? [], body, 'the one before')).toBe('missing')
  })

  it('answers 200 to what nobody is there for, and records it as ignored', async () => {
    const { bot, arrive, journal, traffic } = await setUp(() => formerReceiver(registrationAt(null), CONFIG))
    const delivery = signed(bodyOf('a', 'hello'))
    expect((await arrive(delivery)).status).toBe(200)
    expect(journal.settled.get(delivery.id)).toBe('ignored')
    expect(bot.requests).toEqual([])
    expect(traffic.totals()).toMatchObject({ deliveries: 0, passed: 0, ignored: 1 })
  })

  it('refuses what has come through here before, so that it goes round no circle', async () => {
    const receiver = await recordingBotForTest()
    const hook = `${receiver.url}/dev-hook/${'0'.repeat(32)}`
    const { arrive, notices } = await setUp(() => formerReceiver(registrationAt(hook), CONFIG))
    await arrive(signed(bodyOf('a', '1'), { headers: ['x-dev-hook-via', 'first'] }))
    const [passed] = receiver.deliveries()
    expect(headerOf(passed?.rawHeaders ?? [], 'x-dev-hook-via')).toBe('first run')
    const again = await arrive(signed(bodyOf('a', '1'), { headers: ['X-Dev-Hook-Via', 'first run second'] }))
    expect(again.status).toBe(508)
    expect(receiver.deliveries()).toHaveLength(1)
    expect(notices).toContainEqual(expect.objectContaining({ type: 'warning', code: 'DEVHOOK_PASS_LOOP' }))
  })

  it('keeps for this bot what was made here, and challenges for dev-hook', async () => {
    const receiver = await recordingBotForTest()
    const { bot, traffic, arrive } = await setUp(() => formerReceiver(registrationAt(receiver.url), CONFIG))
    const made = signed(bodyOf('a', 'hello'))
    expect((await traffic.pipeline.accept(made, performance.now(), undefined, true)).status).toBe(200)
    expect(bot.deliveries()).toHaveLength(1)
    const challenge = aDelivery({ method: 'GET', search: '?type=subscribe&challenge=abc', body: Buffer.alloc(0) })
    expect((await arrive(challenge)).body.toString()).toBe('abc')
    expect(receiver.requests).toEqual([])
  })

  it('tells the platform at the end to come again with what the receiver has not answered', async () => {
    const receiver = await recordingBotForTest()
    receiver.answerWith('hang')
    const { traffic, arrive } = await setUp(() => formerReceiver(registrationAt(receiver.url), CONFIG))
    const answer = arrive(signed(bodyOf('a', 'hello')))
    await receiver.waitFor(1)
    await traffic.pipeline.end()
    expect((await answer).status).toBe(503)
  })
})
