// The stream of what happens: from now on, from where a client left off, and to the end of the run.

import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createListeners } from '../../src/core/listeners.ts'
import type { StreamEvent, StreamSource } from '../../src/inspector/stream.ts'
import { createStream } from '../../src/inspector/stream.ts'
import { inspectorForTest } from '../support/inspector/open-inspector.ts'
import { eventually } from '../support/wait.ts'

const event = (n: number): StreamEvent => Object.assign({ type: 'delivery' }, { n })

/** What a client has received: the data of each event with its id. */
interface Client {
  readonly received: readonly (readonly [id: string | null, data: unknown])[]
  readonly ended: Promise<void>
  /** How much of it there is. */
  bytes(): number
  leave(): void
  readonly response: IncomingMessage
  /** The id of what was received last, as a browser remembers it. */
  place(): string
}

async function connect(port: number, headers: Readonly<Record<string, string>> = {}): Promise<Client> {
  const outgoing = request({ host: '127.0.0.1', port, path: '/api/stream', headers, agent: false })
  outgoing.on('error', () => undefined)
  outgoing.end()
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  let text = ''
  response.setEncoding('utf8')
  response.on('data', (chunk: string) => {
    text += chunk
  })
  response.on('error', () => undefined)
  onTestFinished(() => void outgoing.destroy())
  const read = (block: string) => {
    const id = /^id: (.*)$/m.exec(block)?.[1] ?? null
    const data = /^data: (.*)$/m.exec(block)?.[1]
    return data === undefined ? [] : [[id, JSON.parse(data)] as const]
  }
  return {
    get received() {
      return text.split('\n\n').slice(0, -1).flatMap(read)
    },
    ended: new Promise((resolve) => response.once('close', () => resolve())),
    bytes: () => text.length,
    place: () => [...text.matchAll(/^id: (.*)$/gm)].at(-1)?.[1] ?? '',
    leave: () => void outgoing.destroy(),
    response,
  }
}

