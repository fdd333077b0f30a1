// The tests on every version of Node, under every package manager, and from a fresh clone: they download what they need, so
// they are not among the others.
import { defineConfig } from 'vitest/config'
import base from '../vitest.config.ts'

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['test/matrix/*.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // Each version builds `dist` anew, which the others run from.
    fileParallelism: false,
  },
})
