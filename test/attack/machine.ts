// Attacks by the machine and its other users: full disks, terminals that nobody reads, little memory, strangers on ports.
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'vitest'
import { startCli } from '../support/cli/cli.ts'
import { startTerminal } from '../support/cli/terminal.ts'
import { folderForTest } from '../support/folder.ts'
import { exchange } from '../support/network/raw-http.ts'
import { recordingBotForTest } from '../support/platform/sandboxes.ts'
import { eventually } from '../support/wait.ts'
import type { Attack } from './attack.ts'
import { deliver, openRing, openTarget } from './target.ts'

const PRELOAD = pathToFileURL(join(import.meta.dirname, '../support/fixtures/full-disk.mjs')).href
const LISTENS = "require('node:http').createServer((q, s) => s.end()).listen(Number(process.env.PORT), '127.0.0.1')"

const fullDisk: Attack['run'] = async () => {
  for (const signals of [['SIGINT'], ['SIGINT', 'SIGTERM']] as const) {
    const flag = join(await folderForTest(), 'full')
    const home = await folderForTest()
    const target = await openTarget({
      env: {
        NODE_OPTIONS: `--import ${PRELOAD}`,
        HOME: home,
        XDG_STATE_HOME: home,
        DISK_FOLDER: home,
        DISK_FLAG: flag,
      },
    })
    await writeFile(flag, '')
    await target.expectService()
    for (const signal of signals) target.cli.kill(signal)
    await target.cli.ended
    await eventually(
      () => JSON.stringify(target.platform.registration()?.['url']) === JSON.stringify(Object(target.before).url),
    )
  }
  return 'it serves, ends, and is restored; at a second signal too'
}

const unread: Attack['run'] = async (ground) => {
  const ring = await openRing()
  await recordingBotForTest({ port: ring.botPort })
  const env = { ...ring.env }
  const run = await startTerminal({ args: ['--take-over', '--tunnel', 'loopback'], env, home: ring.home })
  await run.shows('Ready')
  run.stopReading()
  const count = ground.times(300, 2_000)
  const contact = await ring.platform.contact({ name: 'Jenny' })
  for (let n = 0; n < count; n += 1) contact.send('x'.repeat(200))
  await eventually(() => ring.platform.deliveries.filter(({ state }) => state === 'delivered').length >= count)
  run.kill('SIGINT')
  expect(await run.ended).toBe(0)
  await ring.expectAsBefore()
  return `${count} deliveries are taken, and Ctrl-C restores`
}

const longTexts: Attack['run'] = async (ground) => {
  const count = ground.times(150, 400)
  const target = await openTarget({ env: { NODE_OPTIONS: '--max-old-space-size=48' } })
  const text = 'x'.repeat(300_000)
  for (let n = 0; n < count; n += 1) {
    const [event, id] = ['message.create.contact.chat', `long${n}`]
    expect(
      await deliver(target, { body: JSON.stringify({ id, event, data: { message: { id, type: 'chat', text } } }) }),
    ).toEqual([200])
  }
  await target.expectService()
  await target.finish()
  return `${count} messages of 300 KB in a heap of 48 MB`
}

const held: Attack['run'] = async (ground) => {
  const count = ground.times(1_000, 10_000)
  const target = await openTarget({
    args: ['--hold', '1s'],
    env: { NODE_OPTIONS: `--max-old-space-size=${ground.times(64, 128)}` },
  })
  await target.bot.close()
  const bodyOf = (n: number): string => JSON.stringify({ id: n, text: 'x'.repeat(20_000) })
  for (let n = 0; n < count; n += 500) {
    const requests = Array.from({ length: 500 }, (_, i) => ({ body: bodyOf(n + i) }))
    const connections = Array.from({ length: 10 }, (_, i) => requests.slice(i * 50, i * 50 + 50))
    const statuses = await Promise.all(connections.map((some) => deliver(target, ...some)))
    expect(new Set(statuses.flat())).toEqual(new Set([200]))
  }
  const bot = await recordingBotForTest({ port: target.botPort })
  await bot.waitFor(count, undefined, 600_000)
  const ids = bot.deliveries().map(({ body }) => JSON.parse(body.toString()).id)
  expect(new Set(ids).size).toBe(count)
  expect(ids).toHaveLength(count)
  await target.finish()
  return `${count} held deliveries of 20 KB in a heap of ${ground.times(64, 128)} MB: each came once`
}

const stranger: Attack['run'] = async () => {
  const ring = await openRing()
  const other = await recordingBotForTest({ port: ring.botPort })
  const cli = await ring.start({ args: ['--hold', '300ms'], command: [process.execPath, '-e', LISTENS] })
  await cli.notice('ready')
  const contact = await ring.platform.contact({ name: 'Jenny' })
  contact.send('for the bot only')
  await eventually(() => ring.platform.deliveries.some(({ state }) => state === 'delivered'))
  expect(other.deliveries()).toEqual([])
  cli.kill('SIGINT')
  await cli.ended
  await ring.expectAsBefore()
  return 'who has the port before the bot starts is given nothing'
}

