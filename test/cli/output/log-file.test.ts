import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { startLog } from '../../../src/cli/output/log-file.ts'
import type { Notice } from '../../../src/core/notices.ts'

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'dev-hook-log-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

const held = (id: string): Notice => ({ type: 'held', time: '2026-11-23T00:00:00.000Z', id, reason: 'bot restarting' })

const idsIn = async (path: string): Promise<unknown[]> =>
  (await readFile(path, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).id)

it('The log holds what was announced before it was open, in order, also when the run ends before that', async () => {
  const path = await folder()
  const log = startLog(path, 60_000)
  log.write(held('a'))
  log.write(held('b'))
  await log.close()
  expect(await idsIn(join(path, 'dev-hook.log'))).toEqual(['a', 'b'])
})

it('The log goes on where the run before left it', async () => {
  const path = await folder()
  for (const id of ['a', 'b']) {
    const log = startLog(path, 0)
    log.write(held(id))
    await log.close()
  }
  expect(await idsIn(join(path, 'dev-hook.log'))).toEqual(['a', 'b'])
})

it('The log leaves deliveries and what was said in them to the journal', async () => {
  const path = await folder()
  const log = startLog(path, 0)
  const { time } = held('')
  log.write({ type: 'delivery', time, id: 'a', event: null, conversation: null, text: 'private', bytes: 1 })
  log.write({ type: 'attempt', time, id: 'a', n: 1, outcome: 'answered', status: 200, ms: 1 })
  log.write(held('b'))
  await log.close()
  expect(await idsIn(join(path, 'dev-hook.log'))).toEqual(['b'])
})

it('A folder that cannot be written costs the log, and nothing else', async () => {
  const path = join(await folder(), 'taken')
  await writeFile(path, '')
  const log = startLog(path, 0)
  log.write(held('a'))
  await log.close()
})
