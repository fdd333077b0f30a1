import { appendFile, mkdir, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openJournal } from '../../src/journal/journal.ts'
import { readDeliveries, readDelivery } from '../../src/journal/reader.ts'
import { folderForTest } from '../support/folder.ts'
import { delivery, NO_LABEL, openTestJournal } from '../support/journal/journal.ts'

const ids = async (folder: string): Promise<string[]> => (await readDeliveries(folder)).map(({ id }) => id)

/** A folder with one segment of so many deliveries; gives the path of the segment. */
async function written(folder: string, deliveries: number): Promise<string> {
  const { journal } = await openTestJournal(folder)
  for (let i = 1; i <= deliveries; i += 1)
    journal.record(delivery(`d${i}`, { body: Buffer.from(`body ${i} ü`.repeat(i)) }), NO_LABEL, null)
  await journal.close()
  return segmentIn(folder)
}

async function segmentIn(folder: string): Promise<string> {
  const [name = ''] = await readdir(join(folder, 'events'))
  return join(folder, 'events', name)
}

describe('A torn log', () => {
  it('keeps every complete line, wherever it was cut, and continues after them', async () => {
    const folder = await folderForTest()
    const path = await written(join(folder, 'whole'), 6)
    const name = basename(path)
    const whole = await readFile(path)
    const lines = whole.toString().split('\n').filter(Boolean)
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length), fc.constantFrom('', '\0\0\0', '{"t":"deli', '\n'), async (at, junk) => {
        run += 1
        const place = join(folder, String(run))
        await mkdir(join(place, 'events'), { recursive: true })
        const cut = Buffer.concat([whole.subarray(0, at), Buffer.from(junk)])
        await writeFile(join(place, 'events', name), cut)
        const terminated = cut.toString().split('\n').slice(0, -1)
        const complete = terminated.filter((line) => lines.includes(line))
        const expected = complete.map((_, i) => `d${i + 1}`)
        expect(await ids(place)).toEqual(expected)

        const troubles: string[] = []
        const journal = await openJournal(place, { onTrouble: (kind) => troubles.push(kind) })
        journal.record(delivery('new'), NO_LABEL, null)
        await journal.close()
        expect(await ids(place)).toEqual([...expected, 'new'])
        // A line that was written to its end and is wrong was damaged, not torn.
        expect(troubles).toEqual(terminated.length === complete.length ? [] : ['stateDamaged'])
        expect(await readdir(join(place, 'events'))).toHaveLength(1 + troubles.length)
        expect((await readFile(await segmentIn(place))).includes(0)).toBe(false)
      }),
      {
        numRuns: 80,
        examples: [
          [whole.length, ''],
          [whole.length - 1, ''],
          [whole.length - 1, '\n'],
          [0, '\0\0\0'],
        ],
      },
    )
  })
})

