// The packages of a bot at a commit: installed again where its lock file differs, and kept for the next commit that has it.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { SECRET_NAMES } from '../../config/dot-env.ts'
import { onAbort } from '../../core/async.ts'
import { withoutVariables } from '../../core/child-environment.ts'
import { exists } from '../../core/files/exists.ts'
import { isRecord } from '../../core/json.ts'
import { oneLine } from '../../core/text/sanitize.ts'

/** The lock files of package managers, and what each is told so that it installs just that. */
const INSTALLS: readonly (readonly [lock: string, command: string])[] = [
  ['package-lock.json', 'npm ci --no-audit --no-fund'],
  ['npm-shrinkwrap.json', 'npm ci --no-audit --no-fund'],
  ['pnpm-lock.yaml', 'pnpm install --frozen-lockfile'],
  ['yarn.lock', 'yarn install --frozen-lockfile'],
  ['bun.lock', 'bun install --frozen-lockfile'],
  ['bun.lockb', 'bun install --frozen-lockfile'],
]
const WITHOUT_LOCK = 'npm install --no-package-lock --no-audit --no-fund'

/** What is to be installed at a commit. */
interface Needed {
  readonly folder: string
  readonly command: string
  /** The same for the same packages. */
  readonly key: string
}

export interface Dependencies {
  /** The command that is run where something has to be installed; resolves with why that failed, or `null`. */
  prepare(signal: AbortSignal, onInstall: (command: string) => void): Promise<string | null>
  /** Puts away what is installed, before another commit is laid out. */
  putAway(): Promise<void>
}

/** Keeps the packages of a tree in `store`; the bot is in `folder`, within `tree`. */
export function keepDependencies(options: {
  readonly tree: string
  readonly folder: string
  readonly store: string
  readonly env: Readonly<Record<string, string | undefined>>
}): Dependencies {
  const { tree, folder, store, env } = options
  let installed: Needed | null = null
  return {
    prepare: async (signal, onInstall) => {
      const needed = await neededIn(folder, tree)
      if (needed === null) return null
      const modules = join(needed.folder, 'node_modules')
      if (await exists(join(store, needed.key))) await rename(join(store, needed.key), modules)
      else {
        onInstall(needed.command)
        const problem = await install(needed, env, signal)
        if (problem !== null) return problem
      }
      installed = needed
      return null
    },
    putAway: async () => {
      if (installed === null) return
      const { folder: at, key } = installed
      installed = null
      await mkdir(store, { recursive: true })
      // A package manager that found nothing to install has made no folder.
      if (await exists(join(at, 'node_modules'))) await rename(join(at, 'node_modules'), join(store, key))
    },
  }
}

/** The nearest lock file, from the bot's folder up to the top of the tree; without one, what the manifest names. */
async function neededIn(folder: string, tree: string): Promise<Needed | null> {
  for (let at = folder; at.startsWith(tree); at = dirname(at)) {
    for (const [lock, command] of INSTALLS) {
      const content = await read(join(at, lock))
      if (content !== null) return { folder: at, command, key: keyOf(lock, content) }
    }
  }
  const manifest = await read(join(folder, 'package.json'))
  if (manifest === null || !namesPackages(manifest)) return null
  return { folder, command: WITHOUT_LOCK, key: keyOf('package.json', manifest) }
}

function namesPackages(manifest: string): boolean {
  try {
    const value: unknown = JSON.parse(manifest)
    const fields = isRecord(value) ? [value['dependencies'], value['devDependencies']] : []
    return fields.some((field) => isRecord(field) && Object.keys(field).length > 0)
  } catch {
    // The package manager would say what is wrong with it; the bot may run all the same.
    return false
  }
}

const keyOf = (name: string, content: string): string =>
  createHash('sha256').update(`${name}\n${content}`).digest('hex').slice(0, 32)

const read = (path: string): Promise<string | null> => readFile(path, 'utf8').catch(() => null)

/** The end of what is kept of the output, in characters. */
const TAIL = 4_000

/** Runs the command; resolves with why it failed, or `null`. */
async function install(
  { folder, command }: Needed,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<string | null> {
  // npm is a `.cmd` on Windows, which only a shell can start. Scripts of packages have no use for the secrets of the shell.
  const child = spawn(command, {
    cwd: folder,
    env: withoutVariables(env, SECRET_NAMES),
    shell: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-TAIL)
    })
  }
  const off = onAbort(signal, () => void child.kill())
  try {
    const code = await new Promise<number | null>((resolve) => {
      child.once('error', () => resolve(null))
      child.once('close', resolve)
    })
    if (code === 0) return null
    const lines = output.split('\n').filter((line) => line.trim() !== '' && !line.includes('A complete log'))
    return `\`${command}\` failed: ${oneLine(lines.at(-1) ?? `code ${code ?? 'unknown'}`)}`
  } finally {
    off()
  }
}
