import { randomBytes, randomUUID } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { nextCall, raceTimeout } from '../../src/core/async.ts'
import { createListeners } from '../../src/core/listeners.ts'
import { checkSignature } from '../../src/protocol/signature.ts'
import { readAddress } from '../../src/relay/broker/address.ts'
import { type Broker, openBroker } from '../../src/relay/broker/broker.ts'
import { askRelay } from '../../src/relay/seat/ask.ts'
import { openSeat } from '../../src/relay/seat/seat.ts'
import { packAnswer, pingIn } from '../../src/relay/wire/envelope.ts'
import { namesOf } from '../../src/relay/wire/subjects.ts'
import type { Welcome } from '../../src/relay/wire/words.ts'
import { folderForTest } from '../support/folder.ts'
import { freePort } from '../support/free-port.ts'
import { natsServer, runServer } from '../support/relay/nats-server.ts'
import { aMessage, BOT, developerAt, hubAt, reply } from '../support/relay/relay-world.ts'
import { eventually } from '../support/wait.ts'

const ALIVE = { taken: false, why: 'it is alive' } as const

/** A connection to the broker on which something happens before each list of streams. */
const listing =
  (before: () => Promise<void>) =>
  (broker: Broker): Broker => ({
    ...broker,
    manager: async () => {
      const manager = await broker.manager()
      const list: typeof manager.streams.list = (...given) => {
        const streams = manager.streams.list(...given)
        async function* late() {
          await before()
          yield* streams
        }
        return Object.assign(Object.create(streams), { [Symbol.asyncIterator]: late })
      }
      return Object.assign(Object.create(manager), { streams: Object.assign(Object.create(manager.streams), { list }) })
    },
  })

describe('A delivery to a developer who is there', () => {
  it('arrives byte for byte, and the answer of their bot goes back', async () => {
    const { url } = await natsServer()
    const { send } = await hubAt(url)
    const anna = await developerAt(url, 'anna', { answer: () => reply(201, 'hello') })
    const body = Buffer.concat([Buffer.from('{"x":"'), randomBytes(2_000), Buffer.from('"}')])
    const headers = ['X-Odd', 'caf\u00e9 \u0080', 'x-odd', 'again']
    const delivery = aMessage('c1', 'hi', { body, search: '?a=%20b', method: 'PUT', headers })
    expect(await send(delivery)).toBe('201 hello')
    const [got] = anna.got
    expect(got).toMatchObject({ id: delivery.id, method: 'PUT', search: '?a=%20b', receivedAt: delivery.receivedAt })
    expect(got?.body.equals(body)).toBe(true)
    expect(got?.headers.slice(0, 4)).toEqual(headers)
  })

  it('carries the largest body that the gateway takes', async () => {
    const { url } = await natsServer()
    const { send } = await hubAt(url)
    const anna = await developerAt(url, 'anna')
    const body = randomBytes(10 * 1024 * 1024)
    expect(await send(aMessage(null, '', { body }))).toBe('200 anna')
    expect(anna.got[0]?.body.equals(body)).toBe(true)
  })

  it('is signed with a secret of their own, which the relay tells nobody else', async () => {
    const { url } = await natsServer()
    const { send } = await hubAt(url)
    const anna = await developerAt(url, 'anna', { only: ['text:anna'] })
    const bert = await developerAt(url, 'bert', { only: ['text:bert'] })
    await send(aMessage('c1', 'for anna', { headers: ['X-Hub-Signature', `sha1=${'0'.repeat(40)}`] }))
    const [got] = anna.got
    const secrets = [anna, bert].map(({ seat }) => seat.welcome().secret)
    expect(secrets[0]).not.toBe(secrets[1])
    expect(secrets.map((secret) => got && checkSignature(got.headers, got.body, secret))).toEqual(['right', 'wrong'])
  })
})

