import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { loadModule } from '../../../src/config/modules/load-module.ts'
import { folderForTest } from '../../support/folder.ts'

type Files = Readonly<Record<string, string>>

/** Writes the files; the first one is the config. */
async function written(files: Files): Promise<string> {
  const folder = await folderForTest()
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  return join(folder, Object.keys(files)[0] ?? '')
}

const silent = (): void => undefined

const asEsm = '{ "type": "module" }'
const asCommonJs = '{ "type": "commonjs" }'

/** What Node takes for a module, and what it has for its default. */
const OF_NODE: readonly (readonly [form: string, files: Files])[] = [
  ['an ES module', { 'c.mjs': 'export default { port: 1 }' }],
  [
    'one with an import',
    { 'c.mjs': "import { p } from './p.mjs'\nexport default { port: p }", 'p.mjs': 'export const p = 1' },
  ],
  ['one that waits', { 'c.mjs': 'export default { port: await Promise.resolve(1) }' }],
  [
    'a dynamic import',
    { 'c.mjs': "export default { port: (await import('./p.mjs')).p }", 'p.mjs': 'export const p = 1' },
  ],
  [
    'JSON that is imported',
    { 'c.mjs': "import j from './p.json' with { type: 'json' }\nexport default j", 'p.json': '{"port":1}' },
  ],
  [
    'CommonJS from an ES module',
    { 'c.mjs': "import p from './p.cjs'\nexport default p", 'p.cjs': 'module.exports = { port: 1 }' },
  ],
  ['CommonJS', { 'c.cjs': 'module.exports = { port: 1 }' }],
  ['CommonJS field by field', { 'c.cjs': 'exports.port = 1' }],
  ['CommonJS that requires', { 'c.cjs': "module.exports = { port: require('./p').p }", 'p.js': 'exports.p = 1' }],
  ['.js with no type', { 'c.js': 'module.exports = { port: 1 }', 'package.json': '{}' }],
  [
    '.js as CommonJS',
    { 'c.js': 'module.exports = { port: 1, name: __filename.length > 0 }', 'package.json': asCommonJs },
  ],
  ['.js as an ES module', { 'c.js': 'export default { port: 1 }', 'package.json': asEsm }],
  ['.js with no type in ES syntax', { 'c.js': 'export default { port: 1 }', 'package.json': '{}' }],
]

const WITH_TYPES: readonly (readonly [form: string, files: Files])[] = [
  ['.ts', { 'c.ts': 'enum P { One = 1 }\nexport default { port: P.One as number }' }],
  [
    '.mts',
    { 'c.mts': "import { p } from './p.mts'\nexport default { port: p }", 'p.mts': 'export const p: number = 1' },
  ],
  ['.cts', { 'c.cts': "import p = require('./p.cjs')\nexport = { port: p.p as number }", 'p.cjs': 'exports.p = 1' }],
  ['.cts with a default', { 'c.cts': 'const port: number = 1\nexport default { port }' }],
  [
    '.ts that names the compiled file',
    { 'c.ts': "import { p } from './p.js'\nexport default { port: p }", 'p.ts': 'export const p: number = 1' },
  ],
  [
    '.ts as an ES module',
    { 'c.ts': 'export default { port: await Promise.resolve(1) } satisfies object', 'package.json': asEsm },
  ],
  [
    'compiled CommonJS',
    { 'c.cjs': 'Object.defineProperty(exports, "__esModule", { value: true })\nexports.default = { port: 1 }' },
  ],
  ['compiled CommonJS as .js', { 'c.js': 'exports.__esModule = true\nexports.default = { port: 1 }' }],
]

/** A form with every file saved once more, in which 1 is 2. */
const changed = (files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [name, text.replaceAll('1', '2')]))

