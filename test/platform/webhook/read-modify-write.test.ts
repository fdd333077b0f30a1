import { expect, it } from 'vitest'
import { MONOTONIC, neverAborted } from '../../../src/core/async.ts'
import { DevHookError } from '../../../src/core/errors.ts'
import { readModifyWrite } from '../../../src/platform/webhook/write/read-modify-write.ts'

it.each([
  [0, 4],
  [9_000, 3],
  [25_000, 1],
])(
  'a write that fails after %i ms each time is made %i times: a start goes on for no longer than a call',
  async (ms, tries) => {
    let now = 0
    let writes = 0
    const wait = async (tookMs: number): Promise<void> => {
      now += tookMs
    }
    const write = async (): Promise<never> => {
      writes += 1
      await wait(ms)
      throw new DevHookError('apiFailed', 'too busy')
    }
    const clock = { ...MONOTONIC, now: () => now, sleep: wait }
    await expect(readModifyWrite(async () => null, write, neverAborted(), clock)).rejects.toThrow('too busy')
    expect(writes).toBe(tries)
  },
)
