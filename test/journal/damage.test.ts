// Damage to a log: whatever it was, the next run starts, and gives the bot what was received or nothing.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Delivery } from '../../src/core/delivery.ts'
import type { Journal } from '../../src/core/ports.ts'
import { openJournal } from '../../src/journal/journal.ts'
import { readDeliveries, readDelivery } from '../../src/journal/reader.ts'
import { anAttempt } from '../support/attempts.ts'
import { folderForTest } from '../support/folder.ts'
import { anyDamage, damaged } from '../support/journal/damages.ts'
import { answered, delivery, NO_LABEL, openTestJournal, refused, type Trouble } from '../support/journal/journal.ts'

/** Another one with each run; `FUZZ_SEED=<seed> npx vitest run test/journal/damage.test.ts` repeats one. */
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31)

// Five hundred starts, with all that they sync.
const FUZZ_MS = 300_000

const LABEL = { event: 'message.create.contact.chat', platformId: 'p1', conversation: 'c1', text: 'hi "there" ü' }
const BROKE = anAttempt('interrupted')
const REPLY = answered(201, '{"messages":[1]}')

const FATES = ['owed', 'refused and owed', 'delivered', 'delivered late', 'interrupted', 'rejected'] as const
const BODIES = ['{"text":"1","n":12345678901234567890}', 'a=ü&b="2"\n', '\xff\0\n', ''].map((text) =>
  Buffer.from(text, text.startsWith('\xff') ? 'latin1' : 'utf8'),
)

const GIVEN: readonly { readonly fate: (typeof FATES)[number]; readonly given: Delivery }[] = FATES.flatMap((fate) =>
  BODIES.map((body, i) => ({
    fate,
    given: delivery(`${fate} ${i}`, { body, search: `?n=${i}`, headers: ['A', `"${i}"`, 'a', 'é'] }),
  })),
)

type Log = readonly (readonly [name: string, bytes: Buffer])[]

/** The segments of a log with one delivery for each fate and each kind of body. */
async function writeLog(folder: string): Promise<Log> {
  const { journal } = await openTestJournal(folder, { limits: { deliveries: 100, ms: 1e12, bytes: 1e9 } })
  for (const { fate, given } of GIVEN) {
    const { id } = given
    journal.record(given, LABEL, `key of ${id}`)
    if (fate === 'rejected') journal.settle(id, 'rejected', 401)
    if (fate.includes('owed') || fate === 'delivered late') journal.settle(id, 'acknowledged', 200)
    if (fate === 'delivered late') journal.settle(id, 'interrupted')
    if (fate === 'refused and owed') journal.recordAttempt(id, 1, refused)
    if (fate === 'interrupted') journal.recordAttempt(id, 1, BROKE)
    if (fate.startsWith('delivered')) journal.recordAttempt(id, 1, REPLY)
    await journal.synced(id)
  }
  await journal.close()
  const events = join(folder, 'events')
  return Promise.all((await readdir(events)).map(async (name) => [name, await readFile(join(events, name))] as const))
}

/** The same log as the first version wrote it. */
const withoutChecksums = (log: Log): Log =>
  log.map(([name, bytes]) => [
    name.replace('.crc', ''),
    Buffer.from(bytes.toString('latin1').replace(/,"crc":"[0-9a-f]{8}"}$/gm, '}'), 'latin1'),
  ])

async function place(folder: string, log: Log): Promise<void> {
  const events = join(folder, 'events')
  await mkdir(events, { recursive: true })
  for (const [name, bytes] of log) await writeFile(join(events, name), bytes)
}

/** Opens a journal, and calls back with it and with what it reports; closes it whatever comes of that. */
async function inRun<T>(
  folder: string,
  use: (journal: Journal, troubles: readonly Trouble[]) => Promise<T>,
): Promise<T> {
  const troubles: Trouble[] = []
  const journal = await openJournal(folder, { onTrouble: (kind, message) => void troubles.push({ kind, message }) })
  try {
    return await use(journal, troubles)
  } finally {
    await journal.close()
  }
}

/** Whether a file has a line that was never written. */
function hasStrangeLine(before: Buffer, after: Buffer): boolean {
  const lines = (bytes: Buffer): string[] => bytes.toString('latin1').split('\n').slice(0, -1)
  const written = new Set(lines(before))
  return lines(after).some((line) => !written.has(line))
}