const inspector: Attack['run'] = async () => {
  const target = await openTarget()
  await deliver(target, { body: '{"id":"i"}' })
  const came = target.bot.deliveries().length
  const state = await readdir(join(target.home, 'state'), { recursive: true })
  const file = state.find((path) => path.endsWith('inspector.json')) ?? ''
  const { port, token } = JSON.parse(await readFile(join(target.home, 'state', file), 'utf8'))
  const body = '{"id":"i"}'
  const ask = (line: string, ...headers: readonly string[]): string =>
    `${[`${line} HTTP/1.1`, ...headers, 'Connection: close', 'Content-Type: application/json', `Content-Length: ${body.length}`].join('\r\n')}\r\n\r\n${body}`
  const [host, bearer] = [`Host: 127.0.0.1:${port}`, `Authorization: Bearer ${token}`]
  const requests = [
    ask('POST /api/replay', host),
    ask('POST /api/replay', host, 'Authorization: Bearer x'),
    ask('POST /api/replay', host, `Authorization: Basic ${token}`),
    ask(`POST /api/replay?token=${token}`, host),
    ask('POST /api/replay', host, `Cookie: token=${token}`),
    ask('POST /api/replay', 'Host: evil.example', bearer),
    ask('POST /api/replay', `Host: 127.0.0.1.evil.example:${port}`, bearer),
    ask('POST /api/replay', 'Host: 127.0.0.1:1', bearer),
    ask('POST /api/replay', host, bearer, 'Origin: https://evil.example'),
    ask('POST /api/replay', host, bearer, 'Origin: null'),
    ask('POST /api/replay', host, bearer, `Origin: http://127.0.0.1:${port}.evil.example`),
    ask('OPTIONS /api/replay', host, 'Origin: https://evil.example', 'Access-Control-Request-Method: POST'),
    ask('GET /api/../../etc/passwd', host, bearer),
    ask('GET /%2e%2e/%2e%2e/etc/passwd', host, bearer),
    ask('TRACE /api/status', host, bearer),
  ]
  const statuses: number[] = []
  for (const bytes of requests) {
    const { status, headers } = await exchange(port, bytes)
    expect(status, bytes).toBeGreaterThanOrEqual(400)
    expect(headers.join('\n').toLowerCase()).not.toContain('access-control-allow')
    statuses.push(status)
  }
  expect(target.bot.deliveries()).toHaveLength(came)
  await target.finish()
  return `${requests.length} requests: ${[...new Set(statuses)].join(', ')}, nothing was replayed`
}

const openFolder: Attack['run'] = async () => {
  const ring = await openRing()
  const folder = join(ring.home, 'state', 'dev-hook')
  await mkdir(folder, { recursive: true })
  await chmod(folder, 0o777)
  const cli = await ring.start({ command: [process.execPath, '-e', LISTENS] })
  await cli.notice('ready')
  const all = await readdir(folder, { recursive: true })
  const modes = await Promise.all(['', ...all].map(async (path) => (await stat(join(folder, path))).mode & 0o077))
  expect(new Set(modes)).toEqual(new Set([0]))
  cli.kill('SIGINT')
  await cli.ended
  await ring.expectAsBefore()
  return `${modes.length} files and folders, none of which others may read`
}

const sandboxes: Attack['run'] = async () => {
  const home = await folderForTest()
  const env = { HOME: home, TMPDIR: home }
  const left = async (): Promise<number> =>
    (await readdir(home)).filter((name) => name.startsWith('dev-hook-sandbox-')).length
  const start = async () => {
    const cli = await startCli({ args: ['sandbox', '--json'], env, command: [process.execPath, '-e', LISTENS] })
    await cli.notice('ready')
    return cli
  }
  const first = await start()
  first.kill('SIGKILL')
  await first.ended
  const second = await start()
  second.kill('SIGINT')
  await second.ended
  await eventually(async () => (await left()) === 0)
  return 'what a killed sandbox has left goes with the next one'
}

/** By the machine, and by others on it. */
export const MACHINE: readonly Attack[] = [
  { tries: 'a disk that fills up', run: fullDisk },
  { tries: 'a terminal that nobody reads', run: unread },
  { tries: 'long texts and little memory', run: longTexts },
  { tries: 'thousands of deliveries for a bot that is away', run: held },
  { tries: 'a stranger on the port of the bot', run: stranger },
  { tries: 'requests of other programs and pages to the inspector', run: inspector },
  { tries: 'a state folder that is open to all', run: openFolder },
  { tries: 'a sandbox that is killed', run: sandboxes },
]
