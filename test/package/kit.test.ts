// The test kit as it is published: its examples run, and compile, in a project that has nothing but the package.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { execute, openPackage, type PackageForTest, PROJECT } from '../support/package/package.ts'

const TSC = join(PROJECT, 'node_modules/typescript/bin/tsc')
const OLDEST_TSC = join(PROJECT, 'node_modules/typescript-oldest/bin/tsc')

let packed: PackageForTest

beforeAll(async () => {
  packed = await openPackage()
})
afterAll(() => packed.remove())

/** Runs a program in a folder of the consumer; what it printed, whether it failed or not. */
async function run(args: readonly string[], folder = '.'): Promise<string> {
  const env = { PATH: process.env['PATH'], HOME: packed.consumer, CI: '1', NO_COLOR: '1' }
  const options = { cwd: join(packed.consumer, folder), env }
  const { stdout, stderr } = await execute(process.execPath, args, options).catch(
    (failed: { readonly stdout: string; readonly stderr: string }) => failed,
  )
  return `${stdout}${stderr}`
}

const vitest = (folder: string): Promise<string> =>
  run(
    [join(packed.consumer, 'node_modules/vitest/vitest.mjs'), 'run', '--config', '../vitest.config.ts', '--root', '.'],
    folder,
  )

describe('The test kit', () => {
  it('runs the examples under Vitest', async () => {
    expect(await vitest('kit/buttons')).toMatch(/Tests {2}1 passed/)
    expect(await vitest('kit/trouble')).toMatch(/Tests {2}8 passed/)
    expect(await run([join(packed.consumer, 'node_modules/vitest/vitest.mjs'), 'run', '--root', '.'], 'kit')).toMatch(
      /Tests {2}1 passed/,
    )
  })

  it('runs the example under the test runner of Node', async () => {
    expect(await run(['--test', 'test/handover.node-test.js'], 'kit/handover')).toMatch(/^# pass 1$/m)
  })

  it('is there for CommonJS too', async () => {
    const main = join(packed.consumer, 'main.cjs')
    await writeFile(
      main,
      "const { createSandbox } = require('dev-hook/sandbox')\n" +
        'createSandbox().then((sandbox) => sandbox.close()).then(() => console.log("closed"))\n',
    )
    expect(await run([main])).toMatch(/^closed$/m)
  })

  it.each([
    ['the newest', TSC],
    ['the oldest', OLDEST_TSC],
  ])('has types for strict projects with %s TypeScript', async (_, tsc) => {
    expect(await run([tsc, '-p', '.'])).toBe('')
    expect(await run([tsc, '-p', 'kit'])).toBe('')
  })
})