describe('A config module', () => {
  it.each(OF_NODE)('has the default that Node sees: %s', async (_, files) => {
    const path = await written(files)
    const show = `import(${JSON.stringify(pathToFileURL(path).href)}).then((m) => console.log(JSON.stringify(m.default)))`
    const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', '-e', show])
    const { value } = await loadModule(path, silent)
    expect(value).toEqual(JSON.parse(stdout))
    expect(value).toMatchObject({ port: 1 })
  })

  it.each(WITH_TYPES)('may be written with types, or compiled: %s', async (_, files) => {
    expect((await loadModule(await written(files), silent)).value).toEqual({ port: 1 })
  })

  it.each([...OF_NODE, ...WITH_TYPES])('is read as it is now, with all that it imports: %s', async (_, files) => {
    const path = await written(files)
    await loadModule(path, silent)
    for (const [name, text] of Object.entries(changed(files))) await writeFile(join(dirname(path), name), text)
    expect((await loadModule(path, silent)).value).toMatchObject({ port: 2 })
  })

  it('names every file that it is read from, but for packages', async () => {
    const path = await written({
      'c.mts':
        "import { a } from './lib/a.js'\nimport 'pack'\nimport fs from 'node:fs'\nexport default { a, b: import('./b') }",
      'lib/a.ts': "export * from './c.json'\nexport const a = require('../gone')",
      'lib/c.json': '{}',
      'b/index.cjs': '',
      'node_modules/pack/index.js': '',
    })
    const { imported } = await loadModule(path, silent).then(
      ({ files }) => ({ imported: files }),
      () => ({ imported: [] }),
    )
    expect(imported).toEqual([])
    const { importsOf } = await import('../../../src/config/modules/imports.ts')
    const names = (await importsOf(path)).map((file) => file.slice(dirname(path).length + 1)).toSorted()
    expect(names).toEqual(['b/index.cjs', 'c.mts', 'gone', 'lib/a.ts', 'lib/c.json'])
  })

  it('prints line by line, and nothing is lost of what it printed before its end', async () => {
    const path = await written({
      'c.mjs': "console.log('one')\nconsole.error('two')\nprocess.stdout.write('three')\nexport default {}",
    })
    const lines: string[] = []
    await loadModule(path, (line) => void lines.push(line))
    expect(lines.toSorted()).toEqual(['one', 'three', 'two'])
  })

  it('may hold what only a module can', async () => {
    const path = await written({
      'c.mjs':
        "export default { url: new URL('https://a.example/x'), at: new Date(0), n: 1n, f() {}, list: [undefined, null] }",
    })
    const { value } = await loadModule(path, silent)
    expect(value).toEqual({
      url: 'https://a.example/x',
      at: '1970-01-01T00:00:00.000Z',
      n: '1',
      f: '[function]',
      list: [undefined, null],
    })
  })

  it.each([
    ['c.mjs', 'export default {\n  hold: }', "Unexpected token '}' (c.mjs, line 2, column 9)"],
    ['c.cjs', 'module.exports = {\n  hold: }', "Unexpected token '}' (c.cjs, line 2, column 9)"],
    ['c.ts', 'interface A { a: 1 }\n\nexport default {\n  hold: }', 'Unexpected token (c.ts, line 4, column 9)'],
    ['c.mjs', '\nexport default { a: nope.b }', 'nope is not defined (c.mjs, line 2, column 21)'],
    ['c.ts', 'interface A { a: 1 }\n\nexport default { a: nope.b }', 'nope is not defined (c.ts, line 3)'],
    [
      'c.mjs',
      "\nimport x from './gone.mjs'\nexport default x",
      /^Cannot find module .*gone.mjs.* \(c.mjs, line 2, column 16\)$/,
    ],
    ['c.cjs', "module.exports = require('./gone')", /^Cannot find module '.\/gone' \(c.cjs, line 1, column 27\)$/],
    [
      'c.mjs',
      "import { x } from './p.mjs'\nexport default x",
      /does not provide an export named 'x' \(c.mjs, line 1, column 10\)$/,
    ],
    ['c.mjs', "import { q } from './p.mjs'\nexport default q()", 'it broke (p.mjs, line 2, column 32)'],
    ['c.mjs', 'process.exit(3)', 'it ended, with code 3, before it had exported anything'],
    ['c.mjs', 'await new Promise(() => {})', /^it ended, with code \d+, before it had exported anything$/],
    ['c.mjs', 'const a = {}\na.a = a\nexport default a', /contains itself/],
  ])('says where it is wrong: %s %j', async (name, text, message) => {
    const path = await written({ [name]: text, 'p.mjs': "\nexport const q = () => { throw new Error('it broke') }" })
    await expect(loadModule(path, silent)).rejects.toThrow(message)
  })
})