describe('A damaged log', () => {
  it('keeps what is readable, sets the rest aside, and reports that', async () => {
    const folder = await folderForTest()
    const path = await written(folder, 5)
    const lines = (await readFile(path, 'utf8')).split('\n')
    const broken = `${lines[1]?.slice(0, 30)}#${lines[1]?.slice(40)}`
    await writeFile(path, [lines[0], broken, lines[2], 'garbage', ...lines.slice(3)].join('\n'))
    expect(await ids(folder)).toEqual(['d1', 'd3', 'd4', 'd5'])

    const { journal, troubles } = await openTestJournal(folder)
    expect(troubles).toMatchObject([{ kind: 'stateDamaged', message: expect.stringContaining(`${path}.damaged-1`) }])
    expect(await readFile(`${path}.damaged-1`, 'utf8')).toBe(`${broken}\ngarbage\n`)
    journal.record(delivery('new'), NO_LABEL, null)
    await journal.close()
    expect(await ids(folder)).toEqual(['d1', 'd3', 'd4', 'd5', 'new'])
    expect((await readDelivery(folder, 'd4'))?.delivery.body.toString()).toBe('body 4 ü'.repeat(4))
    expect((await openTestJournal(folder)).troubles).toEqual([])
  })

  it('is noticed when zeros are in the middle of a body whose record looks intact', async () => {
    const folder = await folderForTest()
    const path = await written(folder, 40)
    const before = await readFile(path)
    const start = before.indexOf('body 30')
    const file = await open(path, 'r+')
    await file.write(Buffer.alloc(50), 0, 50, start + 20)
    await file.close()
    const { journal, troubles } = await openTestJournal(folder)
    expect(troubles).toMatchObject([{ kind: 'stateDamaged' }])
    await journal.close()
    const expected = Array.from({ length: 40 }, (_, i) => `d${i + 1}`).filter((id) => id !== 'd30')
    expect(await ids(folder)).toEqual(expected)
  })

  it('refuses to read back a delivery whose bytes were changed', async () => {
    const folder = await folderForTest()
    const { journal } = await openTestJournal(folder)
    journal.record(delivery('d1', { body: Buffer.from('something') }), NO_LABEL, null)
    journal.settle('d1', 'acknowledged', 200)
    await journal.synced('d1')
    const path = await segmentIn(folder)
    await writeFile(path, (await readFile(path, 'utf8')).replace('something', 'somebhing'))
    await expect(journal.undelivered()[0]?.load()).rejects.toMatchObject({ code: 'DEVHOOK_STATE_DAMAGED' })
    await expect(readDelivery(folder, 'd1')).rejects.toMatchObject({ code: 'DEVHOOK_STATE_DAMAGED' })
  })

  it('sets a segment aside that cannot be read at all, and continues', async () => {
    const folder = await folderForTest()
    await written(folder, 2)
    const odd = join(folder, 'events', '0000000000000003.jsonl')
    await mkdir(odd)
    const { journal, troubles } = await openTestJournal(folder)
    expect(troubles).toMatchObject([{ kind: 'stateDamaged', message: expect.stringContaining(`${odd}.damaged-1`) }])
    journal.record(delivery('new'), NO_LABEL, null)
    await journal.close()
    expect(await ids(folder)).toEqual(['d1', 'd2', 'new'])
  })

  it('is read with lines that somebody wrote by hand, without a checksum or with the line ends of another system', async () => {
    const folder = await folderForTest()
    const path = await written(folder, 3)
    const lines = (await readFile(path, 'utf8')).replace(/,"crc":"\w+"}$/gm, '}').split('\n')
    await rm(path)
    const { headers, enc, body, ...head } = JSON.parse(lines[0] ?? '')
    const reordered = JSON.stringify({ t: 'delivery', z: 1, headers, enc, body, ...head })
    await writeFile(path.replace('.crc', ''), [reordered, `${lines[1]}\r`, lines[2], ''].join('\n'))
    const { journal, troubles } = await openTestJournal(folder)
    await journal.close()
    expect(troubles).toHaveLength(1)
    expect(await ids(folder)).toEqual(['d1', 'd3'])
  })

  it('is read although its lines are longer than what is read at once', async () => {
    const folder = await folderForTest()
    const { journal } = await openTestJournal(folder)
    const body = Buffer.alloc(3_000_000, '\x07"\\')
    for (const id of ['d1', 'd2', 'd3']) {
      journal.record(delivery(id, { body }), NO_LABEL, null)
      journal.settle(id, 'acknowledged', 200)
    }
    await journal.close()
    expect(await ids(folder)).toEqual(['d1', 'd2', 'd3'])
    const next = (await openTestJournal(folder)).journal
    expect((await next.undelivered()[2]?.load())?.body.equals(body)).toBe(true)
  })

  it('is read without a segment in the middle', async () => {
    const folder = await folderForTest()
    const limits = { deliveries: 20, ms: 1e12, bytes: 1e9 }
    const { journal } = await openTestJournal(folder, { limits })
    for (let i = 1; i <= 6; i += 1) {
      journal.record(delivery(`d${i}`), NO_LABEL, null)
      await journal.synced(`d${i}`)
    }
    await journal.close()
    await rm(join(folder, 'events', '0000000000000003.crc.jsonl'))
    expect(await ids(folder)).toEqual(['d1', 'd2', 'd5', 'd6'])
    const { journal: next, troubles } = await openTestJournal(folder)
    await next.close()
    expect(troubles).toEqual([])
  })
})

describe('A log that is being read', () => {
  it('shows a line only once all of it is there', async () => {
    const folder = await folderForTest()
    const path = await written(folder, 2)
    const whole = await readFile(path)
    await truncate(path, whole.length - 10)
    expect(await ids(folder)).toEqual(['d1'])
    await appendFile(path, whole.subarray(whole.length - 10))
    expect(await ids(folder)).toEqual(['d1', 'd2'])
  })
})
