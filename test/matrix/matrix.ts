import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ECHO_BOT } from '../support/cli/cli.ts'
import { folderForTest } from '../support/folder.ts'
import { freePort } from '../support/free-port.ts'
import { type NodeForTest, openNode } from '../support/package/nodes.ts'
import { openPackage, type PackageForTest, PROJECT } from '../support/package/package.ts'

/** The oldest Node that the package says it runs on, and the newest of each line after it. */
const manifest = JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8'))
const VERSIONS: readonly string[] = [manifest.engines.node.replace('>=', ''), '22', '24', '26']

/** What depends on Node most: processes, sockets, streams, the native SDK, the start of the command line. */
const SMOKE = ['test/e2e/main-job.test.ts', 'test/gateway', 'test/delivery', 'test/cli']
/** What takes long there, and is files and shells rather than Node. */
const NOT_NODE = ['test/cli/init.test.ts', 'test/cli/completion.test.ts'].flatMap((path) => ['--exclude', path])

/** What npm and Node say when something does not suit them. */
const COMPLAINT = /EBADENGINE|deprecat|ExperimentalWarning|Warning:|install script/i

let packed: PackageForTest

beforeAll(async () => {
  packed = await openPackage()
})
afterAll(() => packed.remove())

describe.each(VERSIONS)('On Node %s', (version) => {
  let node: NodeForTest
  beforeAll(async () => {
    node = await openNode(version)
  })

  it('the package is installed from the registry and runs, without a complaint', async () => {
    const folder = await folderForTest()
    const installed = await node.npm(['install', '--prefix', folder, packed.tarball], folder)
    expect(installed).not.toMatch(COMPLAINT)

    const main = join(folder, 'node_modules/dev-hook/dist/cli/main.js')
    expect(await node.run([main, '--version'], folder)).toEqual({ stdout: `${manifest.version}\n`, stderr: '' })
    const help = await node.run([main, '--help'], folder)
    expect(help).toMatchObject({ stdout: expect.stringContaining('dev-hook -- node bot.js'), stderr: '' })
  })

  it('a whole conversation in the sandbox needs no warning', async () => {
    const main = join(packed.consumer, 'node_modules/dev-hook/dist/cli/main.js')
    const bot = join(packed.consumer, 'bot.js')
    await copyFile(ECHO_BOT, bot)
    const words = ['sandbox', '--port', String(await freePort()), '--say', 'hi', '--', node.path, bot]
    const { stdout, stderr } = await node.run([main, ...words], packed.consumer)
    expect(stdout).toBe('You said: hi\n')
    expect(stderr).not.toMatch(COMPLAINT)
  })

  it('the tests of what depends on Node pass with the package as it is packed', async () => {
    const { stdout } = await node
      .run(['node_modules/vitest/vitest.mjs', 'run', ...SMOKE, ...NOT_NODE], PROJECT, {
        DEV_HOOK_PACKAGE: join(packed.consumer, 'node_modules/dev-hook'),
      })
      .catch((failed: { readonly stdout: string }) => failed)
    expect(stdout).toMatch(/^[1-9]\d* passed, 0 failed$/m)
  })
})
