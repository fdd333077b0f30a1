// Which files a module imports, found in its text: what it imports has to be watched too, even while it cannot be run.
import { readFile } from 'node:fs/promises'
import { createRequire, isBuiltin } from 'node:module'
import { dirname, extname, isAbsolute, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isFile } from '../../core/files/exists.ts'

/** A bound: nobody's config is made of more files. */
const MAX_FILES = 200

/** The name in `import … from 'x'`, `export … from 'x'`, `import 'x'`, `import('x')` and `require('x')`. */
const SPECIFIER = /\b(?:from|import|require)\s*(?:\(\s*)?['"]([^'"\n]+)['"]/g

const EXTENSIONS = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json']

/** What TypeScript calls by the name that it will have once it is compiled. */
const SOURCE_OF: Readonly<Record<string, string>> = { '.js': '.ts', '.mjs': '.mts', '.cjs': '.cts' }

/** The names that a text imports, and where each stands. */
export const specifiersIn = (text: string): { readonly name: string; readonly index: number }[] =>
  [...text.matchAll(SPECIFIER)].map(({ 0: whole, 1: name = '', index }) => ({
    name,
    index: index + whole.length - name.length - 1,
  }))

/** A file and all that it imports, but for packages; absolute. An imported file that is not there is among them. */
export async function importsOf(entry: string): Promise<readonly string[]> {
  const files = new Set([entry])
  for (const file of files) {
    if (files.size >= MAX_FILES) break
    const text = await readFile(file, 'utf8').catch(() => '')
    for (const { name } of extname(file) === '.json' ? [] : specifiersIn(text)) {
      const found = await resolveImport(name, file)
      if (found !== null) files.add(found)
    }
  }
  return [...files]
}

/** The file that a name means; `null` for a package, and for what is built in. */
async function resolveImport(name: string, from: string): Promise<string | null> {
  if (isBuiltin(name)) return null
  if (name.startsWith('.') || name.startsWith('file:') || isAbsolute(name)) {
    const path = name.startsWith('file:') ? fileURLToPath(name) : resolve(dirname(from), name)
    return (await firstFile(candidates(path))) ?? path
  }
  try {
    const path = createRequire(from).resolve(name)
    // One of the same repository is a link to where it is worked on.
    return path.includes(`${sep}node_modules${sep}`) ? null : path
  } catch {
    // Not installed: whoever runs the module says so.
    return null
  }
}

function candidates(path: string): string[] {
  const extension = extname(path)
  const source = SOURCE_OF[extension]
  return [
    path,
    ...(source === undefined ? [] : [path.slice(0, -extension.length) + source]),
    ...EXTENSIONS.map((added) => path + added),
    ...EXTENSIONS.map((added) => resolve(path, `index${added}`)),
  ]
}

async function firstFile(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) {
    if (await isFile(path)) return path
  }
  return null
}
