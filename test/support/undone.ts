// What is left of a run on the machine and on the platform: nothing, once it has ended.
import { expect } from 'vitest'
import { eventually } from './bots.ts'
import type { Cli } from './cli.ts'
import { processesOf, snapshotsIn } from './traces.ts'
import type { TestWorld } from './world.ts'

/** The registration, without the time that the platform writes anew with every change. */
export const registrationOf = ({ platform }: Pick<TestWorld, 'platform'>): unknown => ({
  ...Object(platform.registration()),
  updatedAt: null,
})

/** Expects that the platform is as it was, and that no process, session or snapshot of the run is left. */
export async function expectUndone(world: TestWorld, { home }: Pick<Cli, 'home'>, before: unknown): Promise<void> {
  expect(registrationOf(world)).toEqual(before)
  expect(await processesOf(home)).toEqual([])
  expect(await snapshotsIn(home)).toEqual([])
  // The edge hears of the end a moment later.
  await eventually(() => world.edge.sessions() === 0)
}
