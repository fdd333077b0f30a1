// Attacks from the internet: requests to the public URL by those who know it, and by those who do not.
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect } from 'vitest'
import type { Attack, Ground } from './attack.ts'
import { deliver, msOf, openTarget, provoke, type RequestOptions, residentMiB, type Target } from './target.ts'

const MIB = 1024 * 1024

/** Against a run of its own, which has to serve afterwards and leave everything as before. */
const against =
  (attack: (target: Target, ground: Ground) => Promise<string>): Attack['run'] =>
  async (ground) => {
    const target = await openTarget()
    const seen = await attack(target, ground)
    await target.expectService()
    await target.finish()
    return seen
  }

/** How often each value comes: `401 ×9, 404 ×1`. */
function tally(values: readonly unknown[]): string {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1)
  return [...counts].map(([value, count]) => `${value} ×${count}`).join(', ')
}

/** Holds connections open; the answers to them are read and thrown away. */
async function hold(port: number, count: number, bytes: Buffer | string): Promise<() => void> {
  const sockets = await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => undefined)
      socket.resume()
      await once(socket, 'connect')
      // Until it is on the other side, or the other side has refused it.
      await new Promise((resolve) => socket.write(bytes, resolve))
      return socket
    }),
  )
  return () => {
    for (const socket of sockets) socket.destroy()
  }
}

const refused = async (target: Target, requests: readonly (Buffer | string)[]): Promise<string> => {
  const before = target.bot.deliveries().length
  const reactions = []
  for (const bytes of requests) reactions.push(await provoke(target.port, bytes))
  const statuses = reactions.map(({ statuses: [first] }) => first ?? 'cut')
  for (const [n, status] of statuses.entries())
    expect(status === 'cut' || status >= 400, `${String(requests[n]).slice(0, 80)}: ${status}`).toBe(true)
  expect(target.bot.deliveries()).toHaveLength(before)
  return `${tally(statuses)}, none at the bot`
}

const paths = against(async (target) => {
  const { path } = target
  const id = path.slice('/dev-hook/'.length)
  const variants = [
    '/',
    '/dev-hook',
    '/dev-hook/',
    `${path}/`,
    `/${path}`,
    `/DEV-HOOK/${id}`,
    `/dev-hook/${id.toUpperCase() === id ? `${id}0` : id.toUpperCase()}`,
    `/dev-hook/./${id}`,
    `/x/..${path}`,
    `/%64ev-hook/${id}`,
    `/dev-hook%2f${id}`,
    `${path}%00`,
    `${path};x=1`,
    `${path}/../${id.slice(0, -1)}0`,
    `/dev-hook/${'0'.repeat(32)}`,
    `//x${path}`,
  ]
  return refused(
    target,
    variants.map((variant) => target.request({ target: variant, body: '{}' })),
  )
})

