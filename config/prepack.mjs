// Builds the package as it is published: from nothing, so that no file of an earlier build is packed with it.
import { chmodSync, rmSync } from 'node:fs'
import { build } from './build.mjs'

rmSync('dist', { recursive: true, force: true })
await build()
// npm makes it executable when it installs; not everybody else who unpacks the tarball does.
chmodSync('dist/cli/main.js', 0o755)
