// `npm run bench`: builds the benchmarks as the package is built, and runs them; `bench.mjs soak` runs another program of `test/bench`.
import { join } from 'node:path'
import { argv } from 'node:process'
import { pathToFileURL } from 'node:url'
import { bundleFolder } from './bundle.mjs'

const [given = '--'] = argv.slice(2)
const program = given.startsWith('--') ? 'run' : given
// Playwright finds its own files.
const folder = await bundleFolder('test/bench', ['playwright-core'])
await import(pathToFileURL(join(folder, `${program}.mjs`)).href)
