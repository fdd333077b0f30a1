// Builds the package as it is published: from nothing, so that no file of an earlier build is packed with it.
import { execFileSync } from 'node:child_process'
import { chmodSync, rmSync } from 'node:fs'
import { writeInventory } from './inventory.mjs'

rmSync('dist', { recursive: true, force: true })
for (const words of [
  ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'],
  ['node_modules/vite/bin/vite.js', 'build', '--config', 'config/page.config.ts'],
])
  execFileSync(process.execPath, words, { stdio: 'inherit' })
// npm makes it executable when it installs; not everybody else who unpacks the tarball does.
chmodSync('dist/cli/main.js', 0o755)
writeInventory()
