// How an application in Python is started that does not run by itself: by the server that its framework is used with.

import { join } from 'node:path'
import { exists } from '../../core/files/exists.ts'
import { type Start, textOf } from './start.ts'

/** Where one is looked for, besides the files that may run by themselves. */
const FURTHER_FILES = ['app/main.py', 'wsgi.py', 'asgi.py']

/** At the beginning of a line: what is made inside a function is not there for a server. */
const APPLICATION = /^(\w+)[ \t]*(?::[ \t]*[\w.]+[ \t]*)?=[ \t]*(?:\w+\.)?(FastAPI|Starlette|Flask)\(/gm
/** A function that makes one. */
const FACTORY = /^def (create_app|make_app)\(/m
const MADE = /\b(FastAPI|Starlette|Flask)\(/
/** The names of an application, where a file has several; Flask looks for the first two by itself, as for the functions. */
const USUAL = ['app', 'application', 'api', 'bot']
const FOUND_BY_FLASK = ['app', 'application', 'create_app', 'make_app']

/** What a file takes from where it is itself: a folder by its name, or what is beside it in a package. */
const IMPORTS = /^(?:from|import)[ \t]+(\.|\w+)/gm

/** What names the packages of a project. */
const PACKAGE_FILES = ['requirements.txt', 'pyproject.toml', 'Pipfile']
const NAMES_UVICORN = /\buvicorn\b|\bfastapi\[/i

interface Application {
  /** Empty: the folder of the project. */
  readonly folder: string
  readonly module: string
  readonly framework: string
  /** Its own name, or that of the function that makes it. */
  readonly name: string
  readonly isMade: boolean
  /** What the file imports, by the first of its names. */
  readonly imports: readonly string[]
}

/**
 * Each application in one of the files; `runner` runs a server there (`python3 -m`). The server takes its port by a flag only, and the
 * bot gets it as PORT, so that a shell has to fill it in: none where there is no such shell.
 */
export async function startsByServer(cwd: string, files: readonly string[], runner: string): Promise<readonly Start[]> {
  if (process.platform === 'win32') return []
  const read = async (file: string) => applicationIn(file, (await textOf(cwd, file)) ?? '') ?? []
  const found = (await Promise.all([...files, ...FURTHER_FILES].map(read))).flat()
  if (found.length === 0) return []
  const packages = await Promise.all(PACKAGE_FILES.map((file) => textOf(cwd, file)))
  const hasUvicorn = packages.some((text) => NAMES_UVICORN.test(text ?? ''))
  return Promise.all(
    found.map(async (application) => {
      const { folder, module, framework } = application
      const isFlask = framework === 'Flask'
      const server = isFlask ? flask(application) : uvicorn(application, await isPackage(cwd, application))
      return {
        command: `sh -c '${runner} ${server} --port $PORT'`,
        from: `${framework} in ${pathOf(folder, module)}.py`,
        // Flask brings its server along; FastAPI and Starlette are served by several.
        certain: isFlask || hasUvicorn,
      }
    }),
  )
}

function applicationIn(file: string, text: string): Application | null {
  const [module = '', folder = ''] = file.slice(0, -'.py'.length).split('/').toReversed()
  const imports = [...text.matchAll(IMPORTS)].map(([, name = '']) => name)
  const made = [...text.matchAll(APPLICATION)].map(([, name = '', framework = '']) => ({ name, framework }))
  const own = made.find(({ name }) => USUAL.includes(name)) ?? made[0]
  if (own !== undefined) return { folder, module, imports, ...own, isMade: false }
  const [name, framework] = [FACTORY.exec(text)?.[1], MADE.exec(text)?.[1]]
  return name === undefined || framework === undefined
    ? null
    : { folder, module, imports, name, framework, isMade: true }
}

/** Whether the file is loaded as part of the folder that it is in, and not as one that has its own beside it. */
const isPackage = async (cwd: string, { folder, imports }: Application): Promise<boolean> =>
  folder !== '' && (imports.some((name) => name === '.' || name === folder) || exists(join(cwd, folder, '__init__.py')))

const pathOf = (folder: string, module: string): string => (folder === '' ? module : `${folder}/${module}`)

/** Flask takes the path of a file, and finds out by itself whether that is part of a package. */
const flask = ({ folder, module, name }: Application): string =>
  `flask --app ${pathOf(folder, module)}${FOUND_BY_FLASK.includes(name) ? '' : `:${name}`} run`

function uvicorn({ folder, module, name, isMade }: Application, isPart: boolean): string {
  const flags = [...(isMade ? ['--factory'] : []), ...(folder !== '' && !isPart ? [`--app-dir ${folder}`] : [])]
  return ['uvicorn', `${isPart ? `${folder}.` : ''}${module}:${name}`, ...flags].join(' ')
}
