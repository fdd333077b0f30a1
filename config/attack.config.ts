import { defineConfig } from 'vitest/config'
import { AttackLines } from '../test/attack/attack-lines.ts'

export default defineConfig({
  test: {
    root: '.',
    include: ['test/attack/*.test.ts'],
    globalSetup: ['test/support/build.ts'],
    hookTimeout: 60_000,
    pool: 'forks',
    reporters: [new AttackLines()],
  },
})
