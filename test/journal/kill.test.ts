import { randomInt } from 'node:crypto'
import { expect, it } from 'vitest'
import { readDeliveries, readDelivery } from '../../src/journal/reader.ts'
import { folderForTest } from '../support/folder.ts'
import { openTestJournal, startChild } from '../support/journal/journal.ts'

/** The whole ids that a child said are durable before it was killed at a moment nobody chose. */
async function writeUntilKilled(folder: string, run: string): Promise<string[]> {
  const child = startChild('journal-writer.mjs', folder, run, 'acknowledged')
  expect(await child.nextLine()).toBe('ready')
  const lines: string[] = []
  const read = (async () => {
    for await (const line of child.lines) lines.push(line)
  })()
  await new Promise((resolve) => setTimeout(resolve, randomInt(1, 120)))
  await child.kill('SIGKILL')
  await read
  expect(lines.filter((line) => line.startsWith('trouble'))).toEqual([])
  return lines
}

it('a kill at any instant loses nothing that was promised to be on disk, and leaves nothing that needs repair', async () => {
  const folder = await folderForTest()
  const acked: string[] = []
  for (let run = 0; run < 12; run += 1) {
    acked.push(...(await writeUntilKilled(folder, `run${run}`)))
    // Another process may look at what the killed one left before anybody healed it.
    const recorded = new Set((await readDeliveries(folder)).map(({ id }) => id))
    expect(acked.filter((id) => !recorded.has(id))).toEqual([])
  }
  expect(acked.length).toBeGreaterThan(50)

  const { journal, troubles } = await openTestJournal(folder, { limits: { deliveries: 1e6, ms: 1e12, bytes: 1e12 } })
  expect(troubles).toEqual([])
  const owed = new Map(journal.undelivered().map((one) => [one.id, one]))
  expect(acked.filter((id) => !owed.has(id))).toEqual([])
  for (const id of acked.filter((_, i) => i % 97 === 0)) {
    const body = (await owed.get(id)?.load())?.body.toString() ?? ''
    expect(body.replaceAll(id, '')).toBe('')
    expect((await readDelivery(folder, id))?.summary.settled).toBe('acknowledged')
  }
})
