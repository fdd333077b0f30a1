// The file by which other commands find a run.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type InspectorAddress, readAddress, writeAddress } from '../../src/inspector/address.ts'
import { folderForTest } from '../support/folder.ts'
import { anyDamage, damaged } from '../support/journal/damages.ts'

const ADDRESS: InspectorAddress = { runId: 'a'.repeat(32), port: 40_123, token: 'Zk3vQ9xwJ7tR2mN5pL8sB1cD4fG6hA0e' }

async function fileForTest() {
  const folder = await folderForTest()
  await writeAddress(folder, ADDRESS)
  return { folder, path: join(folder, 'inspector.json') }
}

describe('The address of an inspector', () => {
  it('is what was written, or nothing, whatever damages it', async () => {
    const { folder, path } = await fileForTest()
    const whole = await readFile(path)
    await fc.assert(
      fc.asyncProperty(anyDamage, async (damage) => {
        await writeFile(path, damaged(whole, damage))
        expect([null, ADDRESS]).toContainEqual(await readAddress(folder))
      }),
      { numRuns: 500, seed: 19 },
    )
  })

  it('of a version without a checksum is still read, and nothing that is not a port', async () => {
    const { folder, path } = await fileForTest()
    await writeFile(path, JSON.stringify(ADDRESS))
    expect(await readAddress(folder)).toEqual(ADDRESS)
    for (const wrong of [
      { port: 0 },
      { port: 65_536 },
      { port: 1.5 },
      { port: '80' },
      { token: 7 },
      { cheksum: 'x' },
    ]) {
      await writeFile(path, JSON.stringify({ ...ADDRESS, ...wrong }))
      expect(await readAddress(folder)).toBeNull()
    }
  })
})