async function streamForTest(options: Partial<Parameters<typeof createStream>[0]> = {}) {
  const { emit, on } = createListeners<StreamEvent>()
  let listening = 0
  const source: StreamSource = {
    on: (listener) => {
      listening += 1
      const off = on(listener)
      return () => {
        listening -= 1
        off()
      }
    },
  }
  const stream = createStream({ source, runId: 'r', ...options })
  const server: Server = createServer((incoming, response) => {
    const { 'last-event-id': lastId } = incoming.headers
    if (!stream.add(response, typeof lastId === 'string' ? lastId : null)) response.writeHead(503).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    stream.close()
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { stream, emit, listening: () => listening, open: (headers = {}) => connect(address.port, headers) }
}

describe('The stream', () => {
  it('tells what happens from now on, each with an id', async () => {
    const { emit, open } = await streamForTest()
    emit(event(0))
    const client = await open()
    emit(event(1))
    emit(event(2))
    await eventually(() => client.received.length === 2)
    expect(client.received).toEqual([
      ['r-1', event(1)],
      ['r-2', event(2)],
    ])
  })

  it('goes on where a client left off', async () => {
    const { emit, open } = await streamForTest()
    const first = await open()
    for (const n of [1, 2, 3]) emit(event(n))
    await eventually(() => first.received.length === 3)
    first.leave()
    emit(event(4))
    const again = await open({ 'last-event-id': 'r-2' })
    emit(event(5))
    await eventually(() => again.received.length === 3)
    expect(again.received.map(([id]) => id)).toEqual(['r-3', 'r-4', 'r-5'])
  })

  it.each([
    ['too much has happened since', 'r-1'],
    ['it was another run', 'other-3'],
    ['it is none of its ids', 'r-999'],
    ['it is no id', 'r-x'],
  ])('says that there is a gap when %s', async (_, lastId) => {
    const { emit, open } = await streamForTest({ kept: { events: 2, characters: 1_000_000 } })
    await open()
    for (const n of [1, 2, 3, 4, 5]) emit(event(n))
    const again = await open({ 'last-event-id': lastId })
    emit(event(6))
    await eventually(() => again.received.length === 2)
    expect(again.received).toEqual([
      ['r-5', { type: 'reset' }],
      ['r-6', event(6)],
    ])
  })

  it('keeps no more than so many characters', async () => {
    const { emit, open } = await streamForTest({ kept: { events: 100, characters: 200 } })
    await open()
    for (let n = 1; n <= 50; n += 1) emit(event(n))
    const again = await open({ 'last-event-id': 'r-40' })
    await eventually(() => again.received.length === 1)
    expect(again.received).toEqual([['r-50', { type: 'reset' }]])
  })

  it('listens to nothing while nobody looks', async () => {
    const { open, listening } = await streamForTest({ lingerMs: 1 })
    expect(listening()).toBe(0)
    const [one, two] = [await open(), await open()]
    expect(listening()).toBe(1)
    one.leave()
    two.leave()
    await eventually(() => listening() === 0)
  })

  it('says that there is a gap when nobody has looked for a while', async () => {
    const { emit, open, listening } = await streamForTest({ lingerMs: 1 })
    const first = await open()
    emit(event(1))
    await eventually(() => first.received.length === 1)
    first.leave()
    await eventually(() => listening() === 0)
    emit(event(2))
    const again = await open({ 'last-event-id': 'r-1' })
    await eventually(() => again.received.length === 1)
    expect(again.received.map(([, data]) => data)).toEqual([{ type: 'reset' }])
  })

  it('goes on for a client that was gone before anything had happened', async () => {
    const { emit, open } = await streamForTest()
    const first = await open()
    await eventually(() => first.bytes() > 0)
    const id = first.place()
    first.leave()
    emit(event(1))
    const again = await open({ 'last-event-id': id })
    await eventually(() => again.received.length === 1)
    expect(again.received).toEqual([['r-1', event(1)]])
  })

  it('lets a client go that does not read, and goes on for the others', async () => {
    const { emit, open } = await streamForTest({ backlog: 64 * 1024 })
    const [slow, other] = [await open(), await open()]
    slow.response.pause()
    const long = Object.assign({ type: 'delivery' }, { text: 'x'.repeat(1024 * 1024) })
    let hasLeft = false
    void slow.ended.then(() => {
      hasLeft = true
    })
    for (let n = 1; n <= 24; n += 1) {
      emit(long)
      await eventually(() => other.bytes() > n * 1024 * 1024)
    }
    slow.response.resume()
    await eventually(() => hasLeft)
    expect(slow.bytes()).toBeLessThan(24 * 1024 * 1024)
  })

  it('refuses more clients than it can serve', async () => {
    const { open } = await streamForTest()
    for (let n = 0; n < 32; n += 1) expect((await open()).response.statusCode).toBe(200)
    expect((await open()).response.statusCode).toBe(503)
  })

  it('ends with the run at once, and says so', async () => {
    const { stream, open } = await streamForTest()
    const client = await open()
    stream.close()
    await client.ended
    expect(client.received).toEqual([[null, { type: 'end' }]])
  })
})

describe('The stream of an inspector', () => {
  it('is behind the same door, and does not keep it from closing', async () => {
    const { emit, on } = createListeners<StreamEvent>()
    const { address, inspector } = await inspectorForTest({ events: { on }, finishWithinMs: 600_000 })
    expect((await connect(address.port)).response.statusCode).toBe(401)
    const authorization = `Bearer ${address.token}`
    const foreign = await connect(address.port, { authorization, origin: 'https://evil.example.com' })
    expect(foreign.response.statusCode).toBe(403)
    const client = await connect(address.port, { authorization })
    expect(client.response.headers['content-type']).toBe('text/event-stream')
    expect(client.response.headers['x-content-type-options']).toBe('nosniff')
    emit(event(1))
    await eventually(() => client.received.length === 1)
    await Promise.all([inspector.close(), client.ended])
    expect(client.received.at(-1)).toEqual([null, { type: 'end' }])
  })
})
