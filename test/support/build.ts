// Builds `dist` once before the tests: the children that dev-hook forks run as built files.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Compiles the package as it is published. Throws what tsc reports when it does not compile: no test runs then. */
export function setup(): void {
  const words = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--pretty', 'false']
  const { status, stdout, stderr, error } = spawnSync(process.execPath, words, { cwd: root, encoding: 'utf8' })
  if (status !== 0)
    throw new Error(`The build failed, so no test was run:\n\n${stdout}${stderr}`, error && { cause: error })
}
