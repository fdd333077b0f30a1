import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findStarts, onlyStart } from '../../../src/onboarding/launch/find-starts.ts'
import { readManifest } from '../../../src/onboarding/manifest.ts'
import type { PackageManager } from '../../../src/onboarding/package-manager.ts'
import { folderForTest } from '../../support/folder.ts'

type Files = Readonly<Record<string, string>>

async function startsOf(files: Files, manager: PackageManager = 'npm') {
  const cwd = await folderForTest()
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(cwd, file)), { recursive: true })
    await writeFile(join(cwd, file), text)
  }
  return findStarts(cwd, readManifest(files['package.json'] ?? ''), manager)
}

const commandsOf = async (...given: Parameters<typeof startsOf>): Promise<readonly string[]> =>
  (await startsOf(...given)).map(({ command }) => command)

const RUNS = "if __name__ == '__main__':\n    main()\n"
const FLASK = 'app = Flask(__name__)\napp.run(port=4000)\n'
const MAIN = 'package main\n\nfunc main() {}\n'
const python = process.platform === 'win32' ? 'python' : 'python3'

describe('The command of a bot in another language', () => {
  it.each<[string, Files, readonly string[]]>([
    ['is none where there is nothing', {}, []],
    [
      'is that of its process in a Procfile',
      { Procfile: 'web: python bot.py\nbot: python -m bot\n' },
      ['python -m bot'],
    ],
    ['is that of the web, where nothing there is called a bot', { Procfile: 'worker: a\nweb: b --x\n' }, ['b --x']],
    ['may be any of several processes, but no release', { Procfile: '# x\nrelease: c\na: b\nc: d\n' }, ['b', 'd']],
    ['is the file that runs by itself', { 'main.py': RUNS, 'app.py': 'app = FastAPI()\n' }, [`${python} main.py`]],
    [
      'may be any of several such files',
      { 'bot.py': FLASK, 'src/app.py': RUNS },
      [`${python} bot.py`, `${python} src/app.py`],
    ],
    [
      'is started by the tool that has its packages',
      { 'bot.py': RUNS, 'poetry.lock': '' },
      ['poetry run python bot.py'],
    ],
    [
      'is a program of the project, where such a tool runs it',
      { 'uv.lock': '', 'pyproject.toml': '[project.scripts]\nmy-bot = "bot:main"\n\n[tool.x]\nother = 1\n' },
      ['uv run my-bot'],
    ],
    ['is none where nothing runs the program', { 'pyproject.toml': '[project.scripts]\nb = "b:m"\n' }, []],
    ['is the main package of a module', { 'go.mod': 'module x\n', 'bot.go': MAIN, 'bot_test.go': MAIN }, ['go run .']],
    [
      'is the one below cmd',
      { 'go.mod': 'module x\n', 'x.go': 'package x\n', 'cmd/bot/main.go': MAIN },
      ['go run ./cmd/bot'],
    ],
    [
      'may be any of several main packages',
      { 'go.mod': '', 'cmd/a/a.go': MAIN, 'cmd/b/b.go': MAIN },
      ['go run ./cmd/a', 'go run ./cmd/b'],
    ],
    ['is none for Go without a module', { 'main.go': MAIN }, []],
  ])('%s', async (_, files, expected) => {
    const starts = await startsOf(files)
    expect(starts.map(({ command }) => command)).toEqual(expected)
    expect(onlyStart(starts)).toBe(expected.length === 1 ? expected[0] : null)
  })

  it.runIf(process.platform !== 'win32')(
    'is that of its virtual environment, and of a shell where it takes one',
    async () => {
      expect(await commandsOf({ 'bot.py': RUNS, '.venv/bin/python': '' })).toEqual(['.venv/bin/python bot.py'])
      const line = 'gunicorn app:app --bind :$PORT'
      expect(await commandsOf({ Procfile: `web: ${line}\n` })).toEqual([`sh -c '${line}'`])
      expect(await commandsOf({ Procfile: "web: sh -c 'a $PORT'\n" })).toEqual([])
    },
  )
})

