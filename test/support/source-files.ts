// The source files of dev-hook, parsed: imports, functions, types and how each waits.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CallExpression, type Function as FunctionNode, parseSync, Visitor } from 'oxc-parser'

const SRC = fileURLToPath(new URL('../../src', import.meta.url))

/** A function, a closure or a method, with its body. */
interface SourceFunction {
  /** Its first line, from 1. */
  readonly line: number
  readonly lines: number
  /** Whether a comment directly above it that begins with "One story:" says why it is not shorter. */
  readonly isOneStory: boolean
}

export interface SourceFile {
  /** Below `src`, with slashes. */
  readonly path: string
  /** The first folder of the path, or the page; for a file in `src` itself its name. */
  readonly room: string
  readonly folder: string
  readonly name: string
  readonly text: string
  /** Its first line, the one for the shell left out. */
  readonly head: string
  /** What it imports or exports from elsewhere, types too: `node:fs`, a package, or a path as it stands there. */
  readonly imports: readonly string[]
  readonly functions: readonly SourceFunction[]
  /** The interfaces, type aliases and classes that it declares and exports. */
  readonly types: readonly string[]
  /** Where it sets a timer, listens to an abort, or sleeps in a loop by its own means: the line, and what stands there. */
  readonly ownWaits: readonly { readonly line: number; readonly what: string }[]
  /** The lines in which it calculates with the clock that people may set. */
  readonly wallClockSums: readonly number[]
  /** The regular expressions that are written out. */
  readonly expressions: readonly { readonly line: number; readonly source: string; readonly flags: string }[]
  /** Where it makes a regular expression of a text, and whether that is done once, when the file is loaded. */
  readonly builtExpressions: readonly { readonly line: number; readonly isAtLoad: boolean }[]
}

/** The page runs in a browser, and is a room of its own. */
const PAGE = 'inspector/page'

const roomAt = (path: string): string => (path.startsWith(`${PAGE}/`) ? PAGE : (path.split('/')[0] ?? ''))

/** The folder of ours, or the file in `src` itself, that a relative import leads to. */
export const roomOf = (source: SourceFile, specifier: string): string =>
  roomAt(relative(SRC, join(SRC, dirname(source.path), specifier)).replaceAll('\\', '/'))

/** Reads and parses every file. */
export const readSources = (): SourceFile[] =>
  readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => parse(path.replaceAll('\\', '/'), readFileSync(join(SRC, path), 'utf8')))