describe('A delivery that nobody takes now', () => {
  it('is held, acknowledged, and sent in order once the developer is there', async () => {
    const { url } = await natsServer()
    const { send, hub } = await hubAt(url)
    const anna = await developerAt(url, 'anna')
    await send(aMessage('c1', 'live'))
    await anna.seat.leave()
    await anna.seat.close()
    for (const text of ['1', '2', '3']) expect(await send(aMessage('c1', text))).toBe('200 received\n')
    expect(hub.status().developers).toMatchObject([{ name: 'anna', state: 'gone', held: 3, conversations: 1 }])
    const back = await developerAt(url, 'anna')
    await expect.poll(back.texts).toEqual(['1', '2', '3'])
    await expect.poll(() => hub.status().developers[0]?.held).toBe(0)
    expect(await send(aMessage('c1', 'live again'))).toBe('200 anna')
  })

  it('is held when the bot has not answered in time, and not sent twice to a side that knows it', async () => {
    const { url } = await natsServer()
    const { send } = await hubAt(url, { answerMs: 300 })
    let free = (): void => undefined
    const blocked = new Promise<void>((resolve) => {
      free = resolve
    })
    const anna = await developerAt(url, 'anna', { answer: () => blocked.then(() => reply(200, 'late')) })
    expect(await send(aMessage('c1', 'slow'))).toBe('200 received\n')
    expect(await send(aMessage('c1', 'behind it'))).toBe('200 received\n')
    free()
    await expect.poll(() => anna.texts().includes('behind it')).toBe(true)
    expect(new Set(anna.texts().slice(0, -1))).toEqual(new Set(['slow']))
  })

  it('waits for somebody who wants it, when nobody does', async () => {
    const { url } = await natsServer()
    const { send, hub } = await hubAt(url)
    expect(await send(aMessage('c1', 'refund please'))).toBe('200 received\n')
    expect(await send(aMessage('c1', 'now'))).toBe('200 received\n')
    expect(await send(aMessage('c2', 'other'))).toBe('200 received\n')
    expect(hub.status().unclaimed).toBe(3)
    const anna = await developerAt(url, 'anna', { only: ['text:refund'] })
    await expect.poll(anna.texts).toEqual(['refund please', 'now'])
    expect(hub.status().unclaimed).toBe(1)
  })

  it('is refused with a sentence when the broker takes nothing as large', async () => {
    const { url } = await natsServer('max_payload: 100KB')
    const { send, hub } = await hubAt(url)
    await developerAt(url, 'anna')
    expect(hub.tooSmall).toBe(102_400)
    expect(await send(aMessage('c1', 'x'.repeat(200_000)))).toMatch(
      /^interrupted: the broker takes messages of 102400 bytes/,
    )
    expect(await send(aMessage('c1', 'small'))).toBe('200 anna')
  })
})

describe('Whose a conversation is', () => {
  it('follows the first filter that matches, and stays', async () => {
    const { url } = await natsServer()
    const { send } = await hubAt(url)
    await developerAt(url, 'all')
    await developerAt(url, 'anna', { only: ['text:refund'] })
    expect(await send(aMessage('c1', 'a refund'))).toBe('200 anna')
    expect(await send(aMessage('c1', 'something else'))).toBe('200 anna')
    expect(await send(aMessage('c2', 'something else'))).toBe('200 all')
    expect(await send(aMessage('c2', 'a refund'))).toBe('200 all')
  })

  it('is known to the next relay', async () => {
    const { url } = await natsServer()
    const first = await hubAt(url)
    const anna = await developerAt(url, 'anna', { only: ['text:refund'] })
    await first.send(aMessage('c1', 'a refund'))
    await first.hub.close()
    const second = await hubAt(url)
    await eventually(() => anna.seat.state().is === 'seated' && second.hub.status().developers[0]?.state === 'here')
    expect(await second.send(aMessage('c1', 'something else'))).toBe('200 anna')
  })

  it('waits for a developer whom a new relay has not heard yet', async () => {
    const { url } = await natsServer()
    const first = await hubAt(url)
    const anna = await developerAt(url, 'anna', { only: ['text:refund'] })
    await first.send(aMessage('c1', 'a refund'))
    await first.hub.close()
    await anna.seat.close()
    const second = await hubAt(url, { fallback: { to: 'developer', name: 'bert' } })
    const bert = await developerAt(url, 'bert')
    expect(await second.send(aMessage('c1', 'something else'))).toBe('200 received\n')
    const back = await developerAt(url, 'anna')
    await expect.poll(back.texts).toEqual(['something else'])
    expect(bert.texts()).toEqual([])
  })

  it('goes to the default once its developer has been away for too long, what is held first', async () => {
    const { url } = await natsServer()
    const { send, hub } = await hubAt(url, {
      fallback: { to: 'developer', name: 'bert' },
      silentMs: 600,
      graceMs: 600,
    })
    const anna = await developerAt(url, 'anna', { only: ['text:refund'] })
    const bert = await developerAt(url, 'bert', { only: ['text:nothing'] })
    await send(aMessage('c1', 'a refund'))
    await anna.seat.close()
    await send(aMessage('c1', '1'))
    await send(aMessage('c1', '2'))
    expect(bert.texts()).toEqual([])
    await eventually(() => hub.status().developers.some(({ name, state }) => name === 'anna' && state === 'gone'))
    await send(aMessage('c1', '3'))
    await expect.poll(bert.texts).toEqual(['1', '2', '3'])
  })
})

