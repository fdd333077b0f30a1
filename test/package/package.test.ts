import { existsSync } from 'node:fs'
import { copyFile, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TOOLS } from '../../src/cli/mcp/tools.ts'
import { startCli } from '../support/cli/cli.ts'
import { folderForTest } from '../support/folder.ts'
import { freePort } from '../support/free-port.ts'
import { CLIENTS } from '../support/mcp/clients.ts'
import { execute, openPackage, type PackageForTest, PROJECT } from '../support/package/package.ts'
import { readSources } from '../support/source-files.ts'

const TSC = join(PROJECT, 'node_modules/typescript/bin/tsc')
const ATTW = join(PROJECT, 'node_modules/@arethetypeswrong/cli/dist/index.js')

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly version: string; readonly dev?: boolean; readonly integrity?: string }>
  >
}

interface SourceMap {
  readonly sources: readonly string[]
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
}

/** Licences under which anybody may use dev-hook for anything, as under its own. */
const ALLOWED = /^(\(?(MIT|ISC|BSD-[23]-Clause|Apache-2\.0|0BSD|BlueOak-1\.0\.0|Unlicense|CC0-1\.0)( (OR|AND) )?\)?)+$/

let packed: PackageForTest
let lock: Lock
/** The packages that something in the package is made of, by their folders in the lock: as the maps and the page's imports say. */
let bundled: ReadonlySet<string>

beforeAll(async () => {
  packed = await openPackage()
  lock = JSON.parse(await readFile(join(PROJECT, 'package-lock.json'), 'utf8'))
  bundled = await bundledPackages()
})
afterAll(() => packed.remove())

const read = (path: string): Promise<string> => readFile(join(packed.consumer, 'node_modules/dev-hook', path), 'utf8')

const inModules = (name: string): string => `node_modules/${name}`

