// How sources become programs: rolldown's options, the same for the package, the benchmarks and the processes of the tests.
import { readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { minify } from 'rolldown/utils'
import { slimMap } from './source-maps.mjs'

/** The folder of the project. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** What is not bundled: the SDK is native, and Vitest is that of whoever tests with it. */
const OUTSIDE = ['@ngrok/ngrok', 'vitest']

/**
 * What packages ask Node for and nothing here uses, though every start would load it: HTTP/2, which undici lacks where Node was built
 * without it, and what starts the programs that commander takes for commands. Each with the module that stands in its place.
 */
const UNUSED = [
  { of: /[\\/]undici[\\/]/, name: 'node:http2', text: 'export const constants = {}' },
  { of: /[\\/]commander[\\/]/, name: 'node:child_process', text: 'export {}' },
]
const WITHOUT_UNUSED = {
  name: 'without-unused',
  resolveId: (name, importer) =>
    UNUSED.some((one) => one.name === name && one.of.test(importer)) ? `\0${name}` : null,
  load: (id) => UNUSED.find(({ name }) => id === `\0${name}`)?.text ?? null,
}

/** Without white space, and nothing else. */
const PACKED = { compress: false, mangle: false, codegen: { removeWhitespace: true } }

/** Where a source is seen from its map, however the packages of this project are installed. */
const withoutLinks = (source) => source.replace(/^.*\/node_modules\/(?=(?:@[^/]+\/)?[^/]+\/)/, '../../node_modules/')

/** Gives the sources what they use of undici. Whatever else they import from it is not found, and the build says so. */
const USED_OF_UNDICI = {
  name: 'used-of-undici',
  resolveId: (name, importer) =>
    name === 'undici' && importer?.startsWith(join(ROOT, 'src')) ? join(ROOT, 'config/undici.mjs') : null,
}

/**
 * Bundles programs, by their files in a folder: `{ 'cli/main.js': 'src/cli/main.ts' }`. What they share goes into files of their own,
 * two folders below that of the package: `core/instance.ts` counts on it; `groups` are rolldown's, for those that go together, and `format` is `esm` or `cjs`. Throws where anything is not found, or is dubious.
 * Returns rolldown's output.
 */
export async function bundle(
  programs,
  folder,
  { chunks = 'chunks/[name].js', outside = [], groups = [], format = 'esm', plugins = [] } = {},
) {
  const problems = []
  const bundled = await rolldown({
    cwd: ROOT,
    input: programs,
    platform: 'node',
    external: [...OUTSIDE, ...outside],
    // What Node 20 understands.
    transform: { target: 'es2023' },
    // A package is where its link is, not where that leads to.
    resolve: { symlinks: false },
    plugins: [...plugins, USED_OF_UNDICI, WITHOUT_UNUSED],
    checks: { pluginTimings: false },
    preserveEntrySignatures: 'strict',
    onLog: (level, { message }) => {
      if (level === 'warn') problems.push(message)
    },
  })
  const { output } = await bundled.write({
    dir: folder,
    format,
    // A single other character, even in a comment, and V8 keeps each character of the source in two bytes.
    charset: 'ascii',
    comments: { jsdoc: false },
    sourcemap: true,
    // What is published can be read as it is, and a release names the commit of its sources.
    sourcemapExcludeSources: true,
    sourcemapPathTransform: withoutLinks,
    entryFileNames: '[name]',
    // Without a hash: the names in a stack are those of the files, and a build takes the place of the one before.
    chunkFileNames: chunks,
    codeSplitting: { groups },
  })
  await bundled.close()
  await Promise.all(output.filter(({ map }) => map).map((chunk) => makeSmaller(join(folder, chunk.fileName), chunk)))
  if (problems.length > 0) throw new Error(problems.join('\n'))
  return output
}

/**
 * Writes the map of a file again as small as it is useful; and jiti packed as it came, with Babel in it: in lines of its own, which
 * the bundler gives it, it is half as large again and no easier to read.
 */
async function makeSmaller(path, { fileName, code, map, moduleIds }) {
  const isJiti = moduleIds.every((id) => /[\\/]node_modules[\\/]jiti[\\/]/.test(id))
  if (isJiti) {
    const packed = await minify(fileName, code, PACKED)
    await writeFile(path, `${packed.code}\n//# sourceMappingURL=${basename(path)}.map\n`)
  }
  const smaller = isJiti ? { ...map, names: [], mappings: '' } : slimMap(map)
  await writeFile(`${path}.map`, JSON.stringify(smaller))
}

/**
 * Bundles every program of a folder of the tests, with the sources that it imports, as those of the package are: what is measured and
 * tried is what is published. They go into a folder of the same name in `build`, whose path is returned.
 */
export async function bundleFolder(path, outside = []) {
  const names = readdirSync(join(ROOT, path)).filter((name) => name.endsWith('.mjs'))
  const folder = join(ROOT, 'build', path.slice(path.lastIndexOf('/') + 1))
  const programs = Object.fromEntries(names.map((name) => [name, `${path}/${name}`]))
  await bundle(programs, folder, { chunks: 'shared-[name].mjs', outside })
  return folder
}
