import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { findRecordedBot } from '../../../src/daemon/offline/find-bot.ts'
import { openLock } from '../../../src/lock/lock.ts'
import { folderForTest } from '../../support/folder.ts'

const apiHost = 'https://api.web1on1.chat'
const nobody = { bot: null, token: null, apiHost }
const tokenOf = (claims: unknown): string =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`

async function homeWith(...folders: string[]): Promise<string> {
  const home = await folderForTest()
  for (const folder of folders) await mkdir(join(home, folder), { recursive: true })
  return home
}

describe('The record that a command means', () => {
  it('is that of the bot that is named, or that the token names, wherever it is', async () => {
    const home = await homeWith('api.web1on1.chat/b9/events')
    const here = join(home, 'api.web1on1.chat', 'b1')
    expect(await findRecordedBot({ ...nobody, bot: 'b1' }, home)).toBe(here)
    expect(await findRecordedBot({ ...nobody, token: tokenOf({ _id: 'b1' }) }, home)).toBe(here)
    expect(await findRecordedBot({ ...nobody, bot: 'b1', token: tokenOf({ _id: 'b2' }) }, home)).toBe(here)
    const elsewhere = { ...nobody, bot: 'b1', apiHost: 'http://127.0.0.1:4000' }
    expect(await findRecordedBot(elsewhere, home)).toBe(join(home, '127.0.0.1_4000', 'b1'))
  })

  it('is that of the only bot, when nothing names one: no token is needed', async () => {
    const home = await homeWith('api.web1on1.chat/b1/events', 'api.web1on1.chat/never-ran', 'log')
    await writeFile(join(home, 'log', 'dev-hook.log'), '')
    const only = join(home, 'api.web1on1.chat', 'b1')
    expect(await findRecordedBot(nobody, home)).toBe(only)
    expect(await findRecordedBot({ ...nobody, token: 'no token at all' }, home)).toBe(only)
  })

  it('is that of the only bot with a run, else none: they are listed', async () => {
    const home = await homeWith('api.web1on1.chat/b1/events', '127.0.0.1_4000/b2/events')
    const problem = {
      code: 'DEVHOOK_BOT_UNKNOWN',
      message: expect.stringMatching(/--bot b2 --api-host http:\/\/127.0.0.1:4000/),
    }
    await expect(findRecordedBot(nobody, home)).rejects.toMatchObject(problem)
    const lock = await openLock(join(home, '127.0.0.1_4000', 'b2'), { runId: 'r', user: 'me' })
    onTestFinished(lock.close)
    expect(await findRecordedBot(nobody, home)).toBe(join(home, '127.0.0.1_4000', 'b2'))
  })

  it('is none where nothing was ever recorded', async () => {
    await expect(findRecordedBot(nobody, join(await folderForTest(), 'never'))).rejects.toMatchObject({
      code: 'DEVHOOK_BOT_UNKNOWN',
      message: expect.stringContaining('nothing has been recorded yet'),
    })
  })
})