const owedIn = (journal: Journal): string[] => journal.undelivered().map(({ id }) => id)

/** Damages one segment in as many ways as are asked for, and calls back, 500 times. */
async function fuzz(
  log: Log,
  damages: number,
  check: (folder: string, before: Buffer, after: Buffer, pick: number) => Promise<void>,
): Promise<void> {
  const folder = await folderForTest()
  let run = 0
  await fc.assert(
    fc.asyncProperty(
      fc.nat(log.length - 1),
      fc.array(anyDamage, { minLength: damages, maxLength: damages }),
      fc.nat(GIVEN.length - 1),
      async (which, done, pick) => {
        run += 1
        const [name, before] = log[which] ?? ['', Buffer.alloc(0)]
        const after = done.reduce<Buffer>(damaged, before)
        const own = join(folder, String(run))
        await place(own, [...log, [name, after]])
        await check(own, before, after, pick)
      },
    ),
    { numRuns: 200, seed: SEED },
  )
}

/** Whether a delivery, from wherever it was read, is as it was received. */
const expectUnaltered = (read: Delivery): void => expect(GIVEN.map(({ given }) => given)).toContainEqual(read)

describe.each([
  ['one damage', 1],
  ['two damages', 2],
])(`A log after %s (seed ${SEED})`, (_, damages) => {
  it('does not prevent a start, is reported, and never gives back what was altered', { timeout: FUZZ_MS }, async () => {
    const log = await writeLog(await folderForTest())
    await fuzz(log, damages, async (folder, before, after, pick) => {
      await readDeliveries(folder)
      const owed = await inRun(folder, async (journal, troubles) => {
        if (hasStrangeLine(before, after)) expect(troubles).toMatchObject([{ kind: 'stateDamaged' }])
        for (const recorded of journal.undelivered()) expectUnaltered(await recorded.load())
        const shown = await readDelivery(folder, GIVEN[pick]?.given.id ?? '')
        if (shown !== null) expectUnaltered(shown.delivery)
        for (const { attempt } of shown?.attempts ?? []) expect([refused, BROKE, REPLY]).toContainEqual(attempt)
        journal.record(delivery('new'), NO_LABEL, null)
        return owedIn(journal)
      })
      const due = GIVEN.filter(({ fate }) => fate.includes('owed')).map(({ given }) => given.id)
      // What says that it left for the bot stands in two lines: both have to be lost.
      if (damages === 1) expect(owed.filter((id) => !due.includes(id))).toEqual([])
      await inRun(folder, async (journal, troubles) => {
        expect(troubles).toEqual([])
        expect(owedIn(journal)).toEqual(owed)
        expect(await journal.find('new')?.load()).toMatchObject({ id: 'new' })
      })
    })
  })

  it('does not prevent a start with a log of the first version either', { timeout: FUZZ_MS }, async () => {
    const log = withoutChecksums(await writeLog(await folderForTest()))
    await fuzz(log, damages, async (folder) => {
      await readDeliveries(folder)
      await inRun(folder, async (journal) => {
        for (const recorded of journal.undelivered()) await recorded.load()
        journal.record(delivery('new'), NO_LABEL, null)
      })
      await inRun(folder, async (journal, troubles) => {
        expect(troubles).toEqual([])
        expect(await journal.find('new')?.load()).toMatchObject({ id: 'new' })
      })
    })
  })
})

describe('A log of the first version', () => {
  it('is read as it was written, and continues in a segment with checksums', async () => {
    const folder = await folderForTest()
    const log = withoutChecksums(await writeLog(await folderForTest()))
    await place(folder, log)
    await inRun(folder, async (journal, troubles) => {
      expect(troubles).toEqual([])
      for (const { given } of GIVEN) expect(await journal.find(given.id)?.load()).toEqual(given)
      journal.settle('owed 0', 'delivered')
      journal.record(delivery('new'), NO_LABEL, null)
    })
    for (const [name, bytes] of log) expect(await readFile(join(folder, 'events', name))).toEqual(bytes)
    await inRun(folder, async (journal, troubles) => {
      expect(troubles).toEqual([])
      expect(journal.find('owed 0')?.settled).toBe('delivered')
      expect(await journal.find('new')?.load()).toMatchObject({ id: 'new' })
    })
    expect(await readDeliveries(folder)).toHaveLength(GIVEN.length + 1)
  })
})
