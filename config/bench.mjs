// `npm run bench`: builds the benchmarks as the package is built, and runs them; `bench.mjs soak` runs another program of `test/bench`.
import { join } from 'node:path'
import { argv } from 'node:process'
import { pathToFileURL } from 'node:url'
import { bundle, bundleFolder } from './bundle.mjs'

const [given = '--'] = argv.slice(2)
const program = given.startsWith('--') ? 'run' : given
// Playwright finds its own files.
const outside = ['playwright-core']
const folder = await bundleFolder('test/bench', outside)
// What the straight path costs is measured in the format in which it is published.
await bundle({ 'dev-hook.cjs': 'test/bench/dev-hook.mjs' }, folder, {
  chunks: 'dev-hook-[name].cjs',
  outside,
  format: 'cjs',
})
await import(pathToFileURL(join(folder, `${program}.mjs`)).href)
