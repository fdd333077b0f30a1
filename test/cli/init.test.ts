import { chmod, lstat, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { type CliEnd, startCli } from '../support/cli/cli.ts'
import { CTRL_C, DOWN, ENTER, startTerminal, type TestTerminal } from '../support/cli/terminal.ts'
import { folderForTest } from '../support/folder.ts'
import { freePort } from '../support/free-port.ts'
import { sandboxForTest } from '../support/platform/sandboxes.ts'
import { startScriptedApi } from '../support/platform/scripted-api.ts'
import { makeToken } from '../support/platform/tokens.ts'
import { openNgrokEdge } from '../support/tunnel/ngrok-edge/edge.ts'
import { eventually } from '../support/wait.ts'

const NODE_MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url))

/** The tunnel provider of every test here. */
const edge = await openNgrokEdge()
afterAll(() => edge.close())
const AUTHTOKEN = edge.authtoken
const OUTSIDE = {
  DEV_HOOK_NGROK_SERVER_ADDR: edge.serverAddr,
  DEV_HOOK_NGROK_CA: edge.caFile,
  NODE_EXTRA_CA_CERTS: edge.caFile,
}

type Terminal = Parameters<typeof startTerminal>[0]

const startInit = ({ env, ...more }: Omit<Terminal, 'args'>): Promise<TestTerminal> =>
  startTerminal({ args: ['init'], env: { ...OUTSIDE, ...env }, ...more })

/** A folder with an `npm` in it that installs what is installed here. */
async function fakeNpm(script = `ln -s '${NODE_MODULES}' node_modules && echo installed with $1`): Promise<string> {
  const folder = await folderForTest()
  await writeFile(join(folder, 'npm'), `#!/bin/sh\n${script}\n`)
  await chmod(join(folder, 'npm'), 0o755)
  return folder
}

/** A project with a bot that listens on a port of its own, and takes its token from a variable of its own. */
async function project(dotEnv: string): Promise<string> {
  const cwd = await folderForTest()
  await writeFile(
    join(cwd, 'package.json'),
    '{\n  "name": "p",\n  "main": "src/bot.js",\n  "scripts": {\n    "test": "x"\n  }\n}\n',
  )
  await mkdir(join(cwd, 'src'))
  const bot = "const C = require('chipchat')\nnew C({ token: process.env.BOT_TOKEN, webhook: 'in' }).start(4002)\n"
  await writeFile(join(cwd, 'src', 'bot.js'), bot)
  await writeFile(join(cwd, '.env'), dotEnv)
  return cwd
}

const text = (cwd: string, name: string): Promise<string> => readFile(join(cwd, name), 'utf8')

/** Every file with its content and time: what a second run must not change. */
async function contents(cwd: string): Promise<unknown> {
  const names = (await readdir(cwd)).toSorted()
  return Promise.all(
    names.map(async (name) => {
      const { mtimeMs } = await lstat(join(cwd, name))
      return [name, mtimeMs, await text(cwd, name).catch(() => 'a folder')]
    }),
  )
}

const initAlone = async (cwd: string, env: Readonly<Record<string, string>>, ...args: string[]): Promise<CliEnd> => {
  const cli = await startCli({ args: ['init', ...args], cwd, env: { ...OUTSIDE, ...env } })
  cli.endInput()
  return cli.ended
}

