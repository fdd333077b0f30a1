// The files of the page: what was built into the package, and a sentence where nothing was.
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { codeOf } from '../core/errors.ts'
import { packageFile } from '../core/instance.ts'

/** A file as it is served. */
export interface PageFile {
  readonly type: string
  readonly body: Buffer
  /** Whether its name changes with its content, so that it may be kept for ever. */
  readonly isHashed: boolean
}

export interface PageFiles {
  /** The file behind a path, `/` for the page itself; `null` when there is none. */
  at(path: string): Promise<PageFile | null>
}

/** Where the build puts the page. */
const BUILT = packageFile('dist/inspector/page')

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
}

/** `index-BaZ1cd2f.js`, as the build names what it packs. */
const HASHED = /-[\w-]{8}\.\w{1,10}$/

const NOT_BUILT = page(
  'dev-hook',
  'The page is not in this package: it is built by <code>npm run build</code>. The API is here: see <code>/api/openapi.json</code>.',
)

/** Creates the files of a folder. What is in it is listed at the first request, and nothing else is ever read. */
export function createPageFiles(folder: string = BUILT): PageFiles {
  let listed: Promise<ReadonlySet<string>> | undefined

  return {
    at: async (path) => {
      listed ??= listFiles(folder)
      const name = path === '/' ? '/index.html' : path
      const names = await listed
      if (names.has(name)) {
        const type = TYPES[extname(name)] ?? 'application/octet-stream'
        return { type, body: await readFile(join(folder, name)), isHashed: HASHED.test(name) }
      }
      return path === '/' ? { type: 'text/html; charset=utf-8', body: NOT_BUILT, isHashed: false } : null
    },
  }
}

/** The paths of all files, `/assets/index.js`; none when the page was not built. Sources of the page are not files of it. */
async function listFiles(folder: string): Promise<ReadonlySet<string>> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    const paths = entries
      .filter((entry) => entry.isFile() && extname(entry.name) in TYPES)
      .map((entry) =>
        `/${join(entry.parentPath, entry.name).slice(folder.length)}`.split(sep).join('/').replace('//', '/'),
      )
    return new Set(paths)
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return new Set()
    throw error
  }
}

/** A page of one sentence; `head` may hold an element for the browser. */
export function page(title: string, sentence: string, head = ''): Buffer {
  return Buffer.from(
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${title}</title>${head}</head><body><p>${sentence}</p></body></html>\n`,
  )
}
