// The tests of the kit's examples, run from the package as it is installed.
import { defineConfig } from 'vitest/config'

export default defineConfig({ test: { include: ['*.vitest.ts'], testTimeout: 60_000, hookTimeout: 60_000 } })
