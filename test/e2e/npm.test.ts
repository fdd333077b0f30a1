import { describe, expect, it } from 'vitest'
import { CTRL_C } from '../support/cli/terminal.ts'
import { startManaged } from '../support/package/package-managers.ts'

const DEV = ['npm', 'run', 'dev'] as const

// What is left running is found in /proc.
describe.runIf(process.platform === 'linux')('dev-hook in a script of npm', () => {
  it('ends in order by Ctrl-C at the terminal', async () => {
    const npm = await startManaged(DEV, true)
    npm.press(CTRL_C)
    expect(await npm.ended).toBe(0)
    expect(npm.screen()).toContain('webhook restored')
    await npm.expectUndone()
  })

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'puts the webhook back when npm ends by %s at a terminal',
    async (signal) => {
      const npm = await startManaged(DEV, true)
      process.kill(npm.pid, signal)
      await npm.ended
      await npm.expectUndone()
    },
  )

  it('puts the webhook back when the terminal is closed', async () => {
    const npm = await startManaged(DEV, true)
    npm.close()
    await npm.ended
    await npm.expectUndone()
  })

  it.each(['SIGTERM', 'SIGKILL'] as const)('ends with npm where there is no terminal: %s', async (signal) => {
    const npm = await startManaged(DEV, false)
    process.kill(npm.pid, signal)
    await npm.ended
    await npm.expectUndone()
    expect(npm.screen()).toContain('DEVHOOK_ORPHANED')
  })
})
