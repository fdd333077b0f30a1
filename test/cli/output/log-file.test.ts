// The log file, and disks that fail it.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startLog } from '../../../src/cli/output/log-file.ts'
import type { AppendedFile, AppendedFiles } from '../../../src/cli/output/rotated-file.ts'
import type { Notice } from '../../../src/core/notices.ts'
import { folderForTest } from '../../support/folder.ts'

const held = (id: string): Notice => ({ type: 'held', time: '2026-11-23T00:00:00.000Z', id, reason: 'bot restarting' })

const asItIs = (notice: Notice): Notice => notice

const linesIn = async (path: string): Promise<readonly Readonly<Record<string, unknown>>[]> =>
  (await readFile(path, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

const idsIn = async (path: string): Promise<unknown[]> => (await linesIn(path)).map(({ id }) => id)

describe('The log', () => {
  it('holds what was announced, in order, also when the run ends at once', async () => {
    const path = await folderForTest()
    const log = startLog(path, asItIs)
    log.write(held('a'))
    log.write(held('b'))
    await log.close()
    expect(await linesIn(join(path, 'dev-hook.log'))).toEqual([
      { level: 30, pid: process.pid, time: '2026-11-23T00:00:00.000Z', id: 'a', reason: 'bot restarting', msg: 'held' },
      { level: 30, pid: process.pid, time: '2026-11-23T00:00:00.000Z', id: 'b', reason: 'bot restarting', msg: 'held' },
    ])
  })

  it('goes on where the run before left it', async () => {
    const path = await folderForTest()
    for (const id of ['a', 'b']) {
      const log = startLog(path, asItIs)
      log.write(held(id))
      await log.close()
    }
    expect(await idsIn(join(path, 'dev-hook.log'))).toEqual(['a', 'b'])
  })

  it('leaves deliveries and what was said in them to the journal', async () => {
    const path = await folderForTest()
    const log = startLog(path, asItIs)
    const { time } = held('')
    log.write({ type: 'delivery', time, id: 'a', event: null, conversation: null, text: 'private', bytes: 1 })
    log.write({ type: 'attempt', time, id: 'a', n: 1, outcome: 'answered', status: 200, ms: 1 })
    log.write(held('b'))
    await log.close()
    expect(await idsIn(join(path, 'dev-hook.log'))).toEqual(['b'])
  })

  it('that cannot be written costs the log, and nothing else', async () => {
    const path = join(await folderForTest(), 'taken')
    await writeFile(path, '')
    const log = startLog(path, asItIs)
    log.write(held('a'))
    await log.close()
  })
})

const failure = (code: string): Error => Object.assign(new Error(code), { code })
const never = (): Promise<never> => new Promise(() => undefined)

/** One file on a disk that does what is next in the list for the next `call`; then all is well. */
function disk(call: 'open' | 'append' | 'close' | 'rename', moves: readonly (string | number)[]) {
  let text = ''
  let opened = 0
  const left = [...moves]
  async function next(now: typeof call): Promise<number | null> {
    const move = now === call ? left.shift() : undefined
    if (move === 'hangs') return never()
    if (typeof move === 'string') throw failure(move)
    return move ?? null
  }
  const file: AppendedFile = {
    size: 0,
    append: async (bytes) => {
      const taken = (await next('append')) ?? bytes.length
      text += bytes.subarray(0, taken).toString()
      return taken
    },
    close: async () => void (await next('close')),
  }
  const files: AppendedFiles = {
    open: async () => {
      await next('open')
      opened += 1
      return call === 'rename' ? { ...file, size: 11 * 1024 * 1024 } : file
    },
    rename: async () => void (await next('rename')),
  }
  return { files, text: () => text, opened: () => opened }
}

describe('A log on a disk that fails', () => {
  const CODES = ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS'] as const
  it.each(
    (['open', 'append', 'close', 'rename'] as const).flatMap((call) => CODES.map((code) => [call, code] as const)),
  )('(%s: %s) loses lines, counts them, and goes on when the disk is well again', async (call, code) => {
    const { files, text } = disk(call, [code, code])
    const log = startLog('/nowhere', asItIs, files)
    for (const id of ['a', 'b', 'c', 'd']) {
      log.write(held(id))
      await new Promise(setImmediate)
    }
    await log.close()
    const lines = text()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.at(-1)).toMatchObject({ id: 'd' })
    const lost = lines.filter(({ msg }) => msg === 'lines lost').reduce((sum, { lines: n }) => sum + n, 0)
    expect(lines.filter(({ msg }) => msg === 'held').length + lost).toBe(4)
  })

  it('begins a new line after half a one', async () => {
    const { files, text } = disk('append', [5, 'ENOSPC'])
    const log = startLog('/nowhere', asItIs, files)
    log.write(held('a'))
    await new Promise(setImmediate)
    log.write(held('b'))
    await log.close()
    const [half, note, whole] = text().trim().split('\n')
    expect(half).toBe('{"lev')
    expect(JSON.parse(note ?? '')).toMatchObject({ msg: 'lines lost', lines: 1 })
    expect(JSON.parse(whole ?? '')).toMatchObject({ id: 'b' })
  })

  it.each(['open', 'append', 'close'] as const)('is not waited for when it hangs (%s)', async (call) => {
    const { files } = disk(call, ['hangs', 'hangs'])
    const log = startLog('/nowhere', asItIs, files)
    log.write(held('a'))
    const before = performance.now()
    await log.close()
    expect(performance.now() - before).toBeLessThan(2_000)
  })

  it('holds a bounded part of what it cannot write', async () => {
    const { files, text, opened } = disk('append', ['hangs'])
    const log = startLog('/nowhere', asItIs, files)
    const large = held('x'.repeat(1024))
    const before = process.memoryUsage().heapUsed
    for (let n = 0; n < 100_000; n += 1) log.write(large)
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * 1024 * 1024)
    expect(opened()).toBeLessThan(2)
    expect(text()).toBe('')
  })
})
