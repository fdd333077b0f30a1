// What the tests run as processes of their own: the built package, and programs of the tests that were built like it.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PROJECT = fileURLToPath(new URL('../..', import.meta.url))

/** The package that is tested: the project itself, or where a packed one was unpacked, which `DEV_HOOK_PACKAGE` names. */
export const PACKAGE = process.env['DEV_HOOK_PACKAGE'] ?? PROJECT

/** The command line. */
export const MAIN = join(PACKAGE, 'dist/cli/main.js')

/** A file of the package, which is given from its root. */
export const builtFile = (path: string): string => join(PACKAGE, path)

/** A program of `test/support/fixtures`, with the sources that it imports in it. */
export const fixture = (name: string): string => join(PROJECT, 'build/fixtures', name)
