// Builds `dist` as it is published: the programs, the types of what can be imported, the page, and what all of it is made of.
import { execFile } from 'node:child_process'
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { argv, execPath } from 'node:process'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { build as buildPage } from 'vite'
import { bundle, ROOT } from './bundle.mjs'
import { chunkGroups } from './chunks.mjs'
import { writeInventory } from './inventory.mjs'

/** What can be imported, as ES modules. */
const EXPORTED = ['index', 'kit/index', 'kit/vitest']

/**
 * What is bundled, and in which files: as CommonJS, which Node loads in less time than ES modules. It links those step by step, and
 * makes a second list of all that its own modules export.
 */
const PROGRAMS = {
  'cli/main.js': 'src/cli/main.ts',
  ...Object.fromEntries(
    [
      'config/modules/module-worker',
      'daemon/watchdog/child',
      'tunnel/ngrok/child',
      'index',
      'kit/index',
      'kit/matchers',
    ].map((name) => [`${name}.cjs`, `src/${name}.ts`]),
  ),
}

/** Vitest can only be imported: what extends it takes the matchers from the file that the kit has them from. */
const MATCHERS = {
  name: 'matchers-of-the-kit',
  resolveId: (name) => (name === './matchers.ts' ? { id: './matchers.cjs', external: true } : null),
}

const DIST = join(ROOT, 'dist')
/** What is made on the way. */
const TYPES = join(ROOT, 'build/types')
const PAGE = join(DIST, 'inspector/page')

/** Builds in place: a dev-hook that runs from `dist` goes on. Throws with everything that does not compile. */
export async function build() {
  const [bundled, types, page] = await Promise.all([
    bundlePrograms(),
    writeTypes(),
    buildPage({ configFile: join(ROOT, 'config/page.config.ts') }),
  ])
  const inventory = await writeInventory(modulesOf([...bundled, ...page.output]))
  const ways = await writeWaysIn(bundled)
  const written = [...bundled.map(({ fileName }) => fileName), ...types, ...inventory, ...ways]
  await removeOthers(new Set(written.map((name) => join(DIST, name))))
}

/** Bundles all that is run or imported; returns rolldown's output. */
async function bundlePrograms() {
  const outputs = await Promise.all([
    bundle(PROGRAMS, DIST, { chunks: 'chunks/[name].cjs', groups: chunkGroups(), format: 'cjs' }),
    bundle({ 'kit/vitest.js': 'src/kit/vitest.ts' }, DIST, { plugins: [MATCHERS] }),
  ])
  return outputs.flat()
}

/** Writes how Node finds the bundle: `main.js` is CommonJS, whatever the package is, and what is imported has names. Returns the files. */
async function writeWaysIn(bundled) {
  const exportsOf = (fileName) => bundled.find((file) => file.fileName === fileName).exports
  const ways = {
    'cli/package.json': '{ "type": "commonjs" }\n',
    'index.js': `export { ${exportsOf('index.cjs').join(', ')} } from './index.cjs'\n`,
    'kit/index.js': `export { ${exportsOf('kit/index.cjs').join(', ')} } from './index.cjs'\n`,
  }
  await Promise.all(Object.entries(ways).map(([name, text]) => writeFile(join(DIST, name), text)))
  return Object.keys(ways)
}

const modulesOf = (output) => output.flatMap((file) => file.moduleIds ?? [])

/** Emits the types of everything, and copies those that the exports reach. Returns their names below `dist`. */
async function writeTypes() {
  await rm(TYPES, { recursive: true, force: true })
  const words = ['-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--outDir', TYPES, '--pretty', 'false']
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
  await promisify(execFile)(execPath, [tsc, ...words], { cwd: ROOT }).catch(({ stdout, stderr }) => {
    throw new Error(`${stdout}${stderr}`)
  })
  const names = new Set(EXPORTED.map((name) => `${name}.d.ts`))
  for (const name of names) {
    const text = await readFile(join(TYPES, name), 'utf8')
    for (const [, imported] of text.matchAll(/(?:from|import\() ?['"](\.[^'"]+)\.ts['"]/g))
      names.add(`${join(dirname(name), imported)}.d.ts`)
    await mkdir(dirname(join(DIST, name)), { recursive: true })
    await copyFile(join(TYPES, name), join(DIST, name))
  }
  return [...names]
}

/** Removes what a former build has left, but for the page, which is emptied when it is built. */
async function removeOthers(kept) {
  const files = await readdir(DIST, { recursive: true, withFileTypes: true })
  const stale = files
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name))
    .filter((path) => !kept.has(path) && !path.startsWith(PAGE))
  await Promise.all(stale.map((path) => rm(path)))
}

if (import.meta.url === pathToFileURL(resolve(argv[1])).href) await build()