async function bundledPackages(): Promise<ReadonlySet<string>> {
  const maps = packed.files.map(({ path }) => path).filter((path) => path.endsWith('.map'))
  const all = await Promise.all(maps.map(async (path): Promise<SourceMap> => JSON.parse(await read(path))))
  const inside = all.flatMap(({ sources }) =>
    sources.flatMap((source) => /node_modules\/(?:.*node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(source) ?? []),
  )
  const inPage = readSources()
    .filter(({ room }) => room === 'inspector/page')
    .flatMap(({ imports }) => imports.filter((name) => !name.startsWith('.')).map((name) => name.split('/')[0] ?? ''))
  return new Set([...inside, ...[...inPage, 'rolldown'].map(inModules)])
}

/** Runs the installed command line in an empty folder, with nothing of this process's environment but what it needs. */
async function devHook(args: readonly string[], cwd: string): Promise<{ stdout: string; stderr: string }> {
  const main = join(packed.consumer, 'node_modules/dev-hook/dist/cli/main.js')
  const env = { PATH: process.env['PATH'], HOME: cwd, XDG_STATE_HOME: cwd, PORT: String(await freePort()) }
  return execute(process.execPath, [main, ...args], { cwd, env })
}

describe('The package', () => {
  it('holds the bundle and its types, the example, the schema and what people and agents read, and nothing else', () => {
    const documents = [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'llms.txt',
      'package.json',
      'dist/cli/package.json',
      'config/dev-hook.schema.json',
      'config/agents/AGENTS.md',
      'config/agents/SKILL.md',
      'dist/sbom.cdx.json',
      'dist/third-party-licenses.txt',
    ]
    const extra = packed.files
      .map(({ path }) => path)
      .filter((path) => !documents.includes(path) && !/^config\/(examples\/[^/]+\.js|events\/[^/]+\.json)$/.test(path))
      // The page is built for browsers, into names that change with what is in them.
      .filter((path) => !/^dist\/inspector\/page\/(index\.html|assets\/[\w-]+\.(css|js|svg))$/.test(path))
      .filter((path) => !/^dist\/chunks\/[\w-]+\.cjs(\.map)?$/.test(path))
      .filter((path) => {
        const source = /^dist\/(.+?)(?:\.d\.ts|\.c?js|\.c?js\.map)$/.exec(path)?.[1]
        return source === undefined || !existsSync(join(PROJECT, 'src', `${source}.ts`))
      })
    expect(extra).toEqual([])
    expect(packed.files.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        ...documents,
        'config/examples/echo-bot.js',
        'dist/index.js',
        'dist/index.d.ts',
        'dist/cli/main.js',
        'dist/config/modules/module-worker.cjs',
        'dist/tunnel/ngrok/child.cjs',
        'dist/daemon/watchdog/child.cjs',
        'dist/inspector/page/index.html',
      ]),
    )
  })

  it('has a page of 40 KB at most, as a browser is sent it', async () => {
    const files = packed.files.map(({ path }) => path).filter((path) => path.startsWith('dist/inspector/page/'))
    const sizes = await Promise.all(
      files.map(async (path) => gzipSync(await readFile(join(packed.consumer, 'node_modules/dev-hook', path))).length),
    )
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(40 * 1_024)
  })

  it('is small enough to be had within a second or two: the maps have no more than what a stack names', async () => {
    const sizeOf = async (path: string): Promise<number> =>
      (await stat(join(packed.consumer, 'node_modules/dev-hook', path))).size
    const total = async (paths: readonly string[]): Promise<number> =>
      (await Promise.all(paths.map(sizeOf))).reduce((sum, size) => sum + size, 0)
    const paths = packed.files.map(({ path }) => path)
    expect(await total(paths)).toBeLessThan(10_500_000)
    expect(await total(paths.filter((path) => path.endsWith('.map')))).toBeLessThan(1_900_000)
  })

  it('brings what is native, and nothing else, as a package of its own, in the version that was tested', async () => {
    const { dependencies }: Manifest = JSON.parse(await read('package.json'))
    expect(dependencies).toEqual({ '@ngrok/ngrok': lock.packages['node_modules/@ngrok/ngrok']?.version })
  })

  it('lets no installation ask for what it does not bring, and the managers that keep packages apart find Vitest', async () => {
    const manifest = JSON.parse(await read('package.json'))
    // npm reads all about an optional peer, and about its own peers, before it leaves them out: some twenty requests for Vitest.
    expect(manifest).not.toHaveProperty('peerDependencies')
    expect(manifest.peerDependenciesMeta).toEqual({ vitest: { optional: true } })
  })

  it('lists every package that is in it or comes with it, in the version of the lock, with its licence', async () => {
    const wanted = Object.entries(lock.packages)
      .filter(([folder, { dev }]) => folder !== '' && (dev !== true || bundled.has(folder)))
      .map(([folder, { version }]) => `${folder.split('node_modules/').at(-1)} ${version}`)
    // What bundles them puts in something of its own, too.
    expect([...bundled]).toEqual(expect.arrayContaining(['fastify', 'undici', 'preact', 'rolldown'].map(inModules)))
    expect([...bundled].filter((folder) => lock.packages[folder]?.integrity?.startsWith('sha512-') !== true)).toEqual(
      [],
    )

    const bill = JSON.parse(await read('dist/sbom.cdx.json'))
    expect(bill).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name: 'dev-hook' } } })
    const listed = bill.components.map((one: { name: string; version: string }) => `${one.name} ${one.version}`)
    expect(listed.toSorted()).toEqual([...new Set(wanted)].toSorted())

    const licenses = await read('dist/third-party-licenses.txt')
    const headings = [...licenses.matchAll(/^-{80}\n\n(\S+ \S+) \((.+)\)\n\n(?=\S)/gm)]
    expect(headings.map(([, name]) => name)).toEqual(wanted)
    for (const [, , license] of headings) expect(license).toMatch(ALLOWED)
  })

  it('has a command line that the system can run as it is', async () => {
    const main = join(packed.consumer, 'node_modules/dev-hook/dist/cli/main.js')
    expect(await readFile(main, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
    // Windows knows no such bit.
    if (process.platform !== 'win32') expect((await stat(main)).mode & 0o111).toBe(0o111)
  })

  it('asks nobody to run a script when it is installed', async () => {
    // npm 12 runs none of them unless the user allows it, so a package that needs one is broken for most.
    const lock = JSON.parse(await readFile(join(PROJECT, 'package-lock.json'), 'utf8'))
    const scripted = Object.entries<{ readonly dev?: boolean; readonly hasInstallScript?: boolean }>(lock.packages)
      .filter(([, { dev, hasInstallScript }]) => dev !== true && hasInstallScript === true)
      .map(([name]) => name)
    expect(scripted).toEqual([])
    const manifest = JSON.parse(await readFile(join(packed.consumer, 'node_modules/dev-hook/package.json'), 'utf8'))
    expect(Object.keys(manifest.scripts).filter((name) => name.endsWith('install'))).toEqual([])
  })

  it('says its version and its help, and nothing on stderr', async () => {
    const cwd = await folderForTest()
    const { version } = JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8'))
    expect(await devHook(['--version'], cwd)).toEqual({ stdout: `${version}\n`, stderr: '' })
    const help = await devHook(['--help'], cwd)
    expect(help.stdout).toContain('dev-hook -- node bot.js')
    expect(help.stderr).toBe('')
  })

  it('talks to a bot in the sandbox with the dependencies that it names', async () => {
    const bot = join(packed.consumer, 'bot.js')
    await copyFile(join(packed.consumer, 'node_modules/dev-hook/config/examples/echo-bot.js'), bot)
    const { stdout, stderr } = await devHook(['sandbox', '--say', 'hi', '--', process.execPath, bot], packed.consumer)
    expect(stdout).toBe('You said: hi\n')
    expect(stderr).not.toMatch(/warning/i)
  })

  it.each(Object.entries(CLIENTS))(
    'is tools for a coding agent whose client is of %s, whether a sandbox runs or not',
    async (_, start) => {
      const main = join(packed.consumer, 'node_modules/dev-hook/dist/cli/main.js')
      const bot = join(packed.consumer, 'bot.js')
      await copyFile(join(packed.consumer, 'node_modules/dev-hook/config/examples/echo-bot.js'), bot)
      const home = await folderForTest()
      const place = { cwd: packed.consumer, env: { PORT: String(await freePort()), TMPDIR: home, TEMP: home } }
      const client = await start({ ...place, command: [process.execPath, main, 'mcp', '--allow-write'] })
      expect((await client.tools()).map(({ name }) => name)).toEqual(TOOLS.map(({ name }) => name))
      expect((await client.call('doctor')).text).toContain('"name":"node","ok":true')
      // Started again, it is another one.
      for (const round of ['first', 'second']) {
        expect((await client.call('status')).text).toContain('no dev-hook is running')
        const run = await startCli({ ...place, main, args: ['sandbox', '--json'], command: [process.execPath, bot] })
        await run.notice('bot', ({ state }) => state === 'ready')
        const { answer } = JSON.parse((await client.call('say', { text: round })).text)
        expect(answer).toMatchObject([{ by: 'bot', text: `You said: ${round}` }])
        run.kill('SIGINT')
        await run.ended
      }
    },
  )

  it('passes publint', async () => {
    const pkgDir = join(packed.consumer, 'node_modules/dev-hook')
    const { messages } = await publint({ pkgDir, pack: false, strict: true })
    expect(messages).toEqual([])
  })

  it('resolves for everybody who imports it as a module', async () => {
    await execute(process.execPath, [ATTW, packed.tarball, '--profile', 'esm-only'])
  })

  it('has types under which right programs compile and wrong ones do not', async () => {
    const { stdout } = await execute(process.execPath, [TSC, '-p', packed.consumer]).catch(
      (failed: { readonly stdout: string }) => failed,
    )
    expect(stdout).toBe('')
  })
})
