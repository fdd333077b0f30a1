import { execFile } from 'node:child_process'
import { appendFile, chmod, copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseEnv, promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { COMMANDS } from '../../src/cli/command-line/command-table.ts'
import { loadConfig } from '../../src/config/load.ts'
import { envNames, flagName } from '../../src/config/option-names.ts'
import { OPTION_KEYS } from '../../src/config/options.ts'
import { startEchoBot } from '../support/bot/echo-bot.ts'
import { builtFile, MAIN } from '../support/built.ts'
import { ECHO_BOT } from '../support/cli/cli.ts'
import { CTRL_C, ENTER, startTerminal, type TestTerminal } from '../support/cli/terminal.ts'
import { folderForTest } from '../support/folder.ts'
import { freePort } from '../support/free-port.ts'
import { CLIENTS } from '../support/mcp/clients.ts'
import { readmeBlock, readmeBlocks } from '../support/readme/blocks.ts'
import { difference } from '../support/readme/screen.ts'
import { type TestWorld, worldForTest } from '../support/world.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const NODE_MODULES = join(ROOT, 'node_modules')
const COLUMNS = 110

/** A folder with an `npx` that knows this dev-hook, and an `npm` that installs what is installed here: nothing is downloaded. */
async function fakePackageManager(): Promise<string> {
  const folder = await folderForTest()
  const programs = {
    npx: `#!/bin/sh\n[ "$1" = dev-hook ] && shift && exec '${process.execPath}' '${MAIN}' "$@"\n`,
    npm: `#!/bin/sh\nln -s '${NODE_MODULES}' node_modules && echo 'added 31 packages in 2s'\n`,
  }
  for (const [name, text] of Object.entries(programs)) {
    await writeFile(join(folder, name), text)
    await chmod(join(folder, name), 0o755)
  }
  return folder
}

/** Where the commands of a block are run. */
interface Place {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

/** A folder, and an environment in which nothing is known but what is given. */
async function placeForTest(given: Readonly<Record<string, string>> = {}): Promise<Place> {
  const path = [await fakePackageManager(), process.env['PATH'] ?? ''].join(delimiter)
  return { cwd: await folderForTest(), env: { PORT: String(await freePort()), ...given, PATH: path } }
}

/** The same with a bot in the folder, as `init` writes one. */
async function placeWithBot(given: Readonly<Record<string, string>> = {}): Promise<Place> {
  const place = await placeForTest(given)
  await copyFile(ECHO_BOT, join(place.cwd, 'bot.js'))
  await writeFile(join(place.cwd, 'package.json'), '{ "type": "module" }\n')
  await symlink(NODE_MODULES, join(place.cwd, 'node_modules'))
  await mkdir(join(place.cwd, 'state'), { recursive: true })
  return place
}

/** Does at a terminal what a person does, until the command ends by itself or because of it. */
type Person = (terminal: TestTerminal) => Promise<unknown>
const watches: Person = ({ ended }) => ended

/** Runs each command of a block, and looks whether the block shows what is then on the screen. */
async function expectShown(name: string, place: Place, ...people: readonly Person[]): Promise<void> {
  const block = await readmeBlock(name)
  const commands = block.split('\n').flatMap((line) => (line.startsWith('$ ') ? [line.slice(2)] : []))
  const screen: string[] = []
  for (const [i, command] of commands.entries()) {
    const args = withIdsOf(screen, block, command)
    const terminal = await startTerminal({ args, columns: COLUMNS, home: place.cwd, ...place })
    await (people[i] ?? watches)(terminal)
    await terminal.ended
    screen.push(`$ ${command}`, ...(await terminal.screen()))
  }
  expect(difference(block, screen)).toBe('')
}

const ROW_ID = /^\d\d:\d\d:\d\d ([0-9a-f]{6}) /gm
const idsIn = (text: string): readonly string[] => Array.from(text.matchAll(ROW_ID), ([, id = '']) => id)

/** A command with the ids that stand on the screen where the block has its own. */
function withIdsOf(screen: readonly string[], block: string, command: string): string {
  const seen = idsIn(screen.join('\n'))
  return idsIn(block).reduce((text, id, i) => text.replaceAll(id, seen[i] ?? id), command)
}

/** What Jenny said and what the bot answered have both been delivered, in whatever order. */
const BOTH = / ← .* 200 .* ↩ .* 200 | ↩ .* 200 .* ← .* 200 /s

/** The run and its bot are both ready, in whatever order. */
const UP = /Ready in .* ● bot ready | ● bot ready .*Ready in /s

/** Lets its end take a moment, so that something comes before it. */
const SLOW_END = "process.on('SIGTERM', () => setTimeout(() => process.exit(0), 500))\n"

/** Types a line, once something is shown. */
const after = async (terminal: TestTerminal, shown: string, keys: string): Promise<void> => {
  await terminal.shows(shown)
  terminal.type(keys)
}

/** A bot in a world, of which `.env` has what people put there. */
async function placeInWorld(): Promise<{ readonly world: TestWorld; readonly place: Place }> {
  const world = await worldForTest()
  const { TOKEN, REFRESH_TOKEN, NGROK_AUTHTOKEN, ...given } = world.env
  const place = await placeWithBot(given)
  const secrets = { TOKEN, REFRESH_TOKEN, NGROK_AUTHTOKEN }
  await writeFile(
    join(place.cwd, '.env'),
    Object.entries(secrets)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  )
  return { world, place }
}

describe.runIf(process.platform === 'linux')('The README', () => {
  it('marks every block with how it is tested', async () => {
    const unmarked = (await readmeBlocks()).filter(({ mark }) => !/^run: [\w-]+$|^not run here: /.test(mark))
    expect(unmarked.map(({ line }) => `line ${line}`)).toEqual([])
    const notRun = (await readmeBlocks()).flatMap(({ mark }) => (mark.startsWith('not run') ? [mark] : []))
    expect(notRun).toEqual([
      'not run here: `npm run test:matrix` does, as it downloads packages',
      'not run here: test/e2e/only.test.ts does, against a bot in the old place',
      'not run here: test/e2e/relay.test.ts does',
    ])
  })

  it('shows how a client starts the tools of a coding agent', async () => {
    const { mcpServers } = JSON.parse(await readmeBlock('mcp'))
    const [server, ...others] = Object.values<{ readonly command: string; readonly args: readonly string[] }>(
      mcpServers,
    )
    expect(others).toEqual([])
    const { cwd, env } = await placeForTest()
    for (const start of Object.values(CLIENTS)) {
      const client = await start({ cwd, env, command: [server?.command ?? '', ...(server?.args ?? [])] })
      expect(await client.tools()).not.toEqual([])
    }
  })

  it('names only commands and flags that there are', async () => {
    const text = await readFile(join(ROOT, 'README.md'), 'utf8')
    const named = Array.from(text.matchAll(/`(?:npx )?dev-hook ([^`]+)`/g), ([, line = '']) =>
      line.replace(/ ?-- .*/, ''),
    )
    const wrong = named.filter((line) => {
      if (line === '') return false
      const [first = '', ...words] = line.split(' ')
      const command = COMMANDS.find(({ name }) => name === first) ?? COMMANDS[0]
      const own = (command.own ?? []).flatMap(({ flags }) => flags.match(/--[\w-]+/g) ?? [])
      const known = [...own, '--help', ...command.options.map((key) => `--${flagName(key)}`)]
      const isCommand = command.name === first || first.startsWith('-')
      return !isCommand || [first, ...words].some((word) => word.startsWith('--') && !known.includes(word))
    })
    expect(named.length).toBeGreaterThan(10)
    expect(wrong).toEqual([])
  })

  it('has the two commands of a clone, of which the first runs the main job', async () => {
    const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
    const names = [...(await readmeBlock('clone')).matchAll(/^npm ci && npm (\w+)/gm)].map(([, script]) => script)
    expect(names).toEqual(['start', 'test'])
    const [, command = ''] = /&& (node dist\/.+)$/.exec(scripts.start) ?? []
    const run = await promisify(execFile)('sh', ['-c', command], { cwd: ROOT, env: { PATH: process.env['PATH'] } })
    expect(run.stdout).toBe('You said: hi\n')
  })

  it('leads from an empty folder to the first echo with five times Enter', async () => {
    await expectShown('minute', await placeForTest(), async (terminal) => {
      for (const shown of [
        'There is no bot',
        'access token',
        'Write this?',
        'Run `npm install` now?',
        'in the sandbox now?',
      ])
        await after(terminal, shown, ENTER)
      await terminal.shows(UP)
      terminal.type(`hi there${ENTER}`)
      await terminal.shows(BOTH)
      terminal.type(CTRL_C)
    })
  })

  it('shows the first run with a bot of one’s own, the question about production too', async () => {
    const { world, place } = await placeInWorld()
    await expectShown('first-run', place, async (terminal) => {
      await after(terminal, '[y/N]', `y${ENTER}`)
      await terminal.shows(UP)
      const jenny = await world.platform.contact({ name: 'Jenny' })
      jenny.send('hi there')
      await terminal.shows(BOTH)
      terminal.type('q')
    })
  })

  it('shows a day: a save, what waits for it, the list, and one again', async () => {
    const { world, place } = await placeInWorld()
    await appendFile(join(place.cwd, 'bot.js'), SLOW_END)
    await expectShown('day', place, async (terminal) => {
      await after(terminal, '[y/N]', `y${ENTER}`)
      await terminal.shows(UP)
      const jenny = await world.platform.contact({ name: 'Jenny' })
      await appendFile(join(place.cwd, 'bot.js'), '// better\n')
      await terminal.shows('bot restarting')
      jenny.send('are you there?')
      await terminal.shows(BOTH)
      await expectShown('events', place)
      const good = await readFile(join(place.cwd, 'bot.js'))
      await appendFile(join(place.cwd, 'bot.js'), 'oops(\n')
      await terminal.shows('bot crashed')
      await writeFile(join(place.cwd, 'bot.js'), good)
      await terminal.shows('bot ready')
      terminal.type('q')
    })
  })

  it('shows what a script gets', async () => {
    await expectShown('say', await placeWithBot())
  })

  it('shows what a doctor says of a folder in which all is well', async () => {
    const { world, place } = await placeInWorld()
    const bot = await startEchoBot({ ...place.env, SECRET: world.platform.secret() ?? '' })
    onTestFinished(() => bot.stop())
    await expectShown('doctor', place)
  })

  it('has a config that loads, and variables that are known', async () => {
    const { cwd } = await placeForTest()
    await writeFile(join(cwd, 'dev-hook.config.mjs'), await readmeBlock('config'))
    await writeFile(join(cwd, 'team.json'), '{ "hold": "10s" }')
    const load = { cwd, env: {}, platform: process.platform, sourceOf: (key: string) => key }
    expect(await loadConfig({ profile: 'triage' }, load)).toMatchObject({
      bot: '5b430ef410b7cb0cc2580184',
      hold: 10_000,
    })
    const known = OPTION_KEYS.flatMap((key) => envNames(key))
    expect(Object.keys(parseEnv(await readmeBlock('dot-env'))).filter((name) => !known.includes(name))).toEqual([])
  })

  it('a test of a bot passes as it stands there, and what it says when there is no answer is what is shown', async () => {
    const place = await placeWithBot()
    const kit = JSON.stringify(pathToFileURL(builtFile('dist/kit/index.js')).href)
    const program = (await readmeBlock('kit')).replace("'dev-hook/sandbox'", kit)
    await writeFile(join(place.cwd, 'bot.test.mjs'), program)
    const env = { ...place.env, HOME: place.cwd }
    const passed = await promisify(execFile)(process.execPath, ['--test', 'bot.test.mjs'], { cwd: place.cwd, env })
    expect(passed.stdout).toMatch(/^# pass 1$/m)

    const bot = await readFile(join(place.cwd, 'bot.js'), 'utf8')
    await writeFile(join(place.cwd, 'bot.js'), bot.replace(", role: 'agent'", ''))
    const failed = await promisify(execFile)(process.execPath, ['--test', 'bot.test.mjs'], {
      cwd: place.cwd,
      env,
    }).catch(({ stdout }: { readonly stdout: string }) => ({ stdout }))
    const printed = failed.stdout.split('\n').map((line) => line.trim())
    const shown = (await readmeBlock('kit-failure')).split('\n').map((line) => line.trim())
    for (const line of shown) expect(printed.map((one) => one.replace(/^error: /, ''))).toContain(line)
  })

  it('has a program that runs, with `const` in place of `await using` where Node has none', async () => {
    const { world, place } = await placeInWorld()
    const program = (await readmeBlock('library'))
      .replace('await using ', 'const ')
      .replace("'dev-hook'", JSON.stringify(pathToFileURL(builtFile('dist/index.js')).href))
      .replace('env: process.env', 'env: process.env, takeOver: true')
      .replace('await devHook.ended', 'await devHook.stop()')
    await writeFile(join(place.cwd, 'program.mjs'), program)
    const env = { ...world.env, ...place.env, HOME: place.cwd, XDG_STATE_HOME: join(place.cwd, 'state') }
    const run = await promisify(execFile)(process.execPath, ['program.mjs'], { cwd: place.cwd, env })
    expect(run.stdout).toContain("type: 'ready'")
    expect(run.stdout).toMatch(/^https:\/\/localhost:\d+\/ \{/m)
  })
})
