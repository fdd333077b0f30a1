// How a process tree is ended: everybody is asked to leave, then killed, again and again, until nobody is left.
import { spawn } from 'node:child_process'
import { win32 } from 'node:path'
import { type Clock, MONOTONIC, poll, raceTimeout } from '../core/async.ts'
import { every } from '../core/pace.ts'
import { describeProcess, hasEnded, hasProcess, listProcesses } from '../core/processes.ts'

/** A command with everything that it started, known by the process id of its leader. */
export interface Group {
  /** Asks all of them to end; false when they cannot be asked, only killed. */
  terminate(): Promise<boolean>
  kill(): Promise<void>
  /** Whether anybody is left. */
  alive(): Promise<boolean>
}

export interface GroupOptions {
  /** Where Windows says in which folder its own programs are. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform?: NodeJS.Platform
}

export interface EndOptions {
  /** How long they may take to leave after they were asked to, in ms. */
  readonly killAfterMs: number
  /** Resolves when the leader has ended, where we are its parent: then nobody needs to poll for as long as it lives. */
  readonly leaderExited?: Promise<unknown>
  readonly clock?: Clock
}

/** How long a killed group is waited for: a process in an uninterruptible system call does not go. */
const KILLED_MS = 2_000
const POLL_MS = 20

/** The group of a leader that was started in a group of its own. Its id must not be used again once nobody is left. */
export function groupOf(pid: number, { env, platform = process.platform }: GroupOptions): Group {
  return platform === 'win32' ? windowsTree(pid, env) : posixGroup(pid)
}

/** Ends a group: asks, waits `killAfterMs`, then kills for at most 2 s. Resolves to whether nobody is left. */
export async function endGroup(group: Group, options: EndOptions): Promise<boolean> {
  const { killAfterMs, clock = MONOTONIC, leaderExited = Promise.resolve() } = options
  const isGone = async (limitMs: number): Promise<boolean> => {
    const beganAt = clock.now()
    if ((await raceTimeout(leaderExited, limitMs)) === 'late') return false
    const limit = { limitMs: limitMs - (clock.now() - beganAt), pace: every(POLL_MS), clock }
    return !(await poll(group.alive, (alive) => !alive, limit))
  }
  // The group is already empty: its id may belong to somebody else soon, so nothing is sent to it.
  if (await isGone(0)) return true
  if ((await group.terminate()) && (await isGone(killAfterMs))) return true
  const killed = async (): Promise<boolean> => {
    await group.kill()
    return isGone(2 * POLL_MS)
  }
  // Again and again: one of them may have been starting another one.
  return poll(killed, (gone) => gone, { pace: every(0), limitMs: KILLED_MS, clock })
}

function posixGroup(pid: number): Group {
  return {
    terminate: async () => signalAll(pid, 'SIGTERM'),
    kill: async () => void signalAll(pid, 'SIGKILL'),
    alive: async () => signalAll(pid, 0) && (await hasLiving(pid)),
  }
}

/** True when somebody received it. The codes for "nobody" are ESRCH, and on macOS EPERM for a group of zombies. */
function signalAll(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal)
  } catch {
    return false
  }
}

// Where process 1 reaps nobody (most containers), an orphan that has ended stays a zombie and can still be signalled for
// ever. Only /proc tells it from a living one; where there is no /proc, a group that can be signalled counts as alive.
async function hasLiving(group: number): Promise<boolean> {
  const pids = await listProcesses()
  if (pids.length === 0) return true
  const processes = await Promise.all(pids.map((pid) => describeProcess(pid)))
  const members = processes.filter((process) => process?.group === group)
  // Where none of them can be read, as when no file can be opened any more, the signal is all there is to go by.
  return members.length === 0 || members.some((member) => member !== null && !hasEnded(member))
}

function windowsTree(pid: number, env: GroupOptions['env']): Group {
  const taskkill = (...flags: string[]): Promise<boolean> =>
    run(taskkillPath(env), ['/pid', String(pid), '/T', ...flags])
  return {
    // A program without a window cannot be asked: taskkill fails at once then, and says so by its exit code.
    terminate: () => taskkill(),
    kill: async () => void (await taskkill('/F')),
    alive: async () => hasProcess(pid),
  }
}

/** By its full path: Windows looks in the working folder first, and what is called `taskkill` there is somebody else's. */
export function taskkillPath(env: GroupOptions['env']): string {
  // Windows knows no case in these names, a copy of the environment does.
  const [, root = 'C:\\Windows'] = Object.entries(env).find(([name]) => name.toLowerCase() === 'systemroot') ?? []
  return win32.join(root, 'System32', 'taskkill.exe')
}

/** Whether a program ended with 0. */
function run(program: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore', windowsHide: true })
    child.once('error', () => resolve(false))
    child.once('exit', (code) => resolve(code === 0))
  })
}
