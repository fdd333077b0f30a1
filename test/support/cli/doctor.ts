// `dev-hook doctor --json` as a process, and what it found by the names of its checks.
import { type CliOptions, startCli } from './cli.ts'

interface FoundCheck {
  readonly type: 'check'
  readonly name: string
  readonly ok: boolean | null
  readonly message: string
  readonly remedy: string | null
}

export interface Diagnosed {
  readonly code: number | null
  readonly names: readonly string[]
  /** The check of a name; fails the test when there is none. */
  check(name: string): FoundCheck
  /** Everything that was printed. */
  readonly output: string
}

/** Runs it to its end. */
export async function diagnose(options: CliOptions): Promise<Diagnosed> {
  const cli = await startCli({ ...options, args: ['doctor', '--json', ...(options.args ?? [])] })
  const { code, stdout, stderr } = await cli.ended
  const checks: FoundCheck[] = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
  const check = (name: string): FoundCheck => {
    const found = checks.find((one) => one.name === name)
    if (found === undefined) throw new Error(`no check ${name}:\n${stdout}${stderr}`)
    return found
  }
  return { code, names: checks.map(({ name }) => name), check, output: stdout + stderr }
}
