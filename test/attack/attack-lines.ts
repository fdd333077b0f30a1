// One line for each attack: what was tried, and what was seen or what did not hold.
import type { Reporter, TestCase, TestModule } from 'vitest/node'

declare module 'vitest' {
  interface TaskMeta {
    /** What was seen of an attack, in words. */
    seen?: string
  }
}

export class AttackLines implements Reporter {
  onTestSuiteReady(suite: { readonly name: string }): void {
    process.stdout.write(`\n${suite.name}\n`)
  }

  onTestCaseResult(test: TestCase): void {
    const { state, errors = [] } = test.result()
    if (state === 'skipped') return
    const seconds = ((test.diagnostic()?.duration ?? 0) / 1_000).toFixed(1)
    const [error] = errors
    const what = state === 'passed' ? test.meta().seen : `DID NOT HOLD: ${error?.message ?? 'no reason is known'}`
    process.stdout.write(`  ${state === 'passed' ? '✓' : '✗'} ${test.name}: ${what} (${seconds} s)\n`)
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly { readonly message: string }[]): void {
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state))
    for (const { message } of [...modules.flatMap((module) => module.errors()), ...errors])
      process.stdout.write(`${message}\n`)
    const held = states.filter((state) => state === 'passed').length
    const broke = states.filter((state) => state === 'failed').length
    process.stdout.write(`\n${held} held, ${broke} did not\n`)
  }
}
