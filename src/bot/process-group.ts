// The group of processes that a command leads: asking it to leave, ending it, and seeing whether anybody is left.
import { spawn } from 'node:child_process'
import { describeProcess, hasEnded, hasProcess, listProcesses } from '../core/processes.ts'

/** A command with everything that it started, known by the process id of its leader. */
export interface Group {
  /** Asks all of them to end; false when they cannot be asked, only killed. */
  terminate(): Promise<boolean>
  kill(): Promise<void>
  /** Whether anybody is left. */
  alive(): Promise<boolean>
}

/** The group of a leader that was started in a group of its own. Its id must not be used again once nobody is left. */
export function groupOf(pid: number, platform: NodeJS.Platform = process.platform): Group {
  return platform === 'win32' ? windowsTree(pid) : posixGroup(pid)
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
  const members = await Promise.all(pids.map((pid) => describeProcess(pid)))
  return members.some((member) => member !== null && member.group === group && !hasEnded(member))
}

function windowsTree(pid: number): Group {
  return {
    // A program without a window cannot be asked: taskkill fails at once then, and says so by its exit code.
    terminate: () => taskkill(pid, []),
    kill: async () => void (await taskkill(pid, ['/F'])),
    alive: async () => hasProcess(pid),
  }
}

async function taskkill(pid: number, flags: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const killer = spawn('taskkill', ['/pid', String(pid), '/T', ...flags], { stdio: 'ignore', windowsHide: true })
    killer.once('error', () => resolve(false))
    killer.once('exit', (code) => resolve(code === 0))
  })
}
