import { defineConfig } from 'vitest/config'
import { ClosingLine } from './test/support/closing-line.ts'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build.ts'],
    setupFiles: ['test/support/property-seed.ts'],
    // Processes, sockets and TLS on two cores: a limit is for what hangs, not for what is slow.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Whatever is waited for comes, or the limit of the test ends the wait.
    expect: { poll: { timeout: 20_000 } },
    pool: 'forks',
    // Most of them wait for processes and sockets, not for a core.
    maxWorkers: '100%',
    reporters: ['default', new ClosingLine()],
    coverage: { provider: 'v8', include: ['src/**'], reporter: ['text-summary', 'lcov'] },
  },
})
