// The contract of the platform: the sandbox keeps it, and what the real one does otherwise becomes data.
//
// TOKEN=… APIHOST=https://api.web1on1.chat npx vitest run test/contract
// checks the real platform, reading only; CONTRACT_WRITES=1 lets it make one conversation and write into that.
import { writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { SKIP } from './fact.ts'
import { DIFFERENCES, type Difference, FACTS } from './facts.ts'
import { openGround } from './ground.ts'

const HERE = new URL('differences.json', import.meta.url)

describe('The contract of the platform', () => {
  it('is kept, or what differs is written down', async () => {
    const ground = await openGround(process.env)
    const found: Difference[] = []
    const checked: string[] = []
    for (const { says, check, writes } of FACTS) {
      if (check === undefined || (writes === true && !ground.mayWrite)) continue
      const seen = await check(ground)
      if (seen === SKIP) continue
      checked.push(says)
      if (seen !== null) found.push({ says, seen, on: new Date().toISOString().slice(0, 10) })
    }
    if (!ground.isReal) {
      expect(found).toEqual([])
      expect(checked.length).toBeGreaterThan(25)
      return
    }
    // What was not looked at this time is still what was seen last time.
    const kept = DIFFERENCES.filter(({ says }) => !checked.includes(says))
    await writeFile(HERE, `${JSON.stringify([...kept, ...found], null, 2)}\n`)
    expect(checked.length).toBeGreaterThan(0)
  }, 120_000)

  it('names each fact once, and only facts in what was seen to differ', () => {
    const all = FACTS.map(({ says }) => says)
    expect(new Set(all).size).toBe(all.length)
    expect(DIFFERENCES.filter(({ says }) => !all.includes(says))).toEqual([])
  })
})
