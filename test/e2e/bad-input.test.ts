import { mkdir, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createHookAddress, hookUrl } from '../../src/core/hook-url.ts'
import { sign } from '../../src/protocol/signature.ts'
import type { RecordingBot } from '../support/bot/recording-bot.js'
import { startRecordingBot } from '../support/bot/recording-bot.js'
import { type Cli, type CliEnd, type CliOptions, startCli } from '../support/cli/cli.ts'
import { folderForTest } from '../support/folder.ts'
import { freePort } from '../support/free-port.ts'
import { expectNothingLeft, registrationOf } from '../support/leftovers.ts'
import { type TestWorld, worldForTest } from '../support/world.ts'

const runCli = async (options: CliOptions): Promise<CliEnd> => (await startCli(options)).ended

const encode = (claims: object): string => Buffer.from(JSON.stringify(claims)).toString('base64url')
const tokenWith = (claims: object): string => `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}.c2lnbmF0dXJl`
const GOOD = tokenWith({ _id: '5b430ef410b7cb0cc2580183', grant_type: 'access_token', scope: 'guest agent bot' })

describe('a command line that is wrong', () => {
  // Windows keeps a folder for as long as somebody is in it.
  it.runIf(process.platform !== 'win32')('(in a folder that is gone) ends with 2, and says so', async () => {
    const folder = join(await folderForTest(), 'gone')
    await mkdir(folder)
    const line = `rmdir "$PWD" && exec "$0" "$@"`
    const { code, stdout, stderr } = await runCli({
      args: ['status', '--json'],
      cwd: folder,
      under: ['sh', '-c', line],
    })
    expect(code).toBe(2)
    expect(stderr).toContain('the current folder is not there any more')
    expect(JSON.parse(stdout)).toMatchObject({ type: 'error', code: 'DEVHOOK_USAGE' })
  })

  it.each([
    ['a misspelled flag', ['--prot', '4002'], /unknown option `--prot`; did you mean `--port`\?/],
    ['a misspelled command', ['stauts'], /unknown command `stauts`; did you mean `status`\?/],
    ['a misspelled flag of a command', ['status', '--jsno'], /unknown option `--jsno`; did you mean `--json`\?/],
    ['a command of the bot without `--`', ['node', 'bot.js'], /unknown command `node`[^?]*dev-hook -- node/s],
    ['nothing after `--`', ['--'], /no command follows `--`/],
    ['a flag without its value', ['--port'], /`-p, --port <port>` needs a value/],
    ['an action that the command does not have', ['relay', 'foo'], /neither init.*`dev-hook relay --help`/s],
    ['a bad value for a command', ['sandbox', '--port', '99999'], /is not a port.*`dev-hook sandbox --help`/s],
    ['no value at all', ['--watch', ''], /watch "" \(from --watch\) is empty/],
    ['a folder that is not there', ['--cwd', '/no/such/folder'], /there is no folder \/no\/such\/folder/],
    [
      'an event that is not there',
      ['trigger', '--file', 'no.json'],
      /no\.json cannot be read: there is no such file \[/,
    ],
    ['an event that is a folder', ['trigger', '--file', '/'], /cannot be read: it is a folder \[/],
    [
      'a talk that is not there',
      ['sandbox', '--play', 'no.txt'],
      /no\.txt \(from --play\) cannot be read: there is no/,
    ],
    ['a config file that is not there', ['--config', 'no.json'], /config no\.json \(from --config\) does not exist/],
  ] as const)('(%s) ends with 2, and says what was meant', async (_, args, says) => {
    const { code, stdout, stderr } = await runCli({ args })
    expect(code).toBe(2)
    expect(stderr).toMatch(says)
    expect(stderr).toContain('[DEVHOOK_USAGE]')
    expect(stderr).toContain('→ ')
    expect(stdout).toBe('')
  })

  it.each(['dev', 'sandbox'])('(%s that another dev-hook has started as its bot) ends with 2', async (command) => {
    const { code, stderr } = await runCli({
      args: [command, '--', 'node', 'bot.js'],
      env: { TOKEN: GOOD, DEV_HOOK_RUN: 'a' },
    })
    expect(code).toBe(2)
    expect(stderr).toMatch(/another dev-hook has started this one as its bot[\s\S]*-- node bot\.js/)
  })

  it('names variables that no option is read from, and the ones that were meant', async () => {
    const cwd = await folderForTest()
    await writeFile(join(cwd, '.env'), 'DEVHOOK_HOLD=3s\nDEV_HOOK_COLOUR_OF_SKY=blue\n')
    const { stderr } = await runCli({ cwd, env: { DEV_HOOK_TUNEL: 'loopback', DEV_HOOK_HELPER: '1' } })
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(
      /no option is read from DEV_HOOK_TUNEL of the environment; did you mean DEV_HOOK_TUNNEL\?.*\.env: no option is read from DEVHOOK_HOLD; did you mean DEV_HOOK_HOLD\?.*\.env: no option is read from DEV_HOOK_COLOUR_OF_SKY \[/,
    )
    expect(stderr).not.toContain('DEV_HOOK_HELPER')
  })

  it('names every bad value with its source, all at once', async () => {
    const cwd = await folderForTest()
    await writeFile(join(cwd, '.env'), 'DEV_HOOK_HOLD=a-while\n')
    await writeFile(join(cwd, 'dev-hook.config.json'), JSON.stringify({ late: 'never', prot: 1, token: 'x' }))
    const { code, stderr } = await runCli({
      cwd,
      args: ['--tunnel', 'pigeon', '--events', 'a..b'],
      env: { DEV_HOOK_PORT: '70000', APIHOST: 'http://api.example.com' },
    })
    expect(code).toBe(2)
    for (const problem of [
      'port 70000 (from DEV_HOOK_PORT) is not a port',
      'hold a-while (from DEV_HOOK_HOLD in .env) is not a duration such as 500ms, 15s or 2m',
      'late never (from dev-hook.config.json) is not one of ack, retry',
      'tunnel pigeon (from --tunnel) is not one of ngrok, loopback',
      'events a..b (from --events) contains a..b, which is not an event pattern',
      'apiHost http://api.example.com (from APIHOST) is neither https nor on this machine',
      'unknown option prot (in dev-hook.config.json); did you mean port?',
      'token (in dev-hook.config.json) is a secret: put it into .env',
    ]) {
      expect(stderr).toContain(problem)
    }
  })

  it.each([
    ['nothing at all', {}, /TOKEN is set neither.*`npx dev-hook init`.*`npx dev-hook sandbox`/s],
    ['a token that is none', { TOKEN: 'sk-12345678' }, /TOKEN is not a JSON Web Token.*copy the whole token/s],
    [
      'a refresh token in its place',
      { TOKEN: tokenWith({ _id: 'b', grant_type: 'refresh_token' }) },
      /TOKEN holds a refresh token.*REFRESH_TOKEN/s,
    ],
    [
      'a token without a bot',
      { TOKEN: tokenWith({ scope: 'admin' }) },
      /the token does not name a bot.*`--bot` or BOT_ID/s,
    ],
    ['no ngrok authtoken', { TOKEN: GOOD }, /there is no ngrok authtoken.*dashboard\.ngrok\.com.*dev-hook sandbox/s],
  ] as const)('(%s) ends with 2, and says where to get one', async (_, env, says) => {
    const { code, stderr } = await runCli({ env })
    expect(code).toBe(2)
    expect(stderr).toMatch(says)
    for (const secret of Object.values(env)) expect(stderr).not.toContain(secret)
    // Nothing was done that could be counted.
    expect(stderr).not.toContain('deliveries')
  })

  it.each([
    ['nodee bot.js', ['nodee', 'bot.js'], /the command `nodee` was not found.*check its spelling/s],
    [
      '"node bot.js"',
      ['node bot.js'],
      /the command `node bot\.js` was not found.*without quotes: dev-hook -- node bot\.js/s,
    ],
  ] as const)('(a command that is not there: %s) ends with 2 before anything is claimed', async (_, command, says) => {
    const world = await worldForTest()
    const before = registrationOf(world)
    const cli = await startCli({ env: world.env, command })
    const { code, stderr } = await cli.ended
    expect(code).toBe(2)
    expect(stderr).toMatch(says)
    expect(world.platform.calls).toEqual([])
    await expectNothingLeft(world, cli, before)
  })
})

describe('a token that has expired', () => {
  it.each([
    ['and there is no refresh token', { REFRESH_TOKEN: '' }, /expired/],
    [
      'and its refresh is refused',
      { REFRESH_TOKEN: tokenWith({ _id: 'b', grant_type: 'refresh_token' }) },
      /refreshed/,
    ],
  ] as const)('%s ends with 3', async (_, env, says) => {
    const world = await worldForTest()
    const before = registrationOf(world)
    world.platform.expireTokens()
    const cli = await world.start({ env })
    expect((await cli.ended).code).toBe(3)
    expect(await cli.notice('error')).toMatchObject({
      code: 'DEVHOOK_CREDENTIALS_REFUSED',
      message: expect.stringMatching(says),
      remedy: expect.stringContaining('copy a fresh token'),
    })
    await expectNothingLeft(world, cli, before)
  })

  it('and can be refreshed is no error', async () => {
    const world = await worldForTest()
    world.platform.expireTokens()
    const cli = await world.start({ command: null })
    await cli.notice('ready')
  })
})

it('a bot that does not listen yet is no error: it is said, and what comes is held', async () => {
  const world = await worldForTest()
  const cli = await world.start({ command: null })
  expect(await cli.notice('bot')).toMatchObject({ state: 'starting', pid: null, port: world.port })
  await cli.notice('ready')
  const jenny = await world.platform.contact({ name: 'Jenny' })
  jenny.send('hi')
  expect(await cli.notice('held')).toMatchObject({ reason: 'nothing listens on the bot’s port' })
  const bot = await startRecordingBot({ port: world.port })
  await bot.waitFor(1)
  await cli.notice('released')
  cli.kill('SIGINT')
  expect((await cli.ended).code).toBe(0)
  await bot.close()
})

describe('a webhook that belongs to somebody else', () => {
  const withoutTakeOver = (world: TestWorld, args: readonly string[] = []): Promise<Cli> =>
    startCli({ env: world.env, args: ['--json', '--tunnel', 'loopback', ...args] })

  it.each([[[]], [['--yes']]])('is not taken without a terminal to ask at (%j): 7', async (args) => {
    const world = await worldForTest()
    const before = registrationOf(world)
    const cli = await withoutTakeOver(world, args)
    expect((await cli.ended).code).toBe(7)
    expect(await cli.notice('error')).toMatchObject({
      code: 'DEVHOOK_TAKEN',
      message: expect.stringContaining('https://bots.example.com/hook'),
      remedy: expect.stringContaining('--take-over'),
    })
    expect(world.platform.calls.filter(({ method }) => method !== 'GET')).toEqual([])
    await expectNothingLeft(world, cli, before)
  })

  it('is not taken from another dev-hook that answers, which is named: 7', async () => {
    const world = await worldForTest()
    const other = await world.start({ command: null })
    await other.notice('ready')
    const before = registrationOf(world)
    const cli = await withoutTakeOver(world)
    expect((await cli.ended).code).toBe(7)
    expect(await cli.notice('error')).toMatchObject({
      code: 'DEVHOOK_TAKEN',
      message: expect.stringMatching(new RegExp(`another dev-hook that is running: \\S+@\\S+ pid ${other.pid}$`)),
    })
    expect(registrationOf(world)).toEqual(before)
  })

  it('is named at once even where the one ngrok account has room for one tunnel only', async () => {
    const world = await worldForTest()
    const other = await world.start({ command: null })
    await other.notice('ready')
    const cli = await startCli({ env: world.env, args: ['--json'] })
    expect((await cli.ended).code).toBe(7)
    expect(await cli.notice('error')).toMatchObject({ message: expect.stringContaining(`pid ${other.pid}`) })
  })

  it('is taken from a dev-hook that no longer answers, and it is said', async () => {
    const dead = hookUrl(`http://127.0.0.1:${await freePort()}`, createHookAddress())
    const world = await worldForTest({ registered: { url: dead } })
    const cli = await withoutTakeOver(world)
    expect(await cli.notice('warning')).toMatchObject({
      code: 'DEVHOOK_TAKEN_OVER_DEAD',
      message: expect.stringContaining('no longer answers'),
    })
    await cli.notice('ready')
    cli.kill('SIGINT')
    expect((await cli.ended).code).toBe(0)
    expect(await cli.notice('restored')).toMatchObject({ result: 'restored' })
    // It may be asleep on another machine, and has what was there before it.
    expect(world.platform.registration()).toMatchObject({ url: dead })
  })
})

describe('what comes to the public URL and is no delivery of the platform', () => {
  interface Sent {
    readonly path?: string
    readonly credentials?: string | null
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: Buffer
  }

  interface Door {
    readonly cli: Cli
    readonly bot: RecordingBot
    readonly world: TestWorld
    /** Knocks at the public URL as the platform would, changed in what is given; resolves with status and text. */
    knock(sent: Sent): Promise<{ readonly status: number; readonly text: string }>
  }

  async function openDoor(): Promise<Door> {
    const world = await worldForTest()
    const bot = await startRecordingBot({ port: world.port })
    const cli = await world.start({ command: null })
    await cli.notice('ready')
    await cli.notice('bot', ({ state }) => state === 'ready')
    const { url } = Object(world.platform.registration())
    const hook = new URL(String(url))
    const knock: Door['knock'] = ({ path = hook.pathname, credentials, headers = {}, body = Buffer.from('{}') }) =>
      new Promise((resolve, reject) => {
        const auth = credentials === undefined ? `${hook.username}:${hook.password}` : credentials
        const options = { method: 'POST', path, ca: world.edge.ca, headers, ...(auth !== null && { auth }) }
        const call = request(hook.origin, options, (response) => {
          let text = ''
          response.on('data', (chunk: Buffer) => {
            text += chunk.toString()
          })
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
        })
        call.once('error', reject)
        call.end(body)
      })
    return { cli, bot, world, knock }
  }

  it('is answered as documented, announced, and never reaches the bot', async () => {
    const { cli, bot, world, knock } = await openDoor()
    const secret = world.platform.secret() ?? ''
    const signed = (body: Buffer): Readonly<Record<string, string>> => ({ 'x-hub-signature': sign(body, secret) })
    const body = Buffer.from('{"event":"message.create.contact.chat"}')
    const wrong = { 'x-hub-signature': sign(body, 'another secret') }

    expect(await knock({ path: '/elsewhere', body })).toMatchObject({ status: 404 })
    expect(await knock({ credentials: null, headers: signed(body), body })).toMatchObject({ status: 401 })
    expect(await knock({ credentials: 'dev-hook:guess', headers: signed(body), body })).toMatchObject({ status: 401 })
    const large = Buffer.alloc(10 * 1024 * 1024 + 1, 32)
    expect(await knock({ headers: signed(large), body: large })).toMatchObject({ status: 413 })
    // Until a signature was right once the fault may be ours, and the platform is to come again.
    expect(await knock({ body })).toMatchObject({ status: 503, text: expect.stringContaining('no X-Hub-Signature') })
    expect(await knock({ headers: wrong, body })).toMatchObject({ status: 503 })
    expect(bot.requests).toEqual([])

    expect(await knock({ headers: signed(body), body })).toMatchObject({ status: 200 })
    expect(await knock({ body })).toMatchObject({ status: 401 })
    expect(await knock({ headers: wrong, body })).toMatchObject({
      status: 401,
      text: expect.stringContaining('another secret'),
    })
    expect(await knock({ headers: { 'x-hub-signature': 'md5=1' }, body })).toMatchObject({ status: 401 })
    expect(bot.deliveries()).toHaveLength(1)

    cli.kill('SIGINT')
    expect((await cli.ended).code).toBe(0)
    const rejected = cli.notices.flatMap((notice) => (notice.type === 'rejected' ? [notice] : []))
    expect(rejected.map(({ reason, status }) => `${reason} ${status}`)).toEqual([
      'unauthorised 401',
      'unauthorised 401',
      'too-large 413',
      'signature-missing 503',
      'signature-wrong 503',
      'signature-missing 401',
      'signature-wrong 401',
      'signature-wrong 401',
    ])
    for (const { detail } of rejected) expect(detail).not.toBe('')
    await bot.close()
  })
})
