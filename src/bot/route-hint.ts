// The paths that the source of a bot names, for a hint: found by how routes are written, without running anything.
import { open, readdir } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'

const SOURCES: ReadonlySet<string> = new Set(['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts', '.jsx', '.tsx', '.py'])
const FOLDERS = ['.', 'src', 'app', 'lib'] as const

/** Enough for a bot; the source of something larger is not for a hint. */
const MAX_FILES = 60
const MAX_BYTES = 128 * 1024

// `app.post('/hook'`, `@app.route("/hook"`, `server.route({ url: '/hook'`, `webhook: 'hook'`.
const ROUTES: readonly RegExp[] = [
  /\.(?:post|all|use|route|router)\(\s{0,20}(['"`])(\/[^'"`\s$]{1,200})\1/g,
  /\b(?:url|path|webhook)["']?\s{0,20}[:=]\s{0,20}(['"`])(\/?[\w.~%/-]{1,200})\1/g,
]

/** The paths that a text names as routes, each once, with a slash before it. */
export function routesIn(source: string): string[] {
  const found = ROUTES.flatMap((shape) =>
    [...source.matchAll(shape)].map(([, , path]) => `/${(path ?? '').replace(/^\//, '')}`),
  )
  return [...new Set(found)].filter((path) => path !== '/')
}

/** The paths that the bot's source names: of the files of its command, then of those beside them. Never rejects. */
export async function findRoutes(cwd: string, command: readonly string[]): Promise<readonly string[]> {
  const listed = await Promise.all(FOLDERS.map((folder) => listSources(join(cwd, folder))))
  const named = command.map((word) => resolve(cwd, word))
  const files = [...new Set([...named, ...listed.flat()])].filter((file) => SOURCES.has(extname(file)))
  const sources = await Promise.all(files.slice(0, MAX_FILES).map(beginningOfFile))
  return [...new Set(sources.flatMap(routesIn))]
}

async function listSources(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isFile()).map(({ name }) => join(folder, name))
}

async function beginningOfFile(path: string): Promise<string> {
  try {
    await using file = await open(path)
    // A pipe, or a device, may never end.
    if (!(await file.stat()).isFile()) return ''
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_BYTES), 0, MAX_BYTES, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } catch {
    // A word of the command that is not a file, or one that cannot be read: then there is no hint in it.
    return ''
  }
}
