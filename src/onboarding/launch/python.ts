// How a bot in Python is started: the file that runs by itself, by the tool that has its packages; else the server of its application.
import { join } from 'node:path'
import { exists } from '../../core/files/exists.ts'
import { startsByServer } from './python-server.ts'
import { isPlain, type Start, textOf } from './start.ts'

const FILES = ['', 'src/'].flatMap((folder) =>
  ['bot', 'main', 'app', 'server', 'run'].map((name) => `${folder}${name}.py`),
)
/** What a file does that stays when it is run; one that only defines an application needs a server, and a port for it. */
const RUNS =
  /^if[ \t]+__name__[ \t]*==[ \t]*['"]__main__['"]|^[ \t]*(?:[\w.]+\.)?(?:run|run_app|run_simple|run_forever|serve_forever)\(/m

/** The tools that run a program with the packages of a project, by the file that shows them. */
const TOOLS: readonly (readonly [file: string, run: string])[] = [
  ['uv.lock', 'uv run'],
  ['poetry.lock', 'poetry run'],
  ['pdm.lock', 'pdm run'],
  ['Pipfile', 'pipenv run'],
]

/**
 * Each file that runs by itself; where there is none, each program of `pyproject.toml`, as far as a tool runs them; where there is none
 * either, each application for a server.
 */
export async function startsInPython(cwd: string): Promise<readonly Start[]> {
  const [tool] = (
    await Promise.all(TOOLS.map(async ([file, run]) => ((await exists(join(cwd, file))) ? run : [])))
  ).flat()
  const texts = await Promise.all(FILES.map(async (file) => ({ file, text: await textOf(cwd, file) })))
  const files = texts.filter(({ text }) => text !== null && RUNS.test(text)).map(({ file }) => file)
  const python = tool === undefined ? await pythonOf(cwd) : `${tool} python`
  if (files.length > 0) return files.map((file) => ({ command: `${python} ${file}`, from: file, certain: true }))
  const programs = tool === undefined ? [] : programsIn((await textOf(cwd, 'pyproject.toml')) ?? '').filter(isPlain)
  if (programs.length === 0) return startsByServer(cwd, FILES, tool ?? `${python} -m`)
  return programs.map((name) => ({ command: `${tool} ${name}`, from: `${name} in pyproject.toml`, certain: true }))
}

/** That of the virtual environment in the project, else that of the machine. */
async function pythonOf(cwd: string): Promise<string> {
  const inside = process.platform === 'win32' ? 'Scripts\\python.exe' : 'bin/python'
  for (const folder of ['.venv', 'venv']) if (await exists(join(cwd, folder, inside))) return join(folder, inside)
  return process.platform === 'win32' ? 'python' : 'python3'
}

/** The names under `[project.scripts]`. */
function programsIn(toml: string): readonly string[] {
  const lines = toml.split(/\r?\n/)
  const start = lines.findIndex((line) => line.trim() === '[project.scripts]')
  if (start === -1) return []
  const rest = lines.slice(start + 1)
  const end = rest.findIndex((line) => line.startsWith('['))
  return rest.slice(0, end === -1 ? undefined : end).flatMap((line) => /^\s*"?([\w.-]+)"?\s*=/.exec(line)?.[1] ?? [])
}
