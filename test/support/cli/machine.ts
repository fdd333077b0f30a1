// The processes of a run as those of one machine: asleep and awake, or killed together with the watchdog.
import { expect } from 'vitest'
import { processesOf } from '../processes.ts'
import type { Cli } from './cli.ts'

/** Stops every process of a run, as a laptop that goes to sleep does: its connections stay open, and nobody answers. */
export async function putToSleep({ home }: Pick<Cli, 'home'>): Promise<void> {
  for (const { pid } of await processesOf(home)) process.kill(pid, 'SIGSTOP')
}

/** Lets every process of a run go on. */
export async function wakeUp({ home }: Pick<Cli, 'home'>): Promise<void> {
  for (const { pid } of await processesOf(home)) process.kill(pid, 'SIGCONT')
}

/** Kills a run together with all that it started: nobody is left to restore. `home` marks its processes. */
export async function killWithWatchdog(cli: Cli, home = cli.home): Promise<void> {
  const all = await processesOf(home)
  expect(all.some(({ command }) => command.includes('watchdog/child'))).toBe(true)
  // Stopped first: it would start another watchdog.
  cli.kill('SIGSTOP')
  for (const { pid } of all) if (pid !== cli.pid) process.kill(pid, 'SIGKILL')
  cli.kill('SIGKILL')
  await cli.ended
}