function parse(path: string, text: string): SourceFile {
  const { program, module, errors } = parseSync(path, text)
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`)
  const dynamic: string[] = []
  const functions: SourceFunction[] = []
  const lineAt = (offset: number): number => text.slice(0, offset).split('\n').length
  const measure = ({ start, end }: Pick<FunctionNode, 'start' | 'end'>): void => {
    bodies.push({ start, end })
    const line = lineAt(start)
    functions.push({ line, lines: lineAt(end) - line + 1, isOneStory: isOneStory(text, line) })
  }
  const ownWaits: { line: number; what: string }[] = []
  const wallClockSums: number[] = []
  const expressions: { line: number; source: string; flags: string }[] = []
  const builtExpressions: { line: number; start: number }[] = []
  const bodies: Pick<FunctionNode, 'start' | 'end'>[] = []
  let loops = 0
  const enterLoop = (): void => {
    loops += 1
  }
  const leaveLoop = (): void => {
    loops -= 1
  }
  new Visitor({
    FunctionDeclaration: measure,
    FunctionExpression: measure,
    ArrowFunctionExpression: measure,
    ForStatement: enterLoop,
    'ForStatement:exit': leaveLoop,
    WhileStatement: enterLoop,
    'WhileStatement:exit': leaveLoop,
    DoWhileStatement: enterLoop,
    'DoWhileStatement:exit': leaveLoop,
    Literal: (literal) => {
      if (!('regex' in literal)) return
      const { pattern, flags } = literal.regex
      expressions.push({ line: lineAt(literal.start), source: pattern, flags })
    },
    NewExpression: ({ callee, start }) => {
      if (nameOf(callee) === 'RegExp') builtExpressions.push({ line: lineAt(start), start })
    },
    CallExpression: (call) => {
      if (nameOf(call.callee) === 'RegExp') builtExpressions.push({ line: lineAt(call.start), start: call.start })
      const what = waitOf(call, loops > 0)
      if (what !== null) ownWaits.push({ line: lineAt(call.start), what })
    },
    BinaryExpression: ({ left, right, start }) => {
      if ([left, right].some((side) => side.type === 'CallExpression' && nameOf(side.callee) === 'Date.now'))
        wallClockSums.push(lineAt(start))
    },
    ImportExpression: ({ source }) => {
      if (source.type === 'Literal') dynamic.push(String(source.value))
    },
  }).visit(program)
  const exported = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest }) => moduleRequest ?? []),
  )
  return {
    path,
    room: roomAt(path),
    folder: dirname(path),
    name: basename(path),
    text,
    head: text.replace(/^#!.*\n/, '').split('\n')[0] ?? '',
    imports: [
      ...[...module.staticImports.map(({ moduleRequest }) => moduleRequest), ...exported].map(({ value }) => value),
      ...dynamic,
    ],
    functions,
    ownWaits,
    wallClockSums,
    expressions,
    builtExpressions: builtExpressions.map(({ line, start }) => ({
      line,
      isAtLoad: !bodies.some((body) => body.start < start && start < body.end),
    })),
    types: program.body.flatMap((statement) => {
      const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : null
      const isType = declared !== null && /^(TSInterface|TSTypeAlias|Class)Declaration$/.test(declared.type)
      return isType && 'id' in declared && declared.id?.type === 'Identifier' ? [declared.id.name] : []
    }),
  }
}

// `.x` is a method of anything else: a socket has a `setTimeout` of its own.
const TIMERS = new Set(['setTimeout', 'setInterval', 'addAbortListener', 'AbortSignal.any', 'AbortSignal.timeout'])
const LISTENERS = new Set(['.addEventListener', '.on', '.once', 'once'])
const SLEEPS = new Set(['sleep', '.sleep'])
const GLOBALS = new Set(['AbortSignal', 'Date'])

/** What a call waits with by its own means; `null` when it does not. */
function waitOf({ callee, arguments: given }: CallExpression, inLoop: boolean): string | null {
  const name = nameOf(callee)
  if (TIMERS.has(name)) return name
  const isAbort = given.some((one) => one.type === 'Literal' && one.value === 'abort')
  if (LISTENERS.has(name) && isAbort) return `${name}('abort')`
  return inLoop && SLEEPS.has(name) ? `${name} in a loop` : null
}

function nameOf(callee: CallExpression['callee']): string {
  if (callee.type === 'Identifier') return callee.name
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return ''
  const { object, property } = callee
  return `${object.type === 'Identifier' && GLOBALS.has(object.name) ? object.name : ''}.${property.name}`
}

/** Whether the block of comments that ends right above a line has one that begins with "One story:". */
function isOneStory(text: string, line: number): boolean {
  const above = text
    .split('\n')
    .slice(0, line - 1)
    .reverse()
  const end = above.findIndex((one) => !/^\s*(\/\/|\/?\*)/.test(one))
  return above.slice(0, end === -1 ? undefined : end).some((one) => /^\s*\/\/ One story: \S/.test(one))
}

/** The values that come more than once, each with those it comes from. */
export function repeated<T>(all: readonly T[], keysOf: (one: T) => readonly string[]): [key: string, from: T[]][] {
  const byKey = new Map<string, T[]>()
  for (const one of all) for (const key of keysOf(one)) byKey.set(key, [...(byKey.get(key) ?? []), one])
  return [...byKey].filter(([, from]) => from.length > 1)
}
