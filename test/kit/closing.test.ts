// A sandbox that is closed while a test still has something under way, as after a test that has run out of time.
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { kitForTest } from '../support/kit-sandbox.ts'

const MORTAL = ['node', fileURLToPath(new URL('../support/bot/kit/mortal.js', import.meta.url))] as const

describe('A sandbox that is closed', () => {
  it('starts no bot any more, though a restart is under way', async () => {
    const sandbox = await kitForTest({ command: [...MORTAL], env: { GREETING: 'x' } })
    const { process: bot } = sandbox
    const restarting = expect(bot?.restart()).rejects.toMatchObject({ code: 'DEVHOOK_SANDBOX_CLOSED' })
    await sandbox.close()
    await restarting
    expect(bot?.output).toBe('ready')
    expect(bot?.pid).toBeNull()
  })

  it('has one bot, however often it is restarted at once', async () => {
    const sandbox = await kitForTest({ command: [...MORTAL], env: { GREETING: 'x' } })
    const { process: bot } = sandbox
    await Promise.all([bot?.restart(), bot?.restart(), bot?.kill()])
    expect(bot?.pid).toBeNull()
    await bot?.restart()
    expect(await (await sandbox.contact()).say('hi')).toMatchObject({ text: 'hi' })
  })
})
