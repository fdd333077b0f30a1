// Attacks on what is stored: damages as disks, crashes and editors make them, to the files of a run that was killed.
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { folderForTest } from '../support/folder.ts'
import { anyDamage, damaged } from '../support/journal/damages.ts'
import { recordingBotForTest } from '../support/platform/sandboxes.ts'
import type { Attack } from './attack.ts'
import { killAll } from './ends.ts'
import { deliver, openRing, openTarget, type Ring } from './target.ts'

/** What of a webhook decides where deliveries go, and who can read them. */
const webhookOf = ({ platform }: Ring): string => {
  const { url, events, secret } = Object(platform.registration())
  return JSON.stringify([url, events, secret])
}

/** The files of this name under a folder, however deep. */
async function filesNamed(folder: string, name: RegExp): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
}

/** Keeps a copy of all state; the function puts it back. */
async function copyOf({ home }: Ring): Promise<() => Promise<void>> {
  const kept = join(await folderForTest(), 'state')
  await cp(join(home, 'state'), kept, { recursive: true })
  return async () => {
    await rm(join(home, 'state'), { recursive: true, force: true })
    await cp(kept, join(home, 'state'), { recursive: true })
  }
}

async function damage(path: string, one: Parameters<typeof damaged>[1]): Promise<void> {
  await writeFile(path, damaged(await readFile(path), one))
}

const snapshots: Attack['run'] = async (ground) => {
  const ring = await openRing()
  const before = webhookOf(ring)
  const cli = await ring.start({ command: [process.execPath, '-e', 'setInterval(() => {}, 1_000)'] })
  await cli.notice('ready')
  await killAll(ring, cli)
  const claimed = webhookOf(ring)
  const [url, events, secret] = JSON.parse(claimed)
  const putBack = await copyOf(ring)
  let restored = 0
  const damages = ground.sample(anyDamage, ground.times(6, 100))
  for (const one of damages) {
    await putBack()
    const [snapshot = ''] = await filesNamed(ring.home, /^snapshot\.json$/)
    await damage(snapshot, one)
    const { stdout, stderr } = await ring.run(['restore'])
    expect(stdout + stderr).not.toContain('DEVHOOK_UNEXPECTED')
    // As it was before, or left alone; never anything else.
    expect([before, claimed]).toContain(webhookOf(ring))
    if (webhookOf(ring) !== before) continue
    restored += 1
    await ring.platform.changeRegistration({ url, events, secret })
  }
  await putBack()
  expect((await ring.run(['restore'])).code).toBe(0)
  expect(webhookOf(ring)).toBe(before)
  return `${damages.length} damages: ${restored} restored rightly, the others left alone; undamaged it is restored`
}

const journals: Attack['run'] = async (ground) => {
  const target = await openTarget({ args: ['--hold', '300ms'] })
  await target.bot.close()
  const bodies = Array.from({ length: 20 }, (_, n) => JSON.stringify({ id: `j${n}`, text: 'x'.repeat(200 * n) }))
  const statuses = await Promise.all(bodies.map((body) => deliver(target, { body })))
  expect(new Set(statuses.flat())).toEqual(new Set([200]))
  await killAll(target, target.cli)
  const putBack = await copyOf(target)
  const damages = ground.sample(anyDamage, ground.times(3, 40))
  let came = 0
  for (const one of damages) {
    await putBack()
    for (const journal of await filesNamed(join(target.home, 'state'), /\.jsonl$/)) await damage(journal, one)
    const bot = await recordingBotForTest({ port: target.botPort })
    const cli = await target.start()
    await cli.notice('ready')
    await cli.notice('bot', ({ state }) => state === 'ready')
    cli.kill('SIGINT')
    const { code, stderr } = await cli.ended
    expect(code, stderr).toBe(0)
    const got = bot.deliveries().map(({ body }) => body.toString())
    expect(bodies).toEqual(expect.arrayContaining(got))
    expect(new Set(got).size).toBe(got.length)
    came += got.length
    await bot.close()
  }
  await target.expectAsBefore()
  return `${damages.length} damages: every start came up, ${came} of ${20 * damages.length} owed deliveries came, none altered, none twice`
}

const addresses: Attack['run'] = async (ground) => {
  const target = await openTarget()
  await deliver(target, { body: '{"id":"a"}' })
  const [address = ''] = await filesNamed(target.home, /^inspector\.json$/)
  const whole = await readFile(address)
  const codes: (number | null)[] = []
  for (const one of ground.sample(anyDamage, ground.times(2, 60))) {
    await writeFile(address, damaged(whole, one))
    const { code, stdout, stderr } = await target.run(['replay', '--last'])
    expect(stdout + stderr).not.toContain('DEVHOOK_UNEXPECTED')
    codes.push(code)
  }
  await writeFile(address, whole)
  await target.expectService()
  await target.finish()
  return `exit codes of replay: ${[...new Set(codes)].join(', ')}; the run goes on`
}

/** By damage to what is stored. */
export const STATE: readonly Attack[] = [
  { tries: 'damaged snapshots', run: snapshots },
  { tries: 'damaged journals with what is owed', run: journals },
  { tries: 'damaged addresses of the inspector', run: addresses },
]
