// Attacks on the first promise: runs that are killed, with whatever would have restored for them.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { STEPS } from '../../src/daemon/start/start-steps.ts'
import type { Cli } from '../support/cli/cli.ts'
import { isAlive, processesOf } from '../support/processes.ts'
import { eventually } from '../support/wait.ts'
import type { Attack } from './attack.ts'
import { openRing, openTarget, type Ring } from './target.ts'

const IDLE_BOT = [process.execPath, '-e', 'setInterval(() => {}, 1_000)']

const isWatchdog = ({ command }: { readonly command: string }): boolean => command.includes('watchdog/child')

/** Kills a run together with all that it started: nobody is left to restore. */
export async function killAll({ home }: Ring, cli: Cli): Promise<void> {
  // Stopped first: it would start another watchdog.
  cli.kill('SIGSTOP')
  // Looked at again: what it had just started was not in the list yet.
  await eventually(async () => {
    const others = (await processesOf(home)).filter(({ pid }) => pid !== cli.pid)
    for (const { pid } of others) if (isAlive(pid)) process.kill(pid, 'SIGKILL')
    return others.length === 0
  })
  cli.kill('SIGKILL')
  await cli.ended
}

const killed: Attack['run'] = async (ground) => {
  const steps = ground.times(3, STEPS.length) === 3 ? STEPS.slice(-3) : STEPS
  for (const step of steps) {
    const ring = await openRing()
    const cli = await ring.start({ command: IDLE_BOT })
    await cli.notice('starting', (notice) => notice.step === step)
    await killAll(ring, cli)
    expect((await ring.run(['restore'])).code, step).toBe(0)
    await ring.expectAsBefore()
  }
  const target = await openTarget()
  target.cli.kill('SIGINT')
  await eventually(() => target.platform.calls.some(({ method }) => method === 'PATCH'))
  await killAll(target, target.cli)
  expect((await target.run(['restore'])).code).toBe(0)
  await target.expectAsBefore()
  return `at ${steps.length} steps of the start and during the restore: \`restore\` puts it back`
}

const alone: Attack['run'] = async () => {
  const target = await openTarget()
  await rm(join(target.home, 'state'), { recursive: true })
  target.cli.kill('SIGKILL')
  await target.cli.ended
  await target.expectAsBefore()
  return 'the watchdog restores from memory'
}

/** What is done to the watchdog alone, before the run is killed. */
const without =
  (signal: 'SIGKILL' | 'SIGSTOP'): Attack['run'] =>
  async (ground) => {
    const target = await openTarget()
    const times = signal === 'SIGSTOP' ? 1 : ground.times(1, 3)
    for (let n = 0; n < times; n += 1) {
      const watchdog = (await processesOf(target.home)).find(isWatchdog)
      if (watchdog === undefined) throw new Error('there is no watchdog')
      process.kill(watchdog.pid, signal)
      await eventually(async () => {
        const all = (await processesOf(target.home)).filter(isWatchdog)
        return all.length === 1 && all[0]?.pid !== watchdog.pid
      })
    }
    await target.expectService()
    target.cli.kill('SIGKILL')
    await target.cli.ended
    await target.expectAsBefore()
    return `${times} of them replaced by another one, which restores`
  }

const together: Attack['run'] = async (ground) => {
  const times = ground.times(1, 5)
  for (let n = 0; n < times; n += 1) {
    const ring = await openRing()
    const both = [await ring.start({ command: IDLE_BOT }), await ring.start({ command: IDLE_BOT })]
    const started = await Promise.all(
      both.map((cli) =>
        cli.notice('ready').then(
          () => true,
          () => false,
        ),
      ),
    )
    expect(started.filter((one) => one)).toHaveLength(1)
    for (const cli of both) cli.kill('SIGINT')
    await Promise.all(both.map(({ ended }) => ended))
    await ring.expectAsBefore()
  }
  return `${times} times: one serves, the other says so and ends; as before afterwards`
}

/** Against the first promise. */
export const ENDS: readonly Attack[] = [
  { tries: 'kills of the run and its watchdog at any moment', run: killed },
  { tries: 'a kill after all state was deleted', run: alone },
  { tries: 'a watchdog that is killed before the run is', run: without('SIGKILL') },
  { tries: 'a watchdog that is stopped before the run is killed', run: without('SIGSTOP'), isLong: true },
  { tries: 'two runs that start at once', run: together },
]
