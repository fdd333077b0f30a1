// Builds the package once before the tests, and the programs of the tests that are made of its sources.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { bundleFolder } from '../../config/bundle.mjs'

const BUILD = fileURLToPath(new URL('../../config/build.mjs', import.meta.url))

/** Throws what is reported when it does not compile: no test runs then. A packed one that is tested instead is left as it is. */
export async function setup(): Promise<void> {
  // In a process of its own: Vite makes this one a production.
  if (process.env['DEV_HOOK_PACKAGE'] === undefined)
    execFileSync(process.execPath, [BUILD], { stdio: ['ignore', 'ignore', 'pipe'] })
  await bundleFolder('test/support/fixtures')
}
