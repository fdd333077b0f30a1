// The stack of an error by the lines of its sources: the source maps of the bundle, read only when a stack is printed.
import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PACKAGE_FOLDER, packageFile } from '../core/instance.ts'

/** What a line of a stack begins with where its place is not in parentheses, as that of a function without a name. */
const AT = /^ *at (?:async )?/
/** Line and column, at the end of a line of a stack. */
const POSITION = /:(\d{1,9}):(\d{1,9})(\)?)$/

/** A file of the bundle, with its map. */
interface Mapped {
  readonly path: string
  readonly map: SourceMap
}

/**
 * The stack with each place in the bundle replaced by that in its source, `dev-hook/src/daemon/daemon.ts:120:5`. Any other line
 * stays as it is, and all of them where there are no maps.
 */
export function inSources(stack: string): string {
  const read = new Map<string, Mapped | null>()
  const mappedOf = (file: string): Mapped | null => {
    const mapped = read.get(file) ?? readMapped(file)
    read.set(file, mapped)
    return mapped
  }
  function inSource(text: string): string {
    const position = POSITION.exec(text)
    if (position === null) return text
    const [, line, column, closing] = position
    const start = closing === '' ? (AT.exec(text)?.[0].length ?? 0) : text.lastIndexOf('(', position.index) + 1
    const source = sourceOf(mappedOf(text.slice(start, position.index)), Number(line), Number(column))
    return source === null ? text : `${text.slice(0, start)}${source}${closing}`
  }
  return stack.split('\n').map(inSource).join('\n')
}

/** The place in the source; lines and columns of a map count from 0. */
function sourceOf(mapped: Mapped | null, line: number, column: number): string | null {
  const entry = mapped?.map.findEntry(line - 1, column - 1)
  if (mapped === null || entry === undefined || !('originalSource' in entry)) return null
  const source = relative(PACKAGE_FOLDER, resolve(mapped.path, '..', entry.originalSource)).replaceAll('\\', '/')
  return `dev-hook/${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
}

function readMapped(file: string): Mapped | null {
  try {
    const path = file.startsWith('file:') ? fileURLToPath(file) : file
    if (!path.startsWith(packageFile('dist'))) return null
    return { path, map: new SourceMap(JSON.parse(readFileSync(`${path}.map`, 'utf8'))) }
  } catch {
    // The text of an error may look like a place; and without maps the stack is that of the bundle, which can be read as well.
    return null
  }
}