describe('dev-hook init at a terminal', () => {
  it('leads from an empty folder to the first echo, past wrong answers', async () => {
    const sandbox = await sandboxForTest()
    const cwd = await folderForTest()
    const port = await freePort()
    const path = `${await fakeNpm()}:${process.env['PATH'] ?? ''}`
    const terminal = await startInit({
      cwd,
      env: { APIHOST: sandbox.api, PATH: path, PORT: String(port) },
    })

    await terminal.shows('There is no bot in this folder yet')
    terminal.type(ENTER)
    await terminal.shows('access token (Enter skips')
    for (const [wrong, reason] of [
      ['abc', 'is not a JSON Web Token'],
      [sandbox.refreshToken, 'holds a refresh token'],
      [`${sandbox.token}x`, 'invalid signature'],
    ] as const) {
      terminal.type(wrong + ENTER)
      await terminal.shows(reason)
    }
    terminal.type(sandbox.token + ENTER)
    await terminal.shows(`the token of bot Echo (${sandbox.botId})`)
    await terminal.shows('The ngrok authtoken (Enter skips')
    terminal.type(`ak_2abcdefghijklmnop${ENTER}`)
    await terminal.shows('the id of an API key')
    terminal.type(`2wrongwrongwrongwrongwrong${ENTER}`)
    await terminal.shows('ERR_NGROK_105')
    terminal.type(`ngrok config add-authtoken ${AUTHTOKEN}${ENTER}`)
    await terminal.shows('reaches this machine')
    // No config: the port is known from the environment, and the rest is as usual.
    for (const name of ['.gitignore', '.env', 'bot.js', 'package.json']) await terminal.shows(`${name} (new)`)
    await terminal.shows('Write this?')
    expect(await readdir(cwd)).toEqual([])
    terminal.type(ENTER)
    await terminal.shows('Written')
    await terminal.shows('Run `npm install` now?')
    terminal.type(ENTER)
    await terminal.shows('installed with install')
    await terminal.shows('in the sandbox now?')
    terminal.type(ENTER)
    // The bot may be ready before or after that.
    await terminal.shows('Jenny ›')
    terminal.type(`hi there${ENTER}`)
    await terminal.shows('bot › You said: hi there')
    terminal.type(CTRL_C)
    expect(await terminal.ended).toBe(0)

    expect(parseEnv(await text(cwd, '.env'))).toEqual({
      TOKEN: sandbox.token,
      SECRET: sandbox.secret(),
      NGROK_AUTHTOKEN: AUTHTOKEN,
    })
    expect((await stat(join(cwd, '.env'))).mode & 0o777).toBe(0o600)
    expect(await text(cwd, '.gitignore')).toBe('node_modules/\n.env\n')
    for (const secret of [sandbox.token, sandbox.refreshToken, sandbox.secret() ?? '', AUTHTOKEN])
      expect(terminal.raw()).not.toContain(secret)
  })

  it('asks no question that the folder answers, and writes nothing when the answer is no', async () => {
    const sandbox = await sandboxForTest({ registered: null })
    const cwd = await project(`BOT_TOKEN=${sandbox.token}\nNGROK_AUTHTOKEN=${AUTHTOKEN}\n`)
    const before = await contents(cwd)
    const terminal = await startInit({ cwd, env: { APIHOST: sandbox.api } })
    await terminal.shows('src/bot.js, port 4002')
    await terminal.shows('BOT_TOKEN, which src/bot.js reads: the token of bot Echo')
    await terminal.shows('"dev": "dev-hook -- node src/bot.js"')
    terminal.type(ENTER)
    await terminal.shows('Tell coding agents')
    // No, as nothing here shows that there are any.
    terminal.type(ENTER)
    await terminal.shows('.env (changed)')
    await terminal.shows('+ TOKEN=[redacted]')
    await terminal.shows('+   "port": 4002')
    await terminal.shows('+   "path": "/in"')
    await terminal.shows('+     "dev"')
    await terminal.shows('Write this?')
    terminal.type('n')
    await terminal.shows('Nothing was written')
    expect(await terminal.ended).toBe(0)
    expect(await contents(cwd)).toEqual(before)
  })

  it('tells coding agents how to try the bot, once Enter says so where there are any', async () => {
    const cwd = await project('')
    await writeFile(join(cwd, 'AGENTS.md'), '# Mine\n')
    const terminal = await startInit({ cwd })
    await terminal.shows('access token')
    terminal.type(ENTER)
    await terminal.shows('Add to package.json')
    terminal.type('n')
    await terminal.shows('Tell coding agents how to try the bot, in AGENTS.md and .agents/skills/dev-hook/SKILL.md?')
    terminal.type(ENTER)
    await terminal.shows('AGENTS.md (changed)')
    await terminal.shows('+ npx dev-hook sandbox -- node src/bot.js')
    await terminal.shows('.agents/skills/dev-hook/SKILL.md (new)')
    await terminal.shows('Write this?')
    expect(await text(cwd, 'AGENTS.md')).toBe('# Mine\n')
    terminal.type(ENTER)
    await terminal.shows('Written')
    expect(await terminal.ended).toBe(0)
    expect(await text(cwd, 'AGENTS.md')).toMatch(/^# Mine\n\n<!-- dev-hook:start -->\n/)
  })

  it('asks for the port where nothing says it, and refuses what is none', async () => {
    const cwd = await folderForTest()
    const terminal = await startInit({ cwd })
    await terminal.shows('There is no bot')
    terminal.type(DOWN + ENTER)
    await terminal.shows('access token')
    terminal.type(ENTER)
    await terminal.shows('The port that the bot listens on')
    terminal.type(`70000${ENTER}`)
    await terminal.shows('70000 is not a port')
    terminal.type(`\x15abc${ENTER}`)
    await terminal.shows('abc is not a port')
    terminal.type(`\x154321${ENTER}`)
    await terminal.shows('Tell coding agents')
    terminal.type('n')
    await terminal.shows('"port": 4321')
    await terminal.shows('Write this?')
    terminal.type(ENTER)
    await terminal.shows('Written: .gitignore, .env, dev-hook.config.json')
    expect(await terminal.ended).toBe(0)
    expect(JSON.parse(await text(cwd, 'dev-hook.config.json'))).toEqual({ port: 4321 })
    expect((await readdir(cwd)).toSorted()).toEqual(['.env', '.gitignore', 'dev-hook.config.json'])
    expect(await text(cwd, '.env')).toBe('TOKEN=\nNGROK_AUTHTOKEN=\n')
    expect(terminal.shown()).toContain('start the bot yourself, on port 4321')
  })

  it('asks what starts the bot where several things may', async () => {
    const cwd = await folderForTest()
    await writeFile(join(cwd, 'Procfile'), 'one: first --x\ntwo: second --y\n')
    const terminal = await startInit({ cwd })
    await terminal.shows('What starts the bot?')
    terminal.type(DOWN + ENTER)
    for (const question of ['access token', 'The port that the bot listens on', 'Tell coding agents', 'Write this?']) {
      await terminal.shows(question)
      terminal.type(ENTER)
    }
    expect(await terminal.ended).toBe(0)
    expect(terminal.shown()).toContain('npx dev-hook sandbox -- second --y')
  })

  it('takes Enter that was pressed before the question for an answer to it', async () => {
    const terminal = await startInit({ cwd: await folderForTest() })
    await terminal.shows('There is no bot')
    terminal.type(ENTER)
    await terminal.shows('access token')
    terminal.type(ENTER)
    await terminal.shows('Write this?')
    // As the terminal hands it over that was not asked for keys yet.
    terminal.type('\n')
    await terminal.shows('Written')
    terminal.kill('SIGTERM')
    await terminal.ended
  })

  it('asks again for a token that stands there and is not good, and puts the new one in its place', async () => {
    const sandbox = await sandboxForTest({ tokenLifetimeMs: 3_600_000, registered: null })
    const cwd = await project(`# mine\nTOKEN=${sandbox.refreshToken}\nOTHER=1\nNGROK_AUTHTOKEN=${AUTHTOKEN}\n`)
    const terminal = await startInit({ cwd, env: { APIHOST: sandbox.api } })
    await terminal.shows('TOKEN in .env cannot be used: TOKEN holds a refresh token')
    await terminal.shows('Enter keeps the one that is there')
    terminal.type(sandbox.token + ENTER)
    await terminal.shows('The refresh token next to it')
    terminal.type(sandbox.token + ENTER)
    await terminal.shows('REFRESH_TOKEN holds an access token')
    terminal.type(sandbox.refreshToken + ENTER)
    await terminal.shows('Add to package.json')
    terminal.type('n')
    await terminal.shows('Tell coding agents')
    terminal.type('n')
    await terminal.shows('- TOKEN=[redacted]')
    await terminal.shows('+ TOKEN=[redacted]')
    await terminal.shows('Write this?')
    terminal.type('y')
    await terminal.shows('Written')
    await terminal.shows('Try a whole round now')
    terminal.type('n')
    expect(await terminal.ended).toBe(0)
    expect(await text(cwd, '.env')).toBe(
      `# mine\nTOKEN=${sandbox.token}\nOTHER=1\nNGROK_AUTHTOKEN=${AUTHTOKEN}\nREFRESH_TOKEN=${sandbox.refreshToken}\nEMAIL=${sandbox.email}\n`,
    )
  })

  it('says that a variable of the environment keeps a new token from being used', async () => {
    const sandbox = await sandboxForTest({ registered: null })
    const cwd = await project(`NGROK_AUTHTOKEN=${AUTHTOKEN}\n`)
    const env = { APIHOST: sandbox.api, TOKEN: sandbox.refreshToken }
    const terminal = await startInit({ cwd, env })
    await terminal.shows('TOKEN cannot be used')
    await terminal.shows('access token (Enter keeps')
    terminal.type(sandbox.token + ENTER)
    await terminal.shows('TOKEN in the environment takes precedence over the new one')
    await terminal.shows('Add to package.json')
    terminal.type(CTRL_C)
    expect(await terminal.ended).toBe(1)
  })

  it('takes Ctrl-C at an offer after everything is written for a no', async () => {
    const sandbox = await sandboxForTest({ registered: null })
    const cwd = await project(`TOKEN=${sandbox.token}\nNGROK_AUTHTOKEN=${AUTHTOKEN}\n`)
    const terminal = await startInit({ cwd, env: { APIHOST: sandbox.api } })
    await terminal.shows('Add to package.json')
    terminal.type('y')
    await terminal.shows('Tell coding agents')
    terminal.type('n')
    await terminal.shows('Write this?')
    terminal.type('y')
    await terminal.shows('Run `npm install` now?')
    terminal.type('n')
    await terminal.shows('Try a whole round now')
    terminal.type(CTRL_C)
    await terminal.shows('npx dev-hook -- node src/bot.js')
    expect(await terminal.ended).toBe(0)
    expect(terminal.shown()).not.toContain('error')
  })

  it('says what comes next when the installation is ended by Ctrl-C, and asks nothing more', async () => {
    const npm = await fakeNpm('echo installing; sleep 60')
    const env = { PATH: `${npm}:${process.env['PATH'] ?? ''}` }
    const terminal = await startInit({ cwd: await folderForTest(), env })
    for (const question of ['There is no bot', 'access token', 'Write this?', 'Run `npm install` now?']) {
      await terminal.shows(question)
      terminal.type(ENTER)
    }
    await terminal.shows('installing')
    terminal.type(CTRL_C)
    await terminal.shows('`npm install` was ended')
    await terminal.shows('npx dev-hook sandbox -- node bot.js')
    expect(await terminal.ended).toBe(0)
    expect(terminal.shown()).not.toContain('Talk to the bot')
  })

  it('takes a token that cannot be checked, and says so', async () => {
    const cwd = await folderForTest()
    const { token } = await sandboxForTest()
    const env = { APIHOST: `http://127.0.0.1:${await freePort()}` }
    const terminal = await startInit({ cwd, env })
    await terminal.shows('There is no bot')
    terminal.type(ENTER)
    await terminal.shows('access token')
    terminal.type(token + ENTER)
    await terminal.shows('It was not checked')
    await terminal.shows('The ngrok authtoken (Enter')
    terminal.type(CTRL_C)
    expect(await terminal.ended).toBe(1)
  })

  it('offers a whole round at the end, and goes it', async () => {
    const sandbox = await sandboxForTest({ registered: null })
    const cwd = await project(`TOKEN=${sandbox.token}\nDEV_HOOK_TUNNEL=ngrok\nNGROK_AUTHTOKEN=short\n`)
    const terminal = await startInit({ cwd, env: { APIHOST: sandbox.api } })
    await terminal.shows('too short')
    await terminal.shows('The ngrok authtoken (Enter')
    terminal.type(AUTHTOKEN + ENTER)
    await terminal.shows('Add to package.json')
    terminal.type('y')
    await terminal.shows('Tell coding agents')
    terminal.type('n')
    await terminal.shows('Write this?')
    terminal.type('y')
    await terminal.shows('Run `npm install` now?')
    terminal.type('n')
    await terminal.shows('Try a whole round now')
    terminal.type('y')
    // Without a network, as far as the tunnel.
    await terminal.shows('authtoken from NGROK_AUTHTOKEN in .env')
    await terminal.shows('live-')
    terminal.type(CTRL_C)
    await terminal.ended
  })
})

describe('dev-hook init, when it is interrupted', () => {
  /** The questions in an empty folder, and how each is answered. */
  const dialogue = (token: string, refreshToken: string): readonly (readonly [question: string, answer: string])[] => [
    ['There is no bot in this folder yet', ENTER],
    ['access token (Enter skips', token + ENTER],
    ['The refresh token next to it', refreshToken + ENTER],
    ['The ngrok authtoken (Enter skips', AUTHTOKEN + ENTER],
    ['Write this?', ENTER],
  ]

  async function upTo(count: number): Promise<{ readonly terminal: TestTerminal; readonly cwd: string }> {
    const sandbox = await sandboxForTest({ tokenLifetimeMs: 3_600_000 })
    const cwd = await folderForTest()
    const terminal = await startInit({ cwd, env: { APIHOST: sandbox.api } })
    const steps = dialogue(sandbox.token, sandbox.refreshToken)
    for (const [at, [question, answer]] of steps.slice(0, count + 1).entries()) {
      await terminal.shows(question)
      if (at < count) terminal.type(answer)
    }
    return { terminal, cwd }
  }

  it.each([0, 1, 2, 3, 4])('leaves nothing behind after Ctrl-C at question %i', async (count) => {
    const { terminal, cwd } = await upTo(count)
    terminal.type(CTRL_C)
    await terminal.shows('nothing was written')
    expect(await terminal.ended).toBe(1)
    expect(await readdir(cwd)).toEqual([])
    // The cursor is shown again.
    expect(terminal.raw().lastIndexOf('\x1b[?25h')).toBeGreaterThan(terminal.raw().lastIndexOf('\x1b[?25l'))
  })

  it.each(['SIGTERM', 'SIGHUP', 'SIGKILL'] as const)('leaves nothing behind after %s', async (signal) => {
    const { terminal, cwd } = await upTo(4)
    terminal.kill(signal)
    await terminal.ended
    expect(await readdir(cwd)).toEqual([])
  })

  it('does not make anybody wait for a token that is being checked', async () => {
    const api = await startScriptedApi()
    onTestFinished(() => api.close())
    api.on('GET', /./, () => new Promise(() => {}))
    const cwd = await folderForTest()
    const terminal = await startInit({ cwd, env: { APIHOST: api.url } })
    await terminal.shows('There is no bot')
    terminal.type(ENTER)
    await terminal.shows('access token')
    terminal.type(makeToken({ _id: 'b1' }) + ENTER)
    await eventually(() => api.calls.length > 0)
    const since = performance.now()
    terminal.type(CTRL_C)
    expect(await terminal.ended).toBe(1)
    expect(performance.now() - since).toBeLessThan(8_000)
    expect(await readdir(cwd)).toEqual([])
  })
})

describe('dev-hook init without questions', () => {
  it('writes a bot into an empty folder with --yes, and changes nothing the second time', async () => {
    const cwd = await folderForTest()
    const first = await initAlone(cwd, {}, '--yes')
    expect(first.code).toBe(0)
    // No config: the bot is on the usual port, which is not to be named.
    expect((await readdir(cwd)).toSorted()).toEqual(['.env', '.gitignore', 'bot.js', 'package.json'])
    expect(first.stderr).toContain('still missing (the sandbox does not need it): TOKEN')
    const before = await contents(cwd)
    const second = await initAlone(cwd, {}, '--yes')
    expect(second.code).toBe(0)
    expect(second.stderr).toContain('Everything is there already')
    expect(await contents(cwd)).toEqual(before)
  })

  it('does not take a token for good that nothing was answered to', async () => {
    const api = await startScriptedApi(() => ({ status: 204, text: '' }))
    onTestFinished(() => api.close())
    const { code, stderr } = await initAlone(
      await folderForTest(),
      { APIHOST: api.url, TOKEN: makeToken({ _id: 'b1' }) },
      '--yes',
    )
    expect(code).toBe(0)
    expect(stderr).toContain('the token was not checked: GET /v2/bots/b1 did not answer with an object')
  })

  it('tells coding agents of the bot with --agents alone, and names that flag otherwise', async () => {
    const cwd = await folderForTest()
    expect((await initAlone(cwd, {}, '--yes')).stderr).toContain('npx dev-hook init --agents')
    const { code, stderr, stdout } = await initAlone(cwd, {}, '--yes', '--agents', '--json')
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('init --agents')])
    expect(JSON.parse(stdout).written).toEqual(['AGENTS.md', '.agents/skills/dev-hook/SKILL.md'])
    expect(await text(cwd, 'AGENTS.md')).toContain('-- node bot.js\n')
    expect((await initAlone(cwd, {}, '--yes', '--agents')).stderr).toContain('Everything is there already')
  })

  it('writes a bot beside a bare package.json, hides every env file with a secret, and names no file that is not there', async () => {
    const cwd = await folderForTest()
    const bare = { name: 'p', main: 'index.js', scripts: { test: 'x', start: 'node index.js' }, type: 'commonjs' }
    await writeFile(join(cwd, 'package.json'), `${JSON.stringify(bare, null, 2)}\n`)
    for (const name of ['.env.triage', '.env.sales']) await writeFile(join(cwd, name), 'BOT_TOKEN=abc\n')
    await writeFile(join(cwd, '.env.example'), 'BOT_TOKEN=abc\n')
    await writeFile(join(cwd, '.env.production'), 'TITLE=abc\nTOKEN=\n')
    const { code, stderr } = await initAlone(cwd, {}, '--yes')
    expect(code).toBe(0)
    expect(await text(cwd, '.gitignore')).toBe('node_modules/\n.env\n.env.sales\n.env.triage\n')
    expect(stderr).toContain('npx dev-hook sandbox -- node bot.mjs')
    expect(stderr).not.toContain('index.js  ')
    const manifest = JSON.parse(await text(cwd, 'package.json'))
    expect(manifest).toMatchObject({
      ...bare,
      scripts: { ...bare.scripts, dev: 'dev-hook -- node bot.mjs' },
      dependencies: { chipchat: expect.any(String) },
      devDependencies: { 'dev-hook': expect.any(String) },
    })
    await symlink(NODE_MODULES, join(cwd, 'node_modules'))
    const env = { PORT: String(await freePort()) }
    const cli = await startCli({ args: ['sandbox', '--say', 'hi'], cwd, env, command: ['node', 'bot.mjs'] })
    expect((await cli.ended).stdout).toContain('You said: hi')
  })

  it('hides an env file even when nothing else is written', async () => {
    const cwd = await project(`TOKEN=\nNGROK_AUTHTOKEN=\nSESSION_KEY=x\n`)
    await initAlone(cwd, {}, '--yes')
    await rm(join(cwd, '.gitignore'))
    const { stderr } = await initAlone(cwd, {}, '--yes')
    expect(stderr).toContain('Written: .gitignore\n')
    expect(await text(cwd, '.gitignore')).toBe('.env\n')
  })

  it('starts a project in TypeScript as its own scripts do, without what restarts it', async () => {
    const cwd = await folderForTest()
    const manifest = {
      scripts: { dev: 'tsx watch src/index.ts', start: 'node dist/index.js' },
      devDependencies: { tsx: '4' },
    }
    await writeFile(join(cwd, 'package.json'), JSON.stringify(manifest))
    await mkdir(join(cwd, 'src'))
    await writeFile(join(cwd, 'src', 'index.ts'), "import express from 'express'\nexpress().listen(4000)\n")
    const { code, stderr } = await initAlone(cwd, {}, '--yes')
    expect(stderr).toContain('npx dev-hook -- tsx src/index.ts')
    expect(code).toBe(0)
    expect(JSON.parse(await text(cwd, 'dev-hook.config.json'))).toMatchObject({ port: 4000 })
    expect(JSON.parse(await text(cwd, 'package.json')).scripts).toEqual(manifest.scripts)
  })

  it('writes no bot into a folder with code of another language', async () => {
    const cwd = await folderForTest()
    await writeFile(join(cwd, 'bot.py'), 'print()\n')
    const { code, stderr } = await initAlone(cwd, {}, '--yes')
    expect(code).toBe(0)
    expect(stderr).toContain('start the bot yourself, on port 3000')
    expect(await readdir(cwd)).not.toContain('bot.js')
  })

  it('starts a bot in another language as its files show, and names what may start it where that is not certain', async () => {
    const cwd = await folderForTest()
    await writeFile(join(cwd, 'go.mod'), 'module bot\n')
    await writeFile(join(cwd, 'bot.go'), 'package main\n\nfunc main() {}\n')
    const { code, stderr } = await initAlone(cwd, {}, '--yes')
    expect(code).toBe(0)
    expect(stderr).toContain('npx dev-hook sandbox -- go run .')
    await writeFile(join(cwd, 'app.py'), 'run()\n')
    const unsure = await initAlone(cwd, {}, '--yes')
    expect(unsure.stderr).toMatch(/npx dev-hook sandbox +talk/)
    expect(unsure.stderr).toMatch(/put the command that starts it after `--`, such as `python3? app.py`/)
  })

  it('refuses an authtoken that ngrok refuses, and writes nothing', async () => {
    const sandbox = await sandboxForTest()
    const cwd = await project(`TOKEN=${sandbox.token}\nNGROK_AUTHTOKEN=2wrongwrongwrongwrongwrong\n`)
    const before = await contents(cwd)
    const { code, stderr } = await initAlone(cwd, { APIHOST: sandbox.api }, '--yes')
    expect(stderr).toContain('ERR_NGROK_105')
    expect(code).toBe(3)
    expect(await contents(cwd)).toEqual(before)
  })

  it('takes what is found in a project with --yes, keeps the rest, and changes nothing the second time', async () => {
    const sandbox = await sandboxForTest()
    const dotEnv = `# the bot's own\r\nBOT_TOKEN=${sandbox.token}\r\nTOKEN=\r\nOTHER="a # b"`
    const cwd = await project(dotEnv)
    await writeFile(join(cwd, '.gitignore'), 'node_modules\r\n*.log')
    const env = { APIHOST: sandbox.api, NGROK_AUTHTOKEN: AUTHTOKEN }
    const { code, stderr } = await initAlone(cwd, env, '--yes')
    expect(code).toBe(0)
    expect(await text(cwd, '.env')).toBe(
      `${dotEnv.replace('TOKEN=\r', `TOKEN=${sandbox.token}\r`)}\r\nSECRET=${sandbox.secret()}\r\n`,
    )
    expect(await text(cwd, '.gitignore')).toBe('node_modules\r\n*.log\r\n.env\r\n')
    expect(JSON.parse(await text(cwd, 'dev-hook.config.json'))).toMatchObject({ port: 4002, path: '/in' })
    expect(JSON.parse(await text(cwd, 'package.json')).scripts).toEqual({
      test: 'x',
      dev: 'dev-hook -- node src/bot.js',
    })
    for (const secret of [sandbox.token, sandbox.secret() ?? '', AUTHTOKEN]) expect(stderr).not.toContain(secret)
    const before = await contents(cwd)
    expect((await initAlone(cwd, env, '--yes')).code).toBe(0)
    expect(await contents(cwd)).toEqual(before)
  })

  it.each([
    ['EMAIL', 'token: process.env.TOKEN'],
    ['BOT_EMAIL', 'token: process.env.TOKEN, email: process.env.BOT_EMAIL'],
  ])('puts the e-mail beside a refresh token, which is of no use to the bot without it, as %s', async (name, code) => {
    const sandbox = await sandboxForTest({ registered: null, tokenLifetimeMs: 3_600_000 })
    const dotEnv = `TOKEN=${sandbox.token}\nREFRESH_TOKEN=${sandbox.refreshToken}\nNGROK_AUTHTOKEN=${AUTHTOKEN}\n`
    const cwd = await project(dotEnv)
    await writeFile(join(cwd, 'src', 'bot.js'), `const C = require('chipchat')\nnew C({ ${code} }).start(4002)\n`)
    const env = { APIHOST: sandbox.api }
    expect((await initAlone(cwd, env)).code).toBe(0)
    expect(await text(cwd, '.env')).toBe(`${dotEnv}${name}=${sandbox.email}\n`)
    expect((await initAlone(cwd, env)).stderr).toContain('Everything is there already')
  })

  it('keeps an e-mail that is there', async () => {
    const { token, refreshToken } = await sandboxForTest()
    const dotEnv = `TOKEN=${token}\nREFRESH_TOKEN=${refreshToken}\nEMAIL=me@example.com\n`
    const cwd = await project(dotEnv)
    expect((await initAlone(cwd, { APIHOST: `http://127.0.0.1:${await freePort()}` }, '--yes')).code).toBe(0)
    expect(await text(cwd, '.env')).toBe(`${dotEnv}NGROK_AUTHTOKEN=\n`)
  })

  it('lists what is missing and ends with 2 where there is no terminal', async () => {
    const cwd = await folderForTest()
    const { code, stderr } = await initAlone(cwd, {})
    expect(stderr).toMatch(/there is no terminal to ask at[\s\S]*TOKEN:[\s\S]*NGROK_AUTHTOKEN:[\s\S]*--yes/)
    expect(code).toBe(2)
    expect(await readdir(cwd)).toEqual([])
  })

  it('needs no --yes where nothing is missing', async () => {
    const sandbox = await sandboxForTest()
    const cwd = await project(`TOKEN=${sandbox.token}\nNGROK_AUTHTOKEN=${AUTHTOKEN}\n`)
    expect((await initAlone(cwd, { APIHOST: sandbox.api })).code).toBe(0)
    expect(await readdir(cwd)).toContain('dev-hook.config.json')
  })

  it('writes nothing around a token that is refused', async () => {
    const sandbox = await sandboxForTest()
    const cwd = await project(`TOKEN=${sandbox.token}x\n`)
    const before = await contents(cwd)
    const { code, stderr } = await initAlone(cwd, { APIHOST: sandbox.api }, '--yes')
    expect(stderr).toContain('invalid signature')
    expect(code).toBe(3)
    expect(await contents(cwd)).toEqual(before)
  })

  it.each([
    ['dev-hook.config.ts', 'export default { port: 4002 }'],
    ['dev-hook.config.json', '{ "port": 4002, "path": "/in" }'],
  ])('leaves a %s that is there to its owner', async (name, config) => {
    const cwd = await project('')
    await writeFile(join(cwd, name), config)
    expect((await initAlone(cwd, {}, '--yes')).code).toBe(0)
    expect(await text(cwd, name)).toBe(config)
    expect((await readdir(cwd)).filter((file) => file.startsWith('dev-hook'))).toEqual([name])
  })

  it('keeps what is given as a flag', async () => {
    const cwd = await project('')
    await writeFile(join(cwd, 'dev-hook.config.json'), '{"hold":"5s"}')
    const flags = ['--yes', '--port', '4444', '--tunnel', 'loopback']
    expect((await initAlone(cwd, {}, ...flags)).code).toBe(0)
    const written = { hold: '5s', port: 4444, path: '/in', tunnel: 'loopback' }
    expect(JSON.parse(await text(cwd, 'dev-hook.config.json'))).toEqual(written)
    expect((await initAlone(cwd, {}, ...flags)).stderr).toContain('Everything is there already')
  })

  it('writes the secrets of a profile into its own file, hides that, and what it finds out into the profile', async () => {
    const sandbox = await sandboxForTest()
    const cwd = await project('TOKEN=of-another-bot\n')
    const others = { hold: '5s', profiles: { echo: { hold: '7s' }, triage: { port: 5005 } } }
    await writeFile(join(cwd, 'dev-hook.config.json'), JSON.stringify(others))
    await writeFile(join(cwd, '.env.echo'), `TOKEN=${sandbox.token}\n`)
    await writeFile(join(cwd, '.gitignore'), '*.env\n')
    const args = ['--yes', '--profile', 'echo']
    expect((await initAlone(cwd, { APIHOST: sandbox.api }, ...args)).code).toBe(0)
    expect(await text(cwd, '.env')).toBe('TOKEN=of-another-bot\nNGROK_AUTHTOKEN=\n')
    expect(await text(cwd, '.env.echo')).toBe(`TOKEN=${sandbox.token}\nSECRET=${sandbox.secret()}\n`)
    expect((await stat(join(cwd, '.env.echo'))).mode & 0o777).toBe(0o600)
    expect(await text(cwd, '.gitignore')).toBe('*.env\n.env.echo\n')
    expect(JSON.parse(await text(cwd, 'dev-hook.config.json'))).toEqual({
      hold: '5s',
      profiles: { echo: { hold: '7s', port: 4002, path: '/in' }, triage: { port: 5005 } },
    })
    expect((await initAlone(cwd, { APIHOST: sandbox.api }, ...args)).stderr).toContain('Everything is there already')
  })

  it('writes a profile that is not there yet, into a config of its own or beside others', async () => {
    const cwd = await project('')
    const config = async (): Promise<unknown> => JSON.parse(await text(cwd, 'dev-hook.config.json'))
    expect((await initAlone(cwd, {}, '--yes', '--profile', 'echo')).code).toBe(0)
    expect(await config()).toEqual({ profiles: { echo: { port: 4002, path: '/in' } } })
    expect((await readdir(cwd)).includes('.env.echo')).toBe(true)
    expect((await initAlone(cwd, {}, '--yes', '--profile', 'other', '--port', '5005')).code).toBe(0)
    expect(await config()).toMatchObject({ profiles: { echo: { port: 4002 }, other: { port: 5005 } } })
    const wrong = await initAlone(cwd, {}, '--yes', '--profile', '../echo')
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('cannot be the name of a profile')])
    await writeFile(join(cwd, 'dev-hook.config.mjs'), 'export default { profiles: { one: {} } }')
    const inCode = await initAlone(cwd, {}, '--yes', '--profile', 'two')
    expect([inCode.code, inCode.stderr]).toEqual([2, expect.stringContaining('there is no profile two')])
  })

  it('tells an editor of the schema only where dev-hook is installed', async () => {
    const cwd = await project('')
    await symlink(NODE_MODULES, join(cwd, 'node_modules'))
    expect((await initAlone(cwd, {}, '--yes')).code).toBe(0)
    expect(JSON.parse(await text(cwd, 'dev-hook.config.json'))).not.toHaveProperty('$schema')
    const other = await project('')
    await mkdir(join(other, 'node_modules', 'dev-hook'), { recursive: true })
    await writeFile(join(other, 'node_modules', 'dev-hook', 'package.json'), '{ "version": "0.1.0" }')
    expect((await initAlone(other, {}, '--yes')).code).toBe(0)
    expect(JSON.parse(await text(other, 'dev-hook.config.json'))).toHaveProperty('$schema')
  })

  it('leaves a config in package.json where it is', async () => {
    const cwd = await folderForTest()
    await writeFile(join(cwd, 'package.json'), '{ "dev-hook": { "port": 4002 } }')
    expect((await initAlone(cwd, {}, '--yes')).code).toBe(0)
    expect((await readdir(cwd)).toSorted()).toEqual(['.env', '.gitignore', 'package.json'])
    expect(JSON.parse(await text(cwd, 'package.json'))).toMatchObject({ 'dev-hook': { port: 4002 } })
  })

  it.each([
    ['package.json', '{'],
    ['dev-hook.config.json', '{ "prot": 1 }'],
    ['.env', 'PORT=abc'],
  ])('touches nothing when %s is wrong', async (name, content) => {
    const cwd = await folderForTest()
    await writeFile(join(cwd, name), content)
    const { code } = await initAlone(cwd, {}, '--yes')
    expect(code).toBe(2)
    expect(await readdir(cwd)).toEqual([name])
    expect(await text(cwd, name)).toBe(content)
  })

  it('writes a bot that answers in the sandbox at once', async () => {
    const cwd = await folderForTest()
    expect((await initAlone(cwd, {}, '--yes')).code).toBe(0)
    await symlink(NODE_MODULES, join(cwd, 'node_modules'))
    const env = { PORT: String(await freePort()) }
    const cli = await startCli({ args: ['sandbox', '--say', 'hi'], cwd, env, command: ['node', 'bot.js'] })
    const { code, stdout } = await cli.ended
    expect(stdout).toContain('You said: hi')
    expect(code).toBe(0)
  })
})
