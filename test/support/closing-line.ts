// The last line of a test run: how many passed, how many failed.
import type { Reporter, TestModule } from 'vitest/node'

/** Counts single tests; a file that could not be loaded, and an error outside of every test, count as failed. */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state))
    const broken = modules.filter((module) => module.state() === 'failed' && module.errors().length > 0).length
    const failed = states.filter((state) => state === 'failed').length + broken + errors.length
    const passed = states.filter((state) => state === 'passed').length
    // After the summary of the default reporter, which is written in the same turn.
    setImmediate(() => process.stdout.write(`${passed} passed, ${failed} failed\n`))
  }
}
