// Finding the file that a command means, before anything is started.
import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { posix, resolve, win32 } from 'node:path'
import { DevHookError } from '../core/errors.ts'
import { isFolder } from '../core/files/exists.ts'
import { programFor } from '../core/files/program-for.ts'

/** Where a command is looked for. */
export interface CommandPlace {
  readonly cwd: string
  /** The value of `PATH` that the bot will have. */
  readonly path: string | undefined
  /** The value of `PATHEXT`, for Windows. */
  readonly pathExt?: string | undefined
  readonly platform?: NodeJS.Platform
}

/** The file that would be run, as an absolute path; `null` when there is none. */
export async function findCommand(command: string, place: CommandPlace): Promise<string | null> {
  if (command === '') return null
  for (const candidate of candidates(command, place)) {
    if (await isRunnable(candidate)) return candidate
  }
  return null
}

/** Throws `commandNotFound` when the command, or the folder that it is to run in, does not exist. */
export async function assertCommand(command: string, place: CommandPlace): Promise<void> {
  if (!(await isFolder(place.cwd))) throw new DevHookError('commandNotFound', `there is no folder ${place.cwd}`)
  if ((await findCommand(command, place)) !== null) return
  if (await isFile(resolve(place.cwd, command))) throw notRunnable(command)
  const quoted = /\s/.test(command)
  throw new DevHookError('commandNotFound', `the command \`${command}\` was not found`, {
    ...(quoted && { remedy: `give the command without quotes: dev-hook -- ${command}` }),
  })
}

/** The file is there; what is missing is the program that runs it, or the permission to be run. */
function notRunnable(command: string): DevHookError {
  const program = programFor(command)
  const byProgram = program === undefined ? 'put the program that runs it before it' : `\`-- ${program} ${command}\``
  return new DevHookError('commandNotFound', `\`${command}\` is a file that is not a command by itself`, {
    remedy: command.includes('/') ? `${byProgram}, or make it executable: \`chmod +x ${command}\`` : byProgram,
  })
}

const isFile = (file: string): Promise<boolean> =>
  stat(file).then(
    (found) => found.isFile(),
    () => false,
  )

function* candidates(command: string, place: CommandPlace): Generator<string> {
  const windows = (place.platform ?? process.platform) === 'win32'
  const system = windows ? win32 : posix
  const named = command.includes('/') || (windows && command.includes('\\'))
  const path = (place.path ?? '').split(system.delimiter).map((folder) => folder.replace(/^"(.*)"$/, '$1'))
  // An empty entry of PATH means the working folder; Windows looks there first in any case.
  const folders = named ? [''] : windows ? ['', ...path] : path
  const extensions = windows ? ['', ...(place.pathExt ?? '.COM;.EXE;.BAT;.CMD').split(';')] : ['']
  for (const folder of folders) {
    for (const extension of extensions) yield system.resolve(place.cwd, folder, command + extension)
  }
}

async function isRunnable(file: string): Promise<boolean> {
  try {
    // Windows has no such permission and checks only that the file is there.
    await access(file, constants.X_OK)
    return (await stat(file)).isFile()
  } catch {
    // Missing, or not ours to run: either way the next candidate is tried.
    return false
  }
}