const credentials = against(async (target) => {
  const [, encoded = ''] = target.credentials.split(' ')
  const [user = '', password = ''] = Buffer.from(encoded, 'base64').toString().split(':')
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`
  const wrong = [
    null,
    '',
    'Basic',
    `Bearer ${encoded}`,
    encoded,
    basic(`${user}:`),
    basic(`${user}:${password}x`),
    basic(`${user}:${password.slice(0, -1)}`),
    basic(`${user.toUpperCase()}:${password}`),
    basic(`:${password}`),
    basic(password),
    basic(`${user}:${password}\n`),
  ]
  const requests = wrong.map((shown) => target.request({ credentials: shown, body: '{}' }))
  const elsewhere = [
    target.request({ credentials: null, body: '{}', headers: [`Proxy-Authorization: ${target.credentials}`] }),
    target.request({ credentials: null, body: '{}', headers: [`X-Authorization: ${target.credentials}`] }),
    target.request({ credentials: null, body: '{}', target: `${target.path}?authorization=${encoded}` }),
  ]
  return refused(target, [...requests, ...elsewhere])
})

const odd = against(async (target) => {
  const { path, credentials: shown } = target
  const head = (first: string, ...lines: readonly string[]): string =>
    `${[first, 'Host: x', `Authorization: ${shown}`, ...lines].join('\r\n')}\r\n\r\n`
  return refused(target, [
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    `GET ${path}\r\n\r\n`,
    head(`POST ${path} HTTP/0.9`),
    head(`POST ${path} HTTP/3.0`),
    head('CONNECT h.example:443 HTTP/1.1'),
    head(`TRACE ${path}x HTTP/1.1`),
    head(`BREW ${path} HTTP/1.1`),
    head(`POST ${path} HTTP/1.1`, 'Content-Length: 5', 'Transfer-Encoding: chunked') +
      '0\r\n\r\nGET / HTTP/1.1\r\n\r\n',
    `${head(`POST ${path} HTTP/1.1`, 'Content-Length: 5', 'Content-Length: 6')}123456`,
    head(`POST ${path} HTTP/1.1`, 'Content-Length: -1'),
    head(`POST ${path} HTTP/1.1`, 'Content-Length: 0x10'),
    head(`POST ${path} HTTP/1.1`, 'Content-Length: 99999999999999999999'),
    `${head(`POST ${path} HTTP/1.1`, 'Transfer-Encoding: xchunked')}0\r\n\r\n`,
    `${head(`POST ${path} HTTP/1.1`, 'Transfer-Encoding: chunked')}fffffffffffffffff\r\n`,
    `${head(`POST ${path} HTTP/1.1`, 'Transfer-Encoding: chunked')}-1\r\n\r\n`,
    head(`POST ${path} HTTP/1.1`, ' folded: yes'),
    head(`POST ${path} HTTP/1.1`, 'nul: a\0b'),
    head(`POST ${path} HTTP/1.1`, 'esc: a\u001Bb', 'Content-Length: x'),
    head(`POST ${path} HTTP/1.1`, 'no colon'),
    head(`POST ${path} HTTP/1.1`, `x: ${'y'.repeat(20 * 1024)}`),
    head(`POST ${path} HTTP/1.1`, 'Expect: 200-ok'),
    head(`POST /${'x'.repeat(20 * 1024)} HTTP/1.1`),
    `${'x'.repeat(100_000)}`,
    '\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00FC\u0003\u0003',
    '\0'.repeat(1_000),
  ])
})

const pipelined = against(async (target) => {
  const statuses = await deliver(
    target,
    { body: '{"id":"p1"}' },
    { body: '{"id":"p2"}', credentials: null },
    { body: '{"id":"p3"}' },
  )
  // The connection may also be closed after the one that is refused.
  expect(statuses.slice(0, 2)).toEqual([200, 401])
  const came = target.bot.deliveries().map(({ body }) => body.toString())
  expect(came).not.toContain('{"id":"p2"}')
  return `${statuses.join(', ')}; ${came.length} at the bot, never the one without credentials`
})

const challenges = against(async (target) => {
  const ask = (query: string, shown: string | null = target.credentials) =>
    provoke(
      target.port,
      target.request({ method: 'GET', target: `${target.path}?challenge=${query}`, credentials: shown }),
    )
  const script = await ask('%3Cscript%3Ealert(1)%3C/script%3E')
  expect(script.statuses).toEqual([200])
  expect(script.text).toMatch(/content-type: text\/plain/i)
  expect(script.text).toMatch(/x-content-type-options: nosniff/i)
  const split = await ask('a%0D%0ASet-Cookie:%20x=1')
  expect(split.text.split('\r\n\r\n')[0]).not.toMatch(/set-cookie/i)
  const long = await ask('x'.repeat(513))
  expect(long.text).not.toContain('x'.repeat(513))
  const stranger = await ask('abc', null)
  expect(stranger.statuses).toEqual([401])
  expect(stranger.text).not.toContain('abc')
  return 'plain text and nosniff, no header split, too long and without credentials refused'
})

const noise = against(async (target, ground) => {
  const count = ground.times(60, 2_000)
  const valid = target.request({ body: '{"id":"n"}', isSigned: false })
  const cuts = fc.record({ at: fc.nat(valid.length - 1), bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }) })
  const before = target.bot.deliveries().length
  const statuses: unknown[] = []
  for (const { at, bytes } of ground.sample(cuts, count)) {
    const mangled = Buffer.concat([valid.subarray(0, at), bytes, valid.subarray(at + bytes.length)])
    statuses.push((await provoke(target.port, mangled)).statuses[0] ?? 'cut')
  }
  expect(target.bot.deliveries()).toHaveLength(before)
  return `${tally(statuses)}; none at the bot`
})

const withheld = against(async (target, ground) => {
  const count = ground.times(24, 60)
  const before = await residentMiB(target.cli.pid)
  const whole = target.request({ body: Buffer.alloc(10 * MIB, 0x61), isSigned: false })
  const letGo = await hold(target.port, count, whole.subarray(0, -1))
  await target.expectService()
  const after = await residentMiB(target.cli.pid)
  letGo()
  if (before === null || after === null) return 'others are served'
  expect(after - before).toBeLessThan(150)
  return `${(after - before).toFixed(0)} MiB more for ${count * 10} MiB; others are served`
})

const slow = against(async (target, ground) => {
  const count = ground.times(100, 400)
  const letGo = await hold(target.port, count, `POST ${target.path} HTTP/1.1\r\nHost: x\r\n`)
  const huge = await hold(
    target.port,
    3,
    `POST ${target.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000000\r\n\r\n`,
  )
  await target.expectService()
  letGo()
  huge()
  return `${count} connections are open; others are served`
})

const flood = against(async (target, ground) => {
  const { cli, bot } = target
  const known = { body: '{"id":"e1","event":"message.create.contact.chat"}' }
  expect(await deliver(target, known)).toEqual([200])
  const came = bot.deliveries().length
  const [small, large] = [ground.times(1_000, 12_000), ground.times(2, 60)]
  const unsigned = { body: '{}', isSigned: false }
  for (let n = 0; n < small; n += 100) await deliver(target, ...Array.from({ length: 100 }, () => unsigned))
  for (let n = 0; n < large; n += 1) await deliver(target, { body: Buffer.alloc(10 * MIB - 1, 0x20), isSigned: false })
  // What was received before is still known, and still there to be listed.
  expect(await deliver(target, known)).toEqual([200])
  expect(bot.deliveries()).toHaveLength(came)
  const { stdout } = await target.run(['events', '--json', '--outcome', 'delivered'])
  expect(stdout).toContain('message.create.contact.chat')
  const { length } = (await target.run(['events', '--json'])).stdout.split('\n')
  expect(length).toBeLessThan(300)
  const lines = cli.notices.filter(({ type }) => type === 'rejected').length
  return `${small} small and ${large} of 10 MiB: ${lines} lines printed, ${length} records kept, and what came before is known`
})

const strangers = against(async (target, ground) => {
  const count = ground.times(1_000, 20_000)
  const wrong = { body: '', credentials: 'Basic x' }
  for (let n = 0; n < count; n += 100) {
    // A refusal may close the connection, so not all of a hundred are read.
    const statuses = await deliver(target, ...Array.from({ length: 100 }, () => wrong))
    expect(new Set(statuses)).toEqual(new Set([401]))
  }
  const lines = target.cli.notices.length
  expect(lines).toBeLessThan(200)
  return `${count} requests without the password: 401, ${lines} lines printed`
})

const bomb = against(async (target) => {
  const body = gzipSync(Buffer.alloc(50 * MIB))
  expect(await deliver(target, { body, headers: ['Content-Encoding: gzip'] })).toEqual([200])
  const last = target.bot.deliveries().at(-1)
  expect(last?.body.equals(body)).toBe(true)
  return `${body.length} bytes at the bot, as they came`
})

const forged = against(async (target) => {
  const { bot } = target
  const body = '{"id":"f1","event":"message.create.contact.chat","data":{"id":"m1"}}'
  const status = async (options: RequestOptions): Promise<number | undefined> =>
    (await deliver(target, { body, ...options }))[0]
  // Whoever has no secret cannot take the id of what will come…
  expect(await status({ headers: ['X-Hub-Signature: sha1=00'], isSigned: false })).not.toBe(200)
  const before = bot.deliveries().length
  expect(await status({})).toBe(200)
  expect(bot.deliveries()).toHaveLength(before + 1)
  // …nor is given the answer to what has come…
  expect(await status({ isSigned: false })).toBe(401)
  // …and one that was seen on the way is not forwarded again, whatever surrounds it.
  for (const options of [{ target: `${target.path}?x=1` }, { method: 'PUT' }, { headers: ['X-Other: 1'] }])
    await status(options)
  expect(bot.deliveries()).toHaveLength(before + 1)
  return 'the id cannot be taken, the answer is not given away, nothing comes twice'
})

const payloads = against(async (target, ground) => {
  const key = fc.oneof(
    fc.constantFrom('__proto__', 'constructor', 'id', 'event', 'conversation', 'data', ''),
    fc.string(),
  )
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.constant(null), fc.constant('\uD800')),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(key, tie('value'), { maxKeys: 5 }),
    ),
  })).value
  const text = fc
    .tuple(fc.constantFrom('', '\uFEFF', ' \n'), json)
    .map(([before, value]) => before + JSON.stringify(value))
  const broken = fc.constantFrom('{"id":1,"id":2}', '[', '{"a":', '"', 'null', '')
  const bodies = fc.oneof(
    { weight: 4, arbitrary: text.map((one) => Buffer.from(one)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
    { weight: 1, arbitrary: broken.map((one) => Buffer.from(one)) },
  )
  const count = ground.times(100, 2_000)
  let forwarded = 0
  for (const body of ground.sample(bodies, count)) {
    const before = target.bot.deliveries().length
    expect(await deliver(target, { body })).toEqual([200])
    const [came] = target.bot.deliveries().slice(before)
    // What is missing was announced as the same delivery again.
    if (came === undefined) continue
    forwarded += 1
    expect(came.body.equals(body)).toBe(true)
  }
  return `${count} signed bodies: all answered, ${forwarded} forwarded as they came, the others known already`
})

/** A new message of a contact. */
function message(text: string): Buffer {
  const id = randomUUID()
  return Buffer.from(
    JSON.stringify({ id, event: 'message.create.contact.chat', data: { message: { id, type: 'chat', text } } }),
  )
}

/** How many times as long others wait while a delivery is taken as they wait while a plain one of the same size is. */
async function delayOf(
  target: Target,
  hostile: () => Buffer,
  options: { readonly isSigned: boolean },
): Promise<string> {
  const waits = async (body: Buffer): Promise<number> => {
    const sent = deliver(target, { body, ...options })
    const others = await msOf(async () => {
      for (let n = 0; n < 10; n += 1) await deliver(target, { body: `{"n":${Math.random()}}` })
    })
    await sent
    return others
  }
  const { length } = hostile()
  const plain = (): Buffer => message('a'.repeat(length))
  await waits(plain())
  const times: number[] = []
  // What the machine does meanwhile only ever adds to it.
  for (let n = 0; n < 5; n += 1) times.push((await waits(hostile())) / (await waits(plain())))
  const least = Math.min(...times)
  expect(least).toBeLessThan(4)
  return `others wait ${least.toFixed(1)} times as long as beside a plain one`
}

const repeating = (unit: string, bytes: number): string => unit.repeat(Math.ceil(bytes / unit.length))

const freezing = (unit: string): Attack['run'] =>
  against((target, ground) =>
    delayOf(target, () => message(repeating(unit, ground.times(160, 640) * 1024)), { isSigned: true }),
  )

const nested = against((target) =>
  delayOf(target, () => Buffer.from(repeating('{"a":[', 10 * MIB - 1_000)), { isSigned: false }),
)

/** From the internet. */
export const GATEWAY: readonly Attack[] = [
  { tries: '16 variants of the path', run: paths },
  { tries: '15 wrong credentials', run: credentials },
  { tries: '25 odd requests: smuggled, folded, of other protocols, too long', run: odd },
  { tries: 'pipelined requests, one without credentials', run: pipelined },
  { tries: 'challenges with scripts and line ends', run: challenges },
  { tries: 'requests with random bytes in them', run: noise },
  { tries: 'bodies of 10 MiB whose last byte is withheld', run: withheld },
  { tries: 'connections that never say all', run: slow },
  { tries: 'floods of unsigned deliveries', run: flood },
  { tries: 'floods without the password', run: strangers },
  { tries: 'a body that decompresses to 50 MiB', run: bomb },
  { tries: 'forged and captured deliveries', run: forged },
  { tries: 'signed bodies of any shape', run: payloads },
  { tries: 'a message of beginnings of tokens', run: freezing('-eyJ') },
  { tries: 'a message of beginnings of URLs', run: freezing('://a:') },
  { tries: 'an unsigned body that nests without end', run: nested },
]
