// The state folder of a sandbox: a temporary one, which goes with its run; what killed runs have left goes at the next start.
import { mkdtemp, readdir, readFile, realpath, rm, stat } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { DevHookError, messageOf } from '../../core/errors.ts'
import { writePrivateFile } from '../../core/files/private-file.ts'
import { textIn } from '../../core/json.ts'
import { hasProcess } from '../../core/processes.ts'

/** What other commands find it by. */
const NOTE = 'sandbox.json'

/** The state folder of one run. */
export interface SandboxState {
  readonly folder: string
  /** Deletes the folder. */
  close(): Promise<void>
}

/** Containers may share the folder of temporary files: process ids are told apart by the name of the machine. */
const prefix = (machine: string): string => `dev-hook-sandbox-${machine.replace(/[^\w.-]+/g, '_')}-`

/**
 * Creates the state folder of a run that was started in a folder, in which other commands look for it; and deletes those of this
 * machine's runs that were killed. Rejects with `stateUnwritable`.
 */
export async function openSandboxState(
  cwd: string,
  parent: string = tmpdir(),
  machine: string = hostname(),
): Promise<SandboxState> {
  const folder = await mkdtemp(join(parent, `${prefix(machine)}${process.pid}-`)).catch((cause: unknown) => {
    throw unwritable(parent, cause)
  })
  try {
    await writePrivateFile(join(folder, NOTE), JSON.stringify({ cwd: await realpath(cwd) }))
  } catch (cause) {
    await rm(folder, { recursive: true, force: true })
    throw unwritable(parent, cause)
  }
  const cleaning = deleteAbandoned(parent, prefix(machine))
  return {
    folder,
    close: async () => {
      await rm(folder, { recursive: true, force: true })
      await cleaning
    },
  }
}

const unwritable = (parent: string, cause: unknown): DevHookError =>
  new DevHookError('stateUnwritable', `the sandbox cannot keep its files in ${parent}: ${messageOf(cause)}`, {
    cause,
    remedy: 'free disk space there, or point TMPDIR to a folder that can be written',
  })

/** The state folder of a sandbox whose process lives. */
export interface LivingState {
  readonly pid: number
  readonly folder: string
  /** Where it was started. */
  readonly cwd: string
}

/** Finds those of this user and this machine. */
export async function livingStates(
  parent: string = tmpdir(),
  machine: string = hostname(),
): Promise<readonly LivingState[]> {
  const states = await listStates(parent, prefix(machine))
  const found = await Promise.all(states.filter(({ pid }) => hasProcess(pid)).map(readNote))
  return found.filter((state) => state !== null)
}

async function readNote({
  pid,
  folder,
}: {
  readonly pid: number
  readonly folder: string
}): Promise<LivingState | null> {
  try {
    // In a folder that everybody can write to, somebody else's is not to be believed.
    const { uid } = await stat(folder)
    if (process.getuid !== undefined && uid !== process.getuid()) return null
    const cwd = textIn(JSON.parse(await readFile(join(folder, NOTE), 'utf8')), 'cwd')
    return cwd === null ? null : { pid, folder, cwd }
  } catch {
    // It has ended meanwhile, or is not ready to be found.
    return null
  }
}

async function listStates(parent: string, start: string): Promise<readonly { pid: number; folder: string }[]> {
  const names = await readdir(parent).catch(() => [])
  return names.flatMap((name) => {
    const [, pid] = name.startsWith(start) ? (/^(\d+)-\w+$/.exec(name.slice(start.length)) ?? []) : []
    return pid === undefined ? [] : [{ pid: Number(pid), folder: join(parent, name) }]
  })
}

/** Deletes the folders of dead processes that begin so, and go on with the id of the process. */
export async function deleteAbandoned(parent: string, start: string): Promise<void> {
  const abandoned = (await listStates(parent, start)).filter(({ pid }) => !hasProcess(pid))
  // Another user's cannot be deleted, and need not be.
  await Promise.allSettled(abandoned.map(({ folder }) => rm(folder, { recursive: true })))
}
