// What a start loads: how long a person waits for a command is, above all, how much code is read for it.
import { execFile } from 'node:child_process'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { builtFile, MAIN } from '../support/built.ts'
import { folderForTest } from '../support/folder.ts'
import { freePort } from '../support/free-port.ts'

const BOT = builtFile('config/examples/echo-bot.js')

interface Loaded {
  readonly files: number
  readonly kib: number
  /** The sources that are in these files: `node_modules/undici/index.js`. */
  readonly sources: string
}

/** What the process of a command line has loaded: the bot and the watchdog write reports of their own beside its. */
async function loadedUrls(coverage: string): Promise<readonly string[]> {
  const reports = await Promise.all(
    (await readdir(coverage)).map(async (name) => JSON.parse(await readFile(join(coverage, name), 'utf8'))),
  )
  const all: readonly string[][] = reports.map(({ result }) => result.map(({ url }: { readonly url: string }) => url))
  return all.find((urls) => urls.includes(pathToFileURL(MAIN).href)) ?? []
}

/** What a command line loads of the package, as the coverage of V8 has it. */
async function loadedBy(...args: readonly string[]): Promise<Loaded> {
  const folder = await folderForTest()
  const own = {
    NODE_V8_COVERAGE: join(folder, 'coverage'),
    XDG_STATE_HOME: folder,
    // Sandboxes are found in the folder of temporary files: those of others are none of ours.
    TMPDIR: folder,
    TEMP: folder,
    BOT_ID: 'b1',
    PORT: String(await freePort()),
  }
  await promisify(execFile)(process.execPath, [MAIN, ...args], { cwd: folder, env: { ...process.env, ...own } })
  const urls = await loadedUrls(own.NODE_V8_COVERAGE)
  const paths = urls.filter((url) => url.startsWith('file:')).map((url) => fileURLToPath(url))
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size))
  // What only gives another file a second name has no map.
  const maps = await Promise.all(paths.map((path) => readFile(`${path}.map`, 'utf8').catch(() => '')))
  return {
    files: paths.length,
    kib: Math.ceil(sizes.reduce((sum, size) => sum + size, 0) / 1024),
    sources: maps.join('\n'),
  }
}

describe('a start', () => {
  it('loads next to nothing for the version', async () => {
    const { files, kib } = await loadedBy('--version')
    expect(files).toBeLessThanOrEqual(3)
    expect(kib).toBeLessThanOrEqual(6)
  })

  it.each([['--help'], ['help'], ['events', '--help'], ['help', 'sandbox']])(
    'loads the table of commands for help, and neither their parser nor what they do (%s %s)',
    async (...args) => {
      const { files, kib, sources } = await loadedBy(...args)
      expect(files).toBeLessThanOrEqual(6)
      expect(kib).toBeLessThanOrEqual(120)
      expect(sources).toContain('src/cli/command-line/command-table.ts')
      expect(sources).not.toContain('node_modules/commander')
    },
  )

  it('loads what reads the record for a list of it, and nothing that speaks HTTP or writes an export', async () => {
    const { files, kib, sources } = await loadedBy('events')
    expect(files).toBeLessThanOrEqual(20)
    expect(kib).toBeLessThanOrEqual(500)
    expect(sources).toContain('src/journal/reader.ts')
    expect(sources).not.toMatch(/node_modules\/undici|src\/cli\/events\/export\.ts|src\/protocol\/shared/)
  })

  it('loads nothing that sends a request for a status without a run', async () => {
    const { files, kib, sources } = await loadedBy('status', '--consents')
    expect(files).toBeLessThanOrEqual(25)
    expect(kib).toBeLessThanOrEqual(720)
    expect(sources).not.toContain('node_modules/undici')
  })

  it('loads a conversation with a bot in few files, without what only some runs need', async () => {
    const { files, kib, sources } = await loadedBy('sandbox', '--say', 'hi', '--', process.execPath, BOT)
    expect(files).toBeLessThanOrEqual(36)
    expect(kib).toBeLessThanOrEqual(1_850)
    expect(sources).toContain('src/daemon/daemon.ts')
    expect(sources).not.toMatch(/node_modules\/(fastify|jiti|yaml)\/|src\/cli\/session\/sandbox-play\.ts/)
  })
})
