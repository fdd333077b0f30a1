// Where dev-hook keeps its state: the user's state folder, by the convention of each system.
import { homedir, userInfo } from 'node:os'
import { posix, win32 } from 'node:path'
import { codeOf, DevHookError, messageOf } from '../core/errors.ts'
import type { Environment } from './layers.ts'

export interface StateHome {
  /** An absolute path: the same wherever dev-hook is started, so that no run looks elsewhere than the one before. */
  readonly folder: string
  /** Why another folder than the one that the environment names is used; `null` when it is that one, or names none. */
  readonly ignored: string | null
}

/**
 * Finds `$XDG_STATE_HOME/dev-hook`, or the platform's equivalent. By the XDG specification a path that is not absolute is
 * ignored: below the working folder a snapshot would be found from that folder alone, and its secret would lie in a project.
 * Throws `stateUnwritable` where there is no home folder either.
 */
export function findStateHome(env: Environment, platform: NodeJS.Platform, home = homeFolder): StateHome {
  const { isAbsolute, join } = platform === 'win32' ? win32 : posix
  const named = env['XDG_STATE_HOME']
  if (named && isAbsolute(named)) return { folder: join(named, 'dev-hook'), ignored: null }
  const folder = join(systemFolder(env, platform, home), 'dev-hook', ...(platform === 'win32' ? ['state'] : []))
  const ignored = named ? `XDG_STATE_HOME is not an absolute path (${named}), so state is kept in ${folder}` : null
  return { folder, ignored }
}

/** What the system says of a folder that is another user's, no folder, nowhere, or on a disk that fails: no fault of ours. */
const UNREADABLE = ['EACCES', 'EPERM', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'EIO', 'ESTALE']

/** What was thrown as `stateUnreadable` where it is about something in the state folder that the system does not let us read; else `null`. */
export function stateProblem(thrown: unknown, env: Environment, platform: NodeJS.Platform): DevHookError | null {
  const code = codeOf(thrown)
  if (code === undefined || !UNREADABLE.includes(code) || !(thrown instanceof Error) || !('path' in thrown)) return null
  const { folder } = findStateHome(env, platform)
  if (!String(thrown.path).startsWith(folder)) return null
  return new DevHookError('stateUnreadable', `${String(thrown.path)} cannot be read: ${code}`, { cause: thrown })
}

function systemFolder(env: Environment, platform: NodeJS.Platform, home: typeof homeFolder): string {
  const { isAbsolute, join } = platform === 'win32' ? win32 : posix
  const local = env['LOCALAPPDATA']
  if (platform === 'win32') return local && isAbsolute(local) ? local : join(home(env, platform), 'AppData', 'Local')
  if (platform === 'darwin') return join(home(env, platform), 'Library', 'Application Support')
  return join(home(env, platform), '.local', 'state')
}

/** The user's home folder: of the environment, else as the system knows it. */
function homeFolder(env: Environment, platform: NodeJS.Platform): string {
  const { isAbsolute } = platform === 'win32' ? win32 : posix
  const named = env[platform === 'win32' ? 'USERPROFILE' : 'HOME']
  if (named && isAbsolute(named)) return named
  // An empty HOME is what Node takes for the home folder, and a user without an entry is an error to it.
  for (const ask of [() => userInfo().homedir, homedir]) {
    try {
      const known = ask()
      if (isAbsolute(known)) return known
    } catch (cause) {
      if (ask === homedir) throw homeless(cause)
    }
  }
  throw homeless(undefined)
}

function homeless(cause: unknown): DevHookError {
  const why = cause === undefined ? '' : `: ${messageOf(cause)}`
  return new DevHookError('stateUnwritable', `there is no home folder to keep state in${why}`, {
    cause,
    remedy: 'set HOME, or XDG_STATE_HOME, to the absolute path of a folder that can be written',
  })
}
