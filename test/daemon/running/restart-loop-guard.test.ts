import { describe, expect, it } from 'vitest'
import { createLoopGuard } from '../../../src/daemon/running/restart-loop-guard.ts'

function guard() {
  const looped: string[] = []
  let time = 0
  const loops = createLoopGuard(
    (path) => looped.push(path),
    () => time,
  )
  const save = (path: string, afterMs: number): boolean => {
    time += afterMs
    return loops.counts(path)
  }
  return { looped, save }
}

describe('A file that is saved again and again', () => {
  it('starts the bot four times, then no more, and is said once', () => {
    const { looped, save } = guard()
    const counted = Array.from({ length: 8 }, () => save('data.json', 500))
    expect(counted).toEqual([true, true, true, true, false, false, false, false])
    expect(looped).toEqual(['data.json'])
    expect(save('bot.js', 0)).toBe(true)
  })

  it('counts like any other when somebody takes their time, or when it is code', () => {
    const { looped, save } = guard()
    for (let n = 0; n < 20; n += 1) expect(save('notes.md', 5_001)).toBe(true)
    for (let n = 0; n < 20; n += 1) expect(save('src/bot.ts', 100)).toBe(true)
    expect(looped).toEqual([])
  })
})
