// The benchmarks: that they still run against the code as it is, so that what the README claims can be measured again.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const RUN = fileURLToPath(new URL('../../config/bench.mjs', import.meta.url))

describe('The benchmarks', () => {
  it('send deliveries of every size through all that could stand in front of a bot, and none is lost', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [RUN, '--quick', '--only=path'])
    const { path }: { path: Record<string, Record<string, unknown>> } = JSON.parse(
      stdout.trim().split('\n').at(-1) ?? '',
    )
    const loads = Object.values(path)
    expect(loads).toHaveLength(6)
    for (const load of loads) expect(load).toMatchObject({ 'dev-hook': { failed: 0, cpu: expect.any(Number) } })
  })

  it('hold and release every delivery, and print what that took', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [RUN, '--quick', '--only=hold,growth,durable'])
    const results: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
    const all = { held: 2_000, failed: 0 }
    const hold = { 'in 100 conversations': all, 'in 5,000 conversations': all, 'of 20 KB': all }
    expect(results).toMatchObject({ hold, growth: { failed: 0 }, durable: expect.anything() })
  })

  it('bring deliveries through a relay, and none is lost', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [RUN, '--quick', '--only=relay'])
    const results: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
    const all = { failed: 0, count: 100 }
    expect(results).toMatchObject({ relay: { direct: all, relayed: all } })
  })

  it('bring every message of a sandbox to its bot, in process and by the command line', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [RUN, '--quick', '--only=sandbox'])
    const results: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
    const all = { failed: 0, delivery: { count: 50 } }
    expect(results).toMatchObject({ sandbox: { process: all, cli: all } })
  })
})
