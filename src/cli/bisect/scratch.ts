// The scratch folder of a bisection: a temporary one, which goes at its end; what killed ones have left goes at the next start.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deleteAbandoned } from '../session/sandbox-state.ts'

const PREFIX = 'dev-hook-bisect-'

export interface Scratch {
  readonly folder: string
  /** Deletes the folder. */
  close(): Promise<void>
}

/** Creates it. */
export async function openScratch(parent: string = tmpdir()): Promise<Scratch> {
  const folder = await mkdtemp(join(parent, `${PREFIX}${process.pid}-`))
  const cleaning = deleteAbandoned(parent, PREFIX)
  return {
    folder,
    close: async () => {
      await rm(folder, { recursive: true, force: true })
      await cleaning
    },
  }
}
