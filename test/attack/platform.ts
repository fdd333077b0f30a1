// Attacks from a hostile platform: what it answers when dev-hook calls its API.
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished } from 'vitest'
import type { ApiFault } from '../../src/sandbox/chaos/faults.ts'
import type { Attack, Ground } from './attack.ts'
import { msOf, openRing, type Ring } from './target.ts'

interface HostileServer {
  readonly url: string
  readonly calls: () => number
}

/** A server of which every answer is hostile. */
async function openHostileServer(answer: (response: ServerResponse) => void): Promise<HostileServer> {
  let calls = 0
  const server = createServer((_, response) => {
    calls += 1
    response.on('error', () => undefined)
    answer(response)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, calls: () => calls }
}

/** Starts a run that cannot become ready; resolves with how it ended. Nothing may have changed on the platform. */
async function expectRefusal(ring: Ring, what: string, env: Readonly<Record<string, string>> = {}): Promise<number> {
  const cli = await ring.start({ env, command: [process.execPath, '-e', 'setInterval(() => {}, 1_000)'] })
  const { code, stdout, stderr } = await cli.ended
  expect([2, 3, 5, 7], `${what}: ${stderr}`).toContain(code)
  expect(stdout + stderr, what).not.toContain('DEVHOOK_UNEXPECTED')
  await ring.expectAsBefore()
  return Number(code)
}

/** What the platform answers to everything, one after the other. */
const answering =
  (faults: (ground: Ground, elsewhere: string) => Readonly<Record<string, ApiFault>>): Attack['run'] =>
  async (ground) => {
    const elsewhere = await openHostileServer((response) => void response.end('{}'))
    const seen: string[] = []
    for (const [what, fault] of Object.entries(faults(ground, elsewhere.url))) {
      const ring = await openRing()
      ring.platform.faults.add(fault)
      let code = 0
      const ms = await msOf(async () => {
        code = await expectRefusal(ring, what)
      })
      seen.push(`${what}: exit ${code} after ${(ms / 1_000).toFixed(1)} s`)
    }
    expect(elsewhere.calls()).toBe(0)
    return seen.join('; ')
  }

const redirects = answering((ground, elsewhere) => {
  const to = (status: number): ApiFault => ({ status, body: '', headers: { location: `${elsewhere}/v2/bots/1` } })
  const statuses = ground.times(2, 5) === 2 ? [302, 307] : [301, 302, 303, 307, 308]
  return Object.fromEntries(statuses.map((status) => [String(status), to(status)]))
})

const rests = answering((ground) => {
  const rest = (after: string): ApiFault => ({ status: 429, body: '', headers: { 'retry-after': after } })
  const all = { '31 years': '1000000000', '400 digits': '9'.repeat(400), 'year 9999': 'Fri, 31 Dec 9999 23:59:59 GMT' }
  const chosen = Object.entries({ ...all, negative: '-1', text: 'soon' }).slice(0, ground.times(2, 5))
  return Object.fromEntries(chosen.map(([what, after]) => [what, rest(after)]))
})

const links: Attack['run'] = async () => {
  const elsewhere = await openHostileServer((response) => void response.end('[]'))
  const next = `<${elsewhere.url}/v2/services?offset=1>; rel="next"`
  const ring = await openRing()
  const items = Array.from({ length: 100 }, (_, n) => ({ id: `s${n}`, name: `service ${n}` }))
  let page = 0
  const lists = await openHostileServer((response) => {
    page += 1
    const body = items.map((item) => ({ ...item, id: `${item.id}-${page}` }))
    response.writeHead(200, { 'content-type': 'application/json', link: next.repeat(100) })
    response.end(JSON.stringify(body))
  })
  const cli = await ring.start({ args: ['--hook', 'service'], env: { APIHOST: lists.url } })
  const { code } = await cli.ended
  expect(code).not.toBe(0)
  expect(lists.calls()).toBeLessThan(60)
  expect(elsewhere.calls()).toBe(0)
  await ring.expectAsBefore()
  return `${lists.calls()} calls, none to the other host, exit ${code}`
}

const drip = (response: ServerResponse, bytes: string | Buffer, ms: number): void => {
  const timer = setInterval(() => {
    if (response.destroyed) clearInterval(timer)
    else response.write(bytes)
  }, ms)
  response.on('close', () => clearInterval(timer))
}

const flow = (response: ServerResponse, bytes: Buffer): void => {
  const pour = (): void => {
    while (!response.destroyed && response.write(bytes));
  }
  response.on('drain', pour)
  pour()
}

const JSON_HEAD = { 'content-type': 'application/json' }

const BODIES: Readonly<Record<string, (response: ServerResponse) => void>> = {
  HTML: (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hi</h1>'),
  nothing: (response) => void response.end(),
  null: (response) => void response.writeHead(200, JSON_HEAD).end('null'),
  'a list': (response) => void response.writeHead(200, JSON_HEAD).end('[[[]]]'),
  'no end': (response) => flow(response.writeHead(200, JSON_HEAD), Buffer.alloc(256 * 1024, '[')),
  'a bomb': (response) =>
    void response
      .writeHead(200, { ...JSON_HEAD, 'content-encoding': 'gzip' })
      .end(gzipSync(Buffer.alloc(100 * 1024 * 1024))),
  'depth without end': (response) => void response.writeHead(200, JSON_HEAD).end('[{"a":'.repeat(1_500_000)),
  'its own prototype': (response) =>
    void response.writeHead(200, JSON_HEAD).end('{"id":1,"__proto__":{"id":"x"},"constructor":{"prototype":{"x":1}}}'),
  'a head of 900 KB': (response) => {
    for (let n = 0; n < 60; n += 1) response.setHeader(`x-${n}`, 'y'.repeat(15_000))
    response.end('{}')
  },
  '10,000 times 103': (response) => {
    for (let n = 0; n < 10_000; n += 1) response.writeEarlyHints({ link: '</a>; rel=preload' })
    response.writeHead(200, JSON_HEAD).end('{}')
  },
}

/** What takes as long as dev-hook has patience. */
const SLOW: typeof BODIES = {
  'no answer': () => undefined,
  'half of it': (response) => void response.writeHead(200, { ...JSON_HEAD, 'content-length': '100' }).end('{"id":'),
  'one byte a second': (response) => drip(response.writeHead(200, JSON_HEAD), '[', 1_000),
}

const bodies: Attack['run'] = async (ground) => {
  const chosen = Object.entries(ground.times(0, 1) === 1 ? { ...BODIES, ...SLOW } : BODIES)
  const seen: string[] = []
  for (const [what, answer] of chosen) {
    const ring = await openRing()
    const server = await openHostileServer(answer)
    let code = 0
    const ms = await msOf(async () => {
      code = await expectRefusal(ring, what, { APIHOST: server.url })
    })
    seen.push(`${what}: exit ${code} after ${(ms / 1_000).toFixed(1)} s`)
  }
  return seen.join('; ')
}

const refreshes: Attack['run'] = async () => {
  const match = /auth\/token/
  const tricks: Readonly<Record<string, ApiFault>> = {
    'a token with line ends': { match, status: 201, body: { token: 'a.b.c\r\nX-Evil: 1', refreshToken: 'x' } },
    'no token': { match, status: 201, body: {} },
    '5 MB of it': { match, status: 201, body: { token: 'a'.repeat(5_000_000) } },
    'a redirect': { match, status: 307, body: '', headers: { location: '/v2/auth/token' } },
    refused: { match, status: 401, body: { error: { message: 'invalid token' } } },
  }
  const seen: string[] = []
  for (const [what, fault] of Object.entries(tricks)) {
    const ring = await openRing()
    ring.platform.expireTokens()
    ring.platform.faults.add(fault)
    const code = await expectRefusal(ring, what)
    const asked = ring.platform.calls.filter(({ path }) => match.test(path)).length
    expect(asked, what).toBe(1)
    seen.push(`${what}: exit ${code}`)
  }
  return `asked once each; ${seen.join('; ')}`
}

const endless: Attack['run'] = async () => {
  const ring = await openRing()
  const cli = await ring.start({ command: [process.execPath, '-e', 'setInterval(() => {}, 1_000)'] })
  await cli.notice('ready')
  ring.platform.faults.add({ status: 429, body: '', headers: { 'retry-after': '1000000000' } })
  cli.kill('SIGINT')
  const { code } = await cli.ended
  expect(code).toBe(6)
  ring.platform.faults.clear()
  await ring.expectAsBefore()
  return 'exit 6, and the watchdog restores as soon as it is let'
}

/** From the platform. */
export const PLATFORM: readonly Attack[] = [
  { tries: 'redirects to another host', run: redirects },
  { tries: 'rests of years', run: rests },
  { tries: 'links from page to page without end', run: links },
  { tries: 'answers that are none', run: bodies },
  { tries: 'tricks with the refresh of a token', run: refreshes },
  { tries: 'a rest of years at the restore', run: endless },
]