describe('What is held of a conversation', () => {
  it('is with the developer to whom it comes back after it was given to another', async () => {
    const { url } = await natsServer()
    const { send, hub } = await hubAt(url)
    for (const text of ['1', '2']) await send(aMessage('c1', text))
    const { broker } = await developerAt(url, 'carla', { only: ['text:nothing'] })
    for (const to of ['anna', 'bert', 'anna', 'bert', 'anna'])
      await askRelay({ broker, bot: BOT }, { is: 'assign', conversation: 'c1', to, isNew: true })
    expect(hub.status().developers).toMatchObject([{ held: 0 }, { name: 'anna', held: 2 }, { name: 'bert', held: 0 }])
    const anna = await developerAt(url, 'anna')
    await expect.poll(anna.texts).toEqual(['1', '2'])
  })
})

describe('Somebody a conversation is given to', () => {
  it('has come before, in this relay’s time or an earlier one’s, or is said to be new', async () => {
    const { url } = await natsServer()
    const first = await hubAt(url)
    const bert = await developerAt(url, 'bert')
    await bert.seat.leave()
    await first.hub.close()
    await hubAt(url)
    const { broker } = await developerAt(url, 'anna')
    const assign = (to: string, isNew = false): Promise<unknown> =>
      askRelay({ broker, bot: BOT }, { is: 'assign', conversation: 'c1', to, isNew })
    expect(await assign('brt')).toEqual({
      ok: false,
      message: 'nobody has ever joined this relay as `brt`',
      known: ['anna', 'bert'],
    })
    expect(await assign('bert')).toMatchObject({ ok: true, before: null })
    expect(await assign('carla', true)).toMatchObject({ ok: true, before: 'bert' })
    expect(await assign('carla')).toMatchObject({ ok: true, before: 'carla' })
  })
})

describe('A broker that comes back', () => {
  it('is asked what it holds until it says so, and nothing is sent before', async () => {
    const server = await natsServer()
    let refusals = 0
    const wrap = listing(async () => {
      if (refusals-- > 0) throw new Error('JetStream is not ready')
    })
    const { hub, events, send } = await hubAt(server.url, { wrap })
    for (const text of ['1', '2']) await send(aMessage('c1', text))
    refusals = 2
    await server.kill()
    await eventually(() => !hub.isOnline())
    await server.start()
    expect(await send(aMessage('c1', 'too early'))).toBe('refused: the broker is away')
    await eventually(() => hub.isOnline())
    expect(refusals).toBe(-1)
    expect(events.filter(({ type }) => type === 'broker').at(-1)).toMatchObject({ state: 'online' })
    const anna = await developerAt(server.url, 'anna', { only: null })
    await expect.poll(anna.texts).toEqual(['1', '2'])
  })
})

