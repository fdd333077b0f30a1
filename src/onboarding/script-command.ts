// What a script of `package.json` starts: the program and its file, without what restarts them by itself, as dev-hook does that.

/** A program that is started directly, with the file that it runs. */
export interface DirectCommand {
  readonly words: readonly string[]
  readonly file: string
}

type Scripts = Readonly<Record<string, string>>

/** Reads a script; `null` for one that needs a shell, or starts something other than a JavaScript runtime with a file. */
export function readScript(line: string, scripts: Scripts, depth = 0): DirectCommand | null {
  const words = wordsOf(line)
  if (words === null) return null
  const other = depth < MAX_DEPTH ? otherScript(words, scripts) : null
  if (other !== null) return readScript(other, scripts, depth + 1)
  const direct = withoutWatching(words)
  const file = direct === null ? null : fileIn(direct)
  return direct === null || file === null ? null : { words: direct, file }
}

/** Scripts may start each other, in a circle too. */
const MAX_DEPTH = 5

/** The words of a line; `null` when it takes a shell to read them. */
function wordsOf(line: string): readonly string[] | null {
  const trimmed = line.trim()
  if (/[;&|<>$`()*?~\\\n]/.test(trimmed)) return null
  const found = [...trimmed.matchAll(/("[^"]*"|'[^']*'|[^\s"']+)(?:\s+|$)/gy)]
  const isRead = found.reduce((length, [whole]) => length + whole.length, 0) === trimmed.length
  const words = found.map(([, word = '']) => word.replace(/^(["'])(.*)\1$/, '$2'))
  // `NAME=value program` is for a shell too.
  return isRead && words[0]?.includes('=') === false ? words : null
}

/** The line of the script that a package manager is told to run. */
function otherScript([program = '', ...rest]: readonly string[], scripts: Scripts): string | null {
  if (!['npm', 'pnpm', 'yarn', 'bun'].includes(program)) return null
  const [name, ...more] = rest[0] === 'run' ? rest.slice(1) : rest
  return name !== undefined && more.length === 0 && Object.hasOwn(scripts, name) ? (scripts[name] ?? null) : null
}

function withoutWatching([program = '', ...rest]: readonly string[]): readonly string[] | null {
  switch (program) {
    case 'npx':
      return withoutWatching(rest.filter((word, at) => at > 0 || !word.startsWith('-')))
    case 'node':
    case 'bun':
    case 'deno':
      return [program, ...withoutFlags(rest, /^--(?:watch|hot)/, ['--watch-path'])]
    case 'tsx':
      return [
        'tsx',
        ...withoutFlags(rest[0] === 'watch' ? rest.slice(1) : rest, OF_TSX_WATCH, ['--include', '--exclude']),
      ]
    case 'ts-node':
      return [program, ...rest]
    case 'ts-node-dev':
    case 'tsnd':
      return ['ts-node', ...withoutFlags(rest, OF_TS_NODE_DEV, ['--watch', '--ignore-watch'])]
    case 'nodemon':
      return underNodemon(rest)
    default:
      return null
  }
}

const OF_TSX_WATCH = /^--(?:clear-screen|include|exclude|ignore|no-cache)/
const OF_TS_NODE_DEV = /^--(?:respawn|clear|cls|poll|notify|rs|quiet|exit-child|watch|ignore-watch)/

/** The words without some flags, and without the values of those of them that have one as a word of its own. */
function withoutFlags(words: readonly string[], flags: RegExp, valued: readonly string[]): readonly string[] {
  return words.filter((word, at) => !flags.test(word) && !valued.includes(words[at - 1] ?? ''))
}

const NODEMON_VALUED = new Set([
  '-w',
  '--watch',
  '-e',
  '--ext',
  '-i',
  '--ignore',
  '-d',
  '--delay',
  '--config',
  '--signal',
])

/** What nodemon starts: the program of `--exec`, else that of the kind of file. */
function underNodemon(words: readonly string[]): readonly string[] | null {
  let exec: string | undefined
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (word === '-x' || word === '--exec') exec = words[++at]
    else if (NODEMON_VALUED.has(word)) at++
    else if (!word.startsWith('-')) return withoutWatching([...programOf(word, exec), ...words.slice(at)])
  }
  return exec === undefined ? null : withoutWatching(wordsOf(exec) ?? [])
}

const programOf = (file: string, exec: string | undefined): readonly string[] =>
  exec === undefined ? [isTypeScript(file) ? 'ts-node' : 'node'] : (wordsOf(exec) ?? [])

/** Whether a file is TypeScript, by its name. */
export const isTypeScript = (file: string): boolean => /\.[cm]?tsx?$/.test(file)

const VALUED = new Set(['-r', '--require', '--import', '--loader', '--experimental-loader', '--env-file', '-C', '-P'])

/** The first word that is neither the program, nor a flag, nor the value of one. */
function fileIn([program = '', ...rest]: readonly string[]): string | null {
  const isRun = (program === 'bun' || program === 'deno') && rest[0] === 'run'
  const words = isRun ? rest.slice(1) : rest
  return words.find((word, at) => !word.startsWith('-') && !VALUED.has(words[at - 1] ?? '')) ?? null
}
