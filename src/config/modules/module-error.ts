// Where in the files of a config module an error is: no loader says it in one way.
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { positionAt } from '../../core/text/position.ts'
import { specifiersIn } from './imports.ts'
import type { ModuleError } from './load-module.ts'

/** The place of an error in one of these files, for people: `events.mjs, line 2, column 9`; `null` when it is not known. */
export async function placeOf(error: ModuleError, files: readonly string[]): Promise<string | null> {
  const shown = shownByNode(error, files) ?? (await unresolved(error, files)) ?? (await misspelled(error, files))
  return shown ?? inStack(error, files)
}

const place = (file: string, line: number | string, column?: number | string): string =>
  `${basename(file)}, line ${line}${column === undefined ? '' : `, column ${column}`}`

const toPath = (named: string): string => (named.startsWith('file:') ? fileURLToPath(named) : named)

/** Node shows the line above the stack, and a caret below it: `/a/config.cjs:2`. */
function shownByNode({ stack }: ModuleError, files: readonly string[]): string | null {
  const [, named = '', line = '', caret = ''] = /^(\S.*):(\d+)\n.*\n( *)\^/.exec(stack) ?? []
  return named !== '' && files.includes(toPath(named)) ? place(named, line, caret.length + 1) : null
}

/** Where the name of a module stands that cannot be found. */
async function unresolved({ code, message }: ModuleError, files: readonly string[]): Promise<string | null> {
  if (code === null || !code.endsWith('MODULE_NOT_FOUND')) return null
  const missing = /'([^']+)'/.exec(message)?.[1] ?? ''
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => '')
    const found = specifiersIn(text).find(({ name }) => missing.endsWith(name.replace(/^\.{0,2}\//, '')))
    if (found === undefined) continue
    const { line, column } = positionAt(text, found.index)
    return place(file, line, column)
  }
  return null
}

/** The first place of the stack that is in one of the files. A column of TypeScript is that of the compiled text. */
function inStack({ stack }: ModuleError, files: readonly string[]): string | null {
  for (const each of stack.split('\n')) {
    const end = /:(\d+):(\d+)\)?$/.exec(each)
    if (end === null) continue
    const [, line = '', column] = end
    const named = each.slice(each.lastIndexOf('(', end.index) + 1, end.index)
    const path = toPath(named.slice(Math.max(0, named.search(/file:\/\/|\/|[A-Z]:\\/))))
    if (files.includes(path)) return path.endsWith('ts') ? place(path, line) : place(path, line, column)
  }
  return null
}

/** The first place that is not JavaScript or TypeScript: Node does not say where an ES module has a mistake. */
async function misspelled({ name, message }: ModuleError, files: readonly string[]): Promise<string | null> {
  if (name !== 'SyntaxError' && !message.startsWith('ParseError')) return null
  const { createJiti } = await import('jiti/static')
  for (const filename of files.filter((each) => !each.endsWith('.json'))) {
    const source = await readFile(filename, 'utf8').catch(() => '')
    // A mistake is not thrown, but becomes the text of the module.
    const text = createJiti(filename, { fsCache: false }).transform({ source, filename, ts: filename.endsWith('ts') })
    const [, line, column] = /^exports\.__JITI_ERROR__ = .*?"line":(\d+),"column":(\d+)/.exec(text) ?? []
    // Its columns count from 0.
    if (line !== undefined) return place(filename, line, Number(column) + 1)
  }
  return null
}