describe('A broker that has lost everything', () => {
  it('holds and assigns again once it is back, and the bot has one relay', async () => {
    const server = await natsServer()
    const { hub, send, events } = await hubAt(server.url)
    const anna = await developerAt(server.url, 'anna', { only: ['text:refund'] })
    expect([await send(aMessage('c1', 'a refund')), await send(aMessage('c2'))]).toEqual(['200 anna', '200 received\n'])
    await server.kill()
    await eventually(() => !hub.isOnline())
    await rm(server.store, { recursive: true })
    await server.start()
    await eventually(() => hub.isOnline() && anna.seat.state().is === 'seated')
    expect([await send(aMessage('c3', 'a refund')), await send(aMessage('c2'))]).toEqual(['200 anna', '200 received\n'])
    expect(hub.status().unclaimed).toBe(1)
    await expect(hubAt(server.url)).rejects.toMatchObject({ code: 'DEVHOOK_TAKEN' })
    expect(events.some(({ type }) => type === 'lost')).toBe(false)
  })

  it('is not waited for at the end while it is away', async () => {
    const server = await natsServer()
    const { hub } = await hubAt(server.url)
    await server.kill()
    await eventually(() => !hub.isOnline())
    expect(await raceTimeout(hub.close(), 4_000)).not.toBe('late')
  })
})

describe('A name', () => {
  it('is given to one of two who come for it when the run that had it is dead', async () => {
    const { url } = await natsServer()
    await hubAt(url)
    const dead = await developerAt(url, 'anna')
    await dead.seat.close()
    const come = async (session: string): Promise<boolean> => {
      const { connection, close } = await openBroker(await readAddress(url, null), 'anna')
      onTestFinished(close)
      connection.subscribe(namesOf(BOT).to('anna'), {
        callback: (_, message) => void (pingIn(message.data) === session && message.respond(packAnswer(ALIVE))),
      })
      await connection.flush()
      const said = JSON.stringify({ is: 'here', session, who: session })
      return (await connection.request(namesOf(BOT).presence('anna'), said, { timeout: 10_000 })).json<Welcome>().ok
    }
    expect((await Promise.all([come('one'), come('other')])).filter((isIn) => isIn)).toEqual([true])
  })

  it('is not given to a second run while the first one answers', async () => {
    const { url } = await natsServer()
    await hubAt(url)
    await developerAt(url, 'anna')
    await expect(developerAt(url, 'anna')).rejects.toMatchObject({ message: 'anna is there already: anna@test' })
  })

  it('is free again at once when the run that had it is dead', async () => {
    const { url } = await natsServer()
    const { send } = await hubAt(url)
    const first = await developerAt(url, 'anna')
    await first.seat.close()
    const second = await developerAt(url, 'anna')
    expect(await send(aMessage('c1'))).toBe('200 anna')
    expect(second.got).toHaveLength(1)
  })
})

describe('A bot', () => {
  it('has one relay, and the second one says who that is', async () => {
    const { url } = await natsServer()
    const first = await hubAt(url)
    await expect(hubAt(url)).rejects.toMatchObject({ message: 'another relay has the bot: relay@test' })
    await first.hub.close()
    await hubAt(url)
  })

  it('has one relay, too, while that is still reading what there is', async () => {
    const { url } = await natsServer()
    const read = createListeners<void>()
    let [isReading, hasRead] = [false, false]
    const wrap = listing(async () => {
      isReading = true
      if (!hasRead) await nextCall(read.on)
    })
    const first = hubAt(url, { wrap })
    await eventually(() => isReading)
    await expect(hubAt(url)).rejects.toMatchObject({ message: 'another relay has the bot: relay@test' })
    hasRead = true
    read.emit()
    const { events } = await first
    expect(events).toEqual([])
  })

  it('cannot have a relay at a broker without JetStream', async () => {
    const folder = await folderForTest()
    const port = await freePort()
    await writeFile(join(folder, 'plain.conf'), `listen: "127.0.0.1:${port}"`)
    const { url } = await runServer(join(folder, 'plain.conf'), port)
    await expect(hubAt(url)).rejects.toMatchObject({
      code: 'DEVHOOK_BROKER_UNREACHABLE',
      message: expect.stringContaining('has no JetStream'),
    })
  })

  it('without a relay is said to have none', async () => {
    const { url } = await natsServer()
    const broker = await openBroker(await readAddress(url, null), 'anna')
    const options = { broker, bot: BOT, name: 'anna', who: 'a@b', session: randomUUID(), only: null }
    await expect(openSeat(options, new AbortController().signal)).rejects.toMatchObject({
      code: 'DEVHOOK_RELAY_MISSING',
    })
    await broker.close()
  })
})
