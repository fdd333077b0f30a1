import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { CTRL_C } from '../support/cli/terminal.ts'
import { execute } from '../support/package/package.ts'
import { startManaged } from '../support/package/package-managers.ts'

let bin: string

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dev-hook-managers-'))
  const wanted = ['pnpm@10', 'yarn@1', 'bun@1']
  await execute('npm', ['install', '--prefix', folder, ...wanted], { cwd: folder })
  bin = join(folder, 'node_modules/.bin')
  return () => rm(folder, { recursive: true, force: true })
})

// npm is among the other tests; what is left running is found in /proc.
describe.runIf(process.platform === 'linux').each(['pnpm', 'yarn', 'bun'])('dev-hook in a script of %s', (manager) => {
  const start = (atTerminal: boolean) => startManaged([join(bin, manager), 'run', 'dev'], atTerminal)

  it('ends in order by Ctrl-C at the terminal', async () => {
    const run = await start(true)
    run.press(CTRL_C)
    await run.ended
    expect(run.screen()).toContain('webhook restored')
    await run.expectUndone()
  })

  it.each(['SIGTERM', 'SIGKILL'] as const)('ends with it, at a terminal or not: %s', async (signal) => {
    for (const atTerminal of [true, false]) {
      const run = await start(atTerminal)
      process.kill(run.pid, signal)
      await run.ended
      await run.expectUndone()
    }
  })
})
