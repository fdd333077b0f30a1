// What a run may leave on the machine and on the platform; once it has ended: nothing.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Cli } from './cli/cli.ts'
import { processesOf } from './processes.ts'
import { eventually } from './wait.ts'
import type { TestWorld } from './world.ts'

/** The registration, without the time that the platform writes anew with every change. */
export const registrationOf = ({ platform }: Pick<TestWorld, 'platform'>): unknown => ({
  ...Object(platform.registration()),
  updatedAt: null,
})

/** Expects that the platform is as it was, and that no process, session or snapshot of the run is left. */
export async function expectNothingLeft(world: TestWorld, { home }: Pick<Cli, 'home'>, before: unknown): Promise<void> {
  expect(registrationOf(world)).toEqual(before)
  expect(await processesOf(home)).toEqual([])
  expect(await snapshotsIn(home)).toEqual([])
  // The edge hears of the end a moment later.
  await eventually(() => world.edge.sessions() === 0)
}

/** The snapshots under a folder, whatever the bot. */
export const snapshotsIn = (folder: string): Promise<readonly string[]> => filesIn(folder, 'snapshot.json')

/** The locks under a folder, whatever the bot. */
export const locksIn = (folder: string): Promise<readonly string[]> => filesIn(folder, 'lock')

async function filesIn(folder: string, wanted: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile() && entry.name === wanted)
  return files.map(({ parentPath, name }) => join(parentPath, name))
}