describe.runIf(process.platform !== 'win32')(
  'The command of an application in Python that does not run by itself',
  () => {
    const FASTAPI = 'from fastapi import FastAPI\n\napp = FastAPI(title="Bot")\n'
    const UVICORN = { 'requirements.txt': 'fastapi\nuvicorn[standard]==0.30\n' }
    const sh = (line: string): string => `sh -c '${line} --port $PORT'`

    it.each<[string, Files, string]>([
      ['FastAPI', { 'main.py': FASTAPI, ...UVICORN }, 'python3 -m uvicorn main:app'],
      [
        'FastAPI that brings its server',
        { 'main.py': FASTAPI, 'pyproject.toml': 'dependencies = ["fastapi[standard]>=0.115"]\n' },
        'python3 -m uvicorn main:app',
      ],
      [
        'one with a type and a module',
        { 'bot.py': 'bot: fastapi.FastAPI = fastapi.FastAPI()\n', ...UVICORN },
        'python3 -m uvicorn bot:bot',
      ],
      [
        'the usual one of several',
        { 'main.py': `admin = FastAPI()\n${FASTAPI}`, ...UVICORN },
        'python3 -m uvicorn main:app',
      ],
      [
        'one that a function makes',
        { 'main.py': 'def create_app():\n    app = Starlette()\n    return app\n', ...UVICORN },
        'python3 -m uvicorn main:create_app --factory',
      ],
      [
        'one in a package',
        { 'app/main.py': FASTAPI, 'app/__init__.py': '', ...UVICORN },
        'python3 -m uvicorn app.main:app',
      ],
      [
        'one that imports what is beside it by its package',
        { 'src/main.py': `from .talk import say\n${FASTAPI}`, ...UVICORN },
        'python3 -m uvicorn src.main:app',
      ],
      [
        'one in a folder that is none',
        { 'src/main.py': FASTAPI, ...UVICORN },
        'python3 -m uvicorn main:app --app-dir src',
      ],
      [
        'one with a tool for its packages',
        { 'main.py': FASTAPI, 'uv.lock': '', 'pyproject.toml': 'dependencies = ["uvicorn"]\n' },
        'uv run uvicorn main:app',
      ],
      ['Flask', { 'app.py': 'app = Flask(__name__)\n' }, 'python3 -m flask --app app run'],
      [
        'Flask by another name',
        { 'src/bot.py': 'web = flask.Flask(__name__)\n' },
        'python3 -m flask --app src/bot:web run',
      ],
      [
        'Flask that a function makes',
        { 'wsgi.py': 'def create_app():\n    return Flask(__name__)\n' },
        'python3 -m flask --app wsgi run',
      ],
    ])('is that of its server, with the port that it is given: %s', async (_, files, line) => {
      expect(onlyStart(await startsOf(files))).toBe(sh(line))
    })

    it('is asked about where nothing shows which server there is, or which application is the bot', async () => {
      expect(onlyStart(await startsOf({ 'main.py': FASTAPI }))).toBe(null)
      expect(await commandsOf({ 'main.py': FASTAPI })).toEqual([sh('python3 -m uvicorn main:app')])
      const both = await startsOf({ 'main.py': FASTAPI, 'app.py': 'app = Flask(__name__)\n', ...UVICORN })
      expect([both.length, onlyStart(both)]).toEqual([2, null])
    })

    it('is none of its own where a file runs by itself, or no application is there', async () => {
      expect(await commandsOf({ 'main.py': FASTAPI, 'run.py': RUNS, ...UVICORN })).toEqual(['python3 run.py'])
      expect(await commandsOf({ 'main.py': 'def test():\n    app = FastAPI()\n', ...UVICORN })).toEqual([])
    })
  },
)

describe('The command of a bot in a workspace', () => {
  const pack = (more: object = {}): string => JSON.stringify({ scripts: { start: 'node index.js' }, ...more })
  const BOT = pack({ name: '@acme/bot', dependencies: { chipchat: '1' } })
  const root = (workspaces: unknown): string => JSON.stringify({ workspaces })
  const FILES = {
    'package.json': root(['packages/*']),
    'packages/bot/package.json': BOT,
    'packages/web/package.json': pack(),
  }

  it.each<[PackageManager, string]>([
    ['npm', 'npm run start --workspace packages/bot'],
    ['pnpm', 'pnpm --filter ./packages/bot run start'],
    ['yarn', 'yarn workspace @acme/bot run start'],
    ['bun', 'bun run --filter ./packages/bot start'],
  ])('is the script of the package with the SDK, run by %s', async (manager, command) => {
    const starts = await startsOf(FILES, manager)
    expect(onlyStart(starts)).toBe(command)
  })

  it.each([
    'packages:\n  # ours\n  - "packages/*" # all\n  - \'!**/test/**\'\ncatalog:\n  - other\n',
    'packages: ["./packages/bot/", other]\n',
    'packages:\n- packages/**\n',
  ])('is found by the list of pnpm: %j', async (yaml) => {
    const { 'package.json': _, ...files } = FILES
    expect(onlyStart(await startsOf({ ...files, 'pnpm-workspace.yaml': yaml }))).toBe(
      'pnpm --filter ./packages/bot run start',
    )
  })

  it('is never certain where several have the SDK, or none', async () => {
    const several = await startsOf({ ...FILES, 'packages/other/package.json': BOT })
    expect(several).toHaveLength(2)
    const unknown = await startsOf({ 'package.json': root({ packages: ['web'] }), 'web/package.json': pack() })
    expect(unknown).toHaveLength(1)
    expect([onlyStart(several), onlyStart(unknown)]).toEqual([null, null])
  })

  it('is no script that starts dev-hook itself, and nothing outside, or that a shell would read otherwise', async () => {
    const dev = JSON.stringify({ scripts: { start: 'dev-hook -- node a.js' }, dependencies: { chipchat: '1' } })
    expect(await commandsOf({ 'package.json': root(['a']), 'a/package.json': dev })).toEqual([])
    const odd = {
      'package.json': root(['../a', 'a b', '$(x)', 5, '-a']),
      'a b/package.json': BOT,
      '-a/package.json': BOT,
    }
    expect(await commandsOf(odd)).toEqual([])
  })
})
