import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Environment } from '../../src/config/layers.ts'
import { type Config, loadConfig } from '../../src/config/load.ts'
import { envNames, flagName } from '../../src/config/option-names.ts'
import { OPTION_KEYS, type Options, optionOf } from '../../src/config/options.ts'
import { secretsOf } from '../../src/config/values.ts'
import { requireAuthtoken } from '../../src/tunnel/ngrok/ngrok.ts'

let cwd: string
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'dev-hook-config-'))
})
afterEach(() => rm(cwd, { recursive: true, force: true }))

const write = async (name: string, content: string): Promise<void> => {
  const path = join(cwd, name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
}

const load = (given: Record<string, unknown> = {}, env: Environment = {}): Promise<Config> =>
  loadConfig(given as Options, { cwd, env, platform: 'linux', sourceOf: (key) => `--${flagName(key)}` })

describe('The config', () => {
  it('is complete without anything given', async () => {
    const config = await load()
    expect(config).toMatchObject({
      port: 3000,
      path: '/',
      hook: 'bot',
      tunnel: 'ngrok',
      hold: 15_000,
      probe: 120_000,
      apiHost: 'https://api.web1on1.chat',
      restore: true,
      token: null,
      events: null,
      target: { host: 'localhost', port: 3000, path: '/' },
    })
    expect(Object.isFrozen(config)).toBe(true)
  })

  it('takes flag, environment, .env and file in this order', async () => {
    await write('dev-hook.config.json', '{ "port": 1004 }')
    expect((await load()).port).toBe(1004)
    await write('.env', 'PORT=1003')
    expect((await load()).port).toBe(1003)
    expect((await load({}, { PORT: '1002' })).port).toBe(1002)
    expect((await load({}, { PORT: '1002', DEV_HOOK_PORT: '1001' })).port).toBe(1001)
    expect((await load({ port: '1000' }, { DEV_HOOK_PORT: '1001' })).port).toBe(1000)
  })

  it('reads what a chipchat bot reads, from the same places', async () => {
    await write(
      '.env',
      'TOKEN=abc\nSECRET="s e"\nWEBHOOK_PATH=hook\nAPIHOST=http://127.0.0.1:99\nBOTID=b1\nREFRESH_TOKEN=r\nEMAIL=e@x\n',
    )
    expect(await load()).toMatchObject({
      token: 'abc',
      secret: 's e',
      path: '/hook',
      apiHost: 'http://127.0.0.1:99',
      bot: 'b1',
      refreshToken: 'r',
      email: 'e@x',
      sources: { token: 'TOKEN in .env' },
    })
  })

  it('reads a file that begins with a byte order mark, or is in UTF-16', async () => {
    await write('.env', '\uFEFFTOKEN=abc')
    await write('package.json', '\uFEFF{ "dev-hook": { "port": 1234 } }')
    expect(await load()).toMatchObject({ token: 'abc', port: 1234, oddities: [] })
    await writeFile(join(cwd, '.env'), '\uFEFFTOKEN=def\r\n', 'utf16le')
    await write('dev-hook.config.json', '\uFEFF{ "port": 1235 }')
    const oddity = ".env is in UTF-16: dev-hook reads it, but the bot's own dotenv does not"
    expect(await load()).toMatchObject({ token: 'def', port: 1235, oddities: [oddity] })
  })

  it('names each line of a file of variables that is not read, without what is in it', async () => {
    await write('.env', 'Settings\nTOKEN=abc\n')
    await write('.env.echo', 'SECRET=s\n\nhush hush\n')
    await write('dev-hook.config.json', '{ "profiles": { "echo": {} } }')
    expect(await load({ profile: 'echo' })).toMatchObject({
      token: 'abc',
      secret: 's',
      oddities: [
        '.env: line 1 is neither NAME=value nor a comment, so it is not read',
        '.env.echo: line 3 is neither NAME=value nor a comment, so it is not read',
      ],
    })
  })

  it('names every bad value and its source, all at once', async () => {
    await write('dev-hook.config.json', '{ "hold": "soon", "prot": 1 }')
    const failure = load({ hook: 'bots', events: ['mess*'] }, { DEV_HOOK_PORT: '70000', APIHOST: 'http://example.com' })
    await expect(failure).rejects.toMatchObject({ code: 'DEVHOOK_USAGE', failure: 'usage' })
    const message = await failure.then(String, (error: Error) => error.message)
    expect(message.split('\n').toSorted()).toEqual([
      'apiHost http://example.com (from APIHOST) is neither https nor on this machine',
      'events mess* (from --events) contains mess*, which is not an event pattern',
      'hold soon (from dev-hook.config.json) is not a duration such as 500ms, 15s or 2m',
      'hook bots (from --hook) is not one of bot, service, manual',
      'port 70000 (from DEV_HOOK_PORT) is not a port',
      'unknown option prot (in dev-hook.config.json); did you mean port?',
    ])
  })

  it('refuses a secret in a config file, without repeating it', async () => {
    await write('dev-hook.config.json', '{ "token": "hush-hush" }')
    const message: string = await load().then(String, (error: Error) => error.message)
    expect(message).toContain('.env')
    expect(message).not.toContain('hush-hush')
  })

  it.each([
    ['dev-hook.config.ts', 'enum P { A = 1234 }\nexport default { port: P.A as number }'],
    ['dev-hook.config.mts', 'export default { port: 1234 as number }'],
    ['dev-hook.config.cts', 'export = { port: 1234 as number }'],
    ['dev-hook.config.js', 'module.exports = { port: 1234 }'],
    ['dev-hook.config.mjs', 'export default { port: 1234 }'],
    ['dev-hook.config.cjs', 'module.exports = { port: 1234 }'],
    ['dev-hook.config.json', '{ "$schema": "x", "port": 1234 }'],
    ['package.json', '{ "dev-hook": { "port": 1234 } }'],
  ])('is found in %s', async (name, content) => {
    await write(name, content)
    expect((await load()).port).toBe(1234)
  })

  it('says how a profile comes to be', async () => {
    await expect(load({ profile: 'echo' })).rejects.toThrow(/as there is no config file: add it under "profiles"/)
  })

  it('takes one bot of several, with its own secrets before those of all', async () => {
    await write(
      'dev-hook.config.json',
      '{ "port": 1, "hold": "1s", "profiles": { "echo": { "port": 2 }, "quiz": { "port": 3 } } }',
    )
    await write('.env', 'TOKEN=all\nNGROK_AUTHTOKEN=all')
    await write('.env.echo', 'TOKEN=echo')
    expect(await load({ profile: 'echo' })).toMatchObject({
      port: 2,
      hold: 1_000,
      token: 'echo',
      ngrokAuthtoken: 'all',
    })
    expect(await load()).toMatchObject({ port: 1, token: 'all' })
    await expect(load({ profile: 'eco' })).rejects.toThrow(
      'there is no profile eco: dev-hook.config.json has echo, quiz',
    )
  })

  it('never mixes the secrets of two bots', async () => {
    await write('dev-hook.config.json', '{ "profiles": { "echo": {} } }')
    await write('.env', 'TOKEN=all\nREFRESH_TOKEN=all\nEMAIL=all\nSECRET=all\nBOTID=all\n')
    expect(await load({ profile: 'echo' })).toMatchObject({ token: 'all', secret: 'all' })
    await write('.env.echo', 'TOKEN=echo\nSECRET=echo\n')
    expect(await load({ profile: 'echo' })).toMatchObject({
      token: 'echo',
      secret: 'echo',
      refreshToken: null,
      email: null,
      bot: null,
    })
  })

  it('may have its profile chosen in .env', async () => {
    await write('dev-hook.config.json', '{ "profiles": { "echo": { "port": 2 } } }')
    await write('.env', 'DEV_HOOK_PROFILE=echo\n')
    await write('.env.echo', 'TOKEN=echo\n')
    expect(await load()).toMatchObject({ profile: 'echo', port: 2, token: 'echo' })
  })

  it('is looked for in the folder that the environment names', async () => {
    await write('bots/echo/.env', 'PORT=1234\n')
    expect(await load({}, { DEV_HOOK_CWD: 'bots/echo' })).toMatchObject({ port: 1234, cwd: join(cwd, 'bots/echo') })
  })

  it('extends a file that is named from the root', async () => {
    await write('team.json', '{ "port": 7 }')
    await write('dev-hook.config.json', JSON.stringify({ extends: join(cwd, 'team.json') }))
    expect(await load()).toMatchObject({
      port: 7,
      files: [join(cwd, 'dev-hook.config.json'), join(cwd, 'team.json')],
    })
  })

  it.each([
    ['dev-hook.config.ts', (port: number) => `export default { port: ${port} as number }`],
    ['dev-hook.config.mjs', (port: number) => `export default { port: ${port} }`],
    ['dev-hook.config.js', (port: number) => `module.exports = { port: ${port} }`],
    ['dev-hook.config.js', (port: number) => `export default { port: ${port} }`],
  ])('is read from %s as that was saved last', async (name, content) => {
    for (const port of [1, 2, 3]) {
      await write(name, content(port))
      expect((await load()).port).toBe(port)
    }
  })

  it('extends what a team shares', async () => {
    await write('team/base.json', '{ "port": 1, "hold": "1s", "profiles": { "echo": { "path": "/a", "port": 5 } } }')
    await write(
      'dev-hook.config.json',
      '{ "extends": "./team/base.json", "port": 2, "profiles": { "echo": { "path": "/b" } } }',
    )
    expect(await load()).toMatchObject({ port: 2, hold: 1_000 })
    expect(await load({ profile: 'echo' })).toMatchObject({ port: 5, path: '/b' })
  })

  it('that extends itself is refused', async () => {
    await write('dev-hook.config.json', '{ "extends": "./dev-hook.config.json" }')
    await expect(load()).rejects.toThrow('dev-hook.config.json cannot be read: it extends itself')
    await write('dev-hook.config.json', '{ "extends": ["./b.json"] }')
    await write('b.json', '{ "extends": "./dev-hook.config.json" }')
    await expect(load()).rejects.toThrow('b.json cannot be read: it extends dev-hook.config.json, which extends it')
  })

  it.each([
    ['{ "events": null }', 'events null (from dev-hook.config.json) says nothing: leave it out'],
    ['{ "events": [{}, "a.*"] }', 'events [{},"a.*"] (from dev-hook.config.json) contains {}, which is not text'],
    ['{ "port": [3000] }', 'port [3000] (from dev-hook.config.json) is neither text nor a number'],
    ['{ "extends": 5 }', '`extends` is neither a file nor a list of files'],
    ['{ "profiles": [] }', '`profiles` is not an object, but a list'],
    ['{ "profiles": { "echo": 5 } }', 'the profile echo is not an object, but a number'],
  ])('names what is of the wrong type in %s', async (content, says) => {
    await write('dev-hook.config.json', content)
    await expect(load()).rejects.toThrow(says)
  })

  it('names what looks like one beside it, and is not read', async () => {
    await write('dev-hook.config.json', '{ "extends": "./dev-hook.config.team.json" }')
    await write('dev-hook.config.team.json', '{ "port": 7 }')
    expect(await load()).toMatchObject({ port: 7, unreadConfigs: [] })
    for (const name of ['dev-hook.config.mjs', '.dev-hookrc', 'devhook.config.yml', 'dev-hook.js'])
      await write(name, 'export default {}')
    expect((await load()).unreadConfigs).toEqual([
      '.dev-hookrc is not read: it is not the name of a config file',
      'dev-hook.config.json is not read: another config file is',
      'devhook.config.yml is not read: it is not the name of a config file',
    ])
    expect((await load({ config: 'dev-hook.config.json' })).unreadConfigs).toEqual([])
  })

  it('never shows what the bot expects of the platform, right or wrong', async () => {
    const { botAuth, botQuery } = await load({ botQuery: '?key=k3y&x=1' }, { DEV_HOOK_BOT_AUTH: 'jo:pw' })
    expect([botAuth, botQuery]).toEqual(['jo:pw', 'key=k3y&x=1'])
    const wrong = await load({ botQuery: 'k3y#x' }, { DEV_HOOK_BOT_AUTH: 's3cret' }).catch(
      (error: Error) => error.message,
    )
    expect(wrong).toContain('botAuth (from DEV_HOOK_BOT_AUTH) is not user:password')
    expect(wrong).toMatch(/botQuery \(from .*\) is not a query such as key=abc&x=1/)
    expect(wrong).not.toMatch(/k3y|s3cret/)
  })

  it('says which file is broken', async () => {
    await write('dev-hook.config.json', '{')
    await expect(load()).rejects.toThrow(/^dev-hook\.config\.json cannot be read: /)
    await expect(load({ config: 'dev-hok.config.json' })).rejects.toThrow(
      'config dev-hok.config.json (from --config) does not exist; did you mean dev-hook.config.json?',
    )
    await expect(load({ config: '.' })).rejects.toThrow(/cannot be read: a config file ends in one of \.ts, /)
  })

  it.each([
    ['3001', { host: 'localhost', port: 3001, path: '/x' }],
    [':3001/hook', { host: 'localhost', port: 3001, path: '/hook' }],
    ['localhost:3001', { host: 'localhost', port: 3001, path: '/x' }],
    ['[::1]:3001/a', { host: '::1', port: 3001, path: '/a' }],
    ['http://localhost:3001/hook', { host: 'localhost', port: 3001, path: '/hook' }],
    ['http://localhost', { host: 'localhost', port: 80, path: '/x' }],
  ])('forwards to %s', async (forwardTo, target) => {
    expect((await load({ forwardTo, path: '/x' })).target).toEqual(target)
  })

  it.each(['', 'x', '0', '70000', 'https://localhost:1', 'http://a:b@localhost', ':1?a=b'])(
    'cannot forward to "%s"',
    async (forwardTo) => {
      await expect(load({ forwardTo })).rejects.toMatchObject({ code: 'DEVHOOK_USAGE' })
    },
  )

  it('finds the authtoken in the file of the ngrok agent, old and new', async () => {
    await write('home/.config/ngrok/ngrok.yml', 'version: "3"\nagent:\n  authtoken: new-token\n')
    const { ngrokAuthtoken, sources } = await load({}, { HOME: join(cwd, 'home') })
    expect(ngrokAuthtoken).toBe('new-token')
    expect(sources.ngrokAuthtoken).toBe(join(cwd, 'home/.config/ngrok/ngrok.yml'))
    await write('old/.ngrok2/ngrok.yml', 'authtoken: old-token\n')
    expect((await load({}, { HOME: join(cwd, 'old') })).ngrokAuthtoken).toBe('old-token')
    await write('bom/.ngrok2/ngrok.yml', '\uFEFFauthtoken: marked-token\n')
    expect((await load({}, { HOME: join(cwd, 'bom') })).ngrokAuthtoken).toBe('marked-token')
  })

  it('says where the file of the ngrok agent is broken, and shows nothing of it', async () => {
    const file = join(cwd, 'broken/.config/ngrok/ngrok.yml')
    await write('broken/.config/ngrok/ngrok.yml', 'version: "3"\nagent:\n  authtoken: hush\n hush: hush\n')
    const broken = await load({}, { HOME: join(cwd, 'broken') })
    expect(broken.ngrokAuthtoken).toBeNull()
    expect(broken.unreadable).toEqual([expect.stringMatching(/ is not valid YAML at line [34], column \d+$/)])
    expect(broken.unreadable.join()).toContain(file)
    expect(broken.unreadable.join()).not.toContain('hush')
    expect(() => requireAuthtoken(broken)).toThrow(`in .env, and ${file} is not valid YAML`)
    // Another one that is right is enough.
    await write('broken/.ngrok2/ngrok.yml', 'authtoken: old-token\n')
    expect(await load({}, { HOME: join(cwd, 'broken') })).toMatchObject({ ngrokAuthtoken: 'old-token', unreadable: [] })
  })

  it('looks into the file of the ngrok agent only where ngrok is the tunnel and nobody gives an authtoken', async () => {
    await write('home/.config/ngrok/ngrok.yml', 'authtoken: of-the-agent\n')
    const HOME = join(cwd, 'home')
    expect((await load({ tunnel: 'loopback' }, { HOME })).ngrokAuthtoken).toBeNull()
    const given = await load({}, { HOME, NGROK_AUTHTOKEN: 'given' })
    expect(given).toMatchObject({ ngrokAuthtoken: 'given', sources: { ngrokAuthtoken: 'NGROK_AUTHTOKEN' } })
  })
})

describe('The table of options', () => {
  it('names every secret of a config, whatever it is for', async () => {
    const env = {
      TOKEN: 'token1',
      REFRESH_TOKEN: 'refresh1',
      SECRET: 'secret1',
      NGROK_AUTHTOKEN: 'ngrok1',
      EMAIL: 'a@b',
    }
    expect(secretsOf(await load({}, env))).toEqual(['token1', 'refresh1', 'secret1', 'ngrok1'])
    expect(secretsOf(await load({ tunnel: 'loopback' }))).toEqual([])
  })

  it('gives every option an environment name of its own, and no name twice', () => {
    const names = OPTION_KEYS.flatMap(envNames)
    expect(new Set(names).size).toBe(names.length)
  })

  it('gives every secret no flag', () => {
    const withFlag = OPTION_KEYS.filter((key) => optionOf(key).kind.shown === 'secret' && optionOf(key).flag !== false)
    expect(withFlag).toEqual([])
  })

  it('gives every short flag once', () => {
    const shorts = OPTION_KEYS.flatMap((key) => optionOf(key).short ?? [])
    expect(new Set(shorts).size).toBe(shorts.length)
  })
})
