// Builds `dist` once before the tests: the children that dev-hook forks run as built files, and browsers read the built page.
import { spawnSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What the page is made of: itself, and what it shares with the rest. */
const PAGE_SOURCES = ['src/inspector', 'src/protocol', 'src/core', 'config/page.config.ts', 'package-lock.json']

/** Compiles the package as it is published. Throws what is reported when it does not compile: no test runs then. */
export function setup(): void {
  build('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--pretty', 'false')
  if (PAGE_SOURCES.some((path) => newest(path) > newest('dist/inspector/page/index.html')))
    build('node_modules/vite/bin/vite.js', 'build', '--config', 'config/page.config.ts')
}

function build(...words: readonly string[]): void {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, words, { cwd: root, encoding: 'utf8' })
  if (status !== 0)
    throw new Error(`The build failed, so no test was run:\n\n${stdout}${stderr}`, error && { cause: error })
}

/** When a file, or the newest file of a folder, was written; 0 when there is none. */
function newest(path: string): number {
  const stats = statSync(join(root, path), { throwIfNoEntry: false })
  if (stats?.isDirectory() !== true) return stats?.mtimeMs ?? 0
  const names = readdirSync(join(root, path), { recursive: true, encoding: 'utf8' })
  return Math.max(0, ...names.map((name) => statSync(join(root, path, name)).mtimeMs))
}
