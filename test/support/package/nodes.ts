// Other versions of Node, from the registry's `node` package.
import { delimiter, dirname } from 'node:path'
import { execute } from './package.ts'

const windows = process.platform === 'win32'

export interface NodeForTest {
  /** The binary. */
  readonly path: string
  /** Runs a script, with `more` in its environment; it, and all that it starts, finds this Node as `node`. Rejects, with what was written, when it fails. */
  run(
    words: readonly string[],
    cwd: string,
    more?: NodeJS.ProcessEnv,
  ): Promise<{ readonly stdout: string; readonly stderr: string }>
  /** Runs npm on it, and resolves to all that it says. */
  npm(words: readonly string[], cwd: string): Promise<string>
}

/** Downloads a version, unless npm has it already. */
export async function openNode(version: string): Promise<NodeForTest> {
  const words = ['--yes', '--package', `node@${version}`, 'node', '--print', 'process.execPath']
  const { stdout } = await execute('npx', words, { shell: windows })
  const path = stdout.trim()
  const env = environment(path)
  const found = await execute(path, ['--version'], { env })
  if (!found.stdout.startsWith(`v${version}`)) throw new Error(`asked for Node ${version}, got ${found.stdout}`)
  return {
    path,
    run: (words, cwd, more) =>
      execute(path, [...words], { cwd, env: { ...env, ...more }, maxBuffer: 64 * 1024 * 1024 }),
    npm: async (words, cwd) => {
      const { stdout, stderr } = await execute('npm', [...words], { cwd, env, shell: windows })
      return stdout + stderr
    },
  }
}

/** This environment, without what this run of the tests and npm have put into it. */
function environment(path: string): NodeJS.ProcessEnv {
  const ours = /^(VITEST|TEST|NODE_ENV|NODE_OPTIONS|CI|npm_(?!config_))/
  const kept = Object.entries(process.env).filter(([name]) => !ours.test(name))
  return { ...Object.fromEntries(kept), PATH: `${dirname(path)}${delimiter}${process.env['PATH'] ?? ''}` }
}
