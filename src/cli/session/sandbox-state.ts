// The state folder of a sandbox: a temporary one, which goes with its run; what killed runs have left goes at the next start.
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasProcess } from '../../core/processes.ts'

/** The state folder of one run. */
export interface SandboxState {
  readonly folder: string
  /** Deletes the folder. */
  close(): Promise<void>
}

/** Containers may share the folder of temporary files: process ids are told apart by the name of the machine. */
const prefix = (machine: string): string => `dev-hook-sandbox-${machine.replace(/[^\w.-]+/g, '_')}-`

/** Creates the state folder of a run, and deletes those of this machine's runs that were killed. */
export async function openSandboxState(parent: string = tmpdir(), machine: string = hostname()): Promise<SandboxState> {
  const folder = await mkdtemp(join(parent, `${prefix(machine)}${process.pid}-`))
  const cleaning = deleteAbandoned(parent, prefix(machine))
  return {
    folder,
    close: async () => {
      await rm(folder, { recursive: true, force: true })
      await cleaning
    },
  }
}

async function deleteAbandoned(parent: string, start: string): Promise<void> {
  const names = await readdir(parent).catch(() => [])
  const abandoned = names.filter((name) => {
    const [, pid] = name.startsWith(start) ? (/^(\d+)-\w+$/.exec(name.slice(start.length)) ?? []) : []
    return pid !== undefined && !hasProcess(Number(pid))
  })
  // Another user's cannot be deleted, and need not be.
  await Promise.allSettled(abandoned.map((name) => rm(join(parent, name), { recursive: true })))
}
