// What the system shows of a process: whether it exists, its state, group, parent, name, age, environment.
import { lstat, readdir, readFile, readlink } from 'node:fs/promises'
import { promisify } from 'node:util'
import { codeOf } from './errors.ts'

/** A process as the system shows it. */
export interface ProcessInfo {
  readonly pid: number
  /** The program's name, which may hold anything; on macOS it may be a path. */
  readonly name: string
  /** One letter: processes in state `Z` or `X` have ended, only nobody has reaped them yet. */
  readonly state: string
  readonly parent: number
  readonly group: number
  /** What tells the process from all others that had or will have its number on this machine. */
  readonly mark: string
}

/** Whether a process has this id, ours to signal or not. A zombie counts. */
export function hasProcess(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // It is there, but not ours to signal.
    return codeOf(error) === 'EPERM'
  }
}

/** True for a state in which a process has ended. */
export const hasEnded = ({ state }: Pick<ProcessInfo, 'state'>): boolean => state === 'Z' || state === 'X'

/** Describes a process; `null` when it is gone by now, is hidden from us, or on Windows, which says none of this. */
export async function describeProcess(
  pid: number,
  platform: NodeJS.Platform = process.platform,
): Promise<ProcessInfo | null> {
  if (platform === 'win32') return null
  return platform === 'linux' ? fromProc(pid) : fromPs(pid)
}

/** The ids of all processes; empty where the system has no `/proc`. */
export async function listProcesses(): Promise<readonly number[]> {
  const entries = await readdir('/proc').catch(() => [])
  return entries.filter((name) => /^\d+$/.test(name)).map(Number)
}

/** The id of the user that a process runs as; `null` when it is gone, or without `/proc`. */
export async function userOf(pid: number): Promise<number | null> {
  return lstat(`/proc/${pid}`).then(
    ({ uid }) => uid,
    () => null,
  )
}

/** The environment a process was started with, as `NAME=value`; empty when it is not ours, gone, or without `/proc`. */
export async function environmentOf(pid: number): Promise<readonly string[]> {
  return (await read(`/proc/${pid}/environ`)).split('\0')
}

/** A socket of this machine that has a port. */
export interface ListeningSocket {
  /** The address as the system writes it: hexadecimal digits, in words of its byte order. */
  readonly address: string
  /** The user whose it is. */
  readonly uid: number
  /** How it is called among the files of a process. */
  readonly file: string
  readonly port: number
}

/** The sockets that listen on a port, on whatever address of this machine; none where there is no `/proc`. */
export const socketsOn = async (port: number): Promise<readonly ListeningSocket[]> =>
  (await listeningSockets()).filter((socket) => socket.port === port)

/** All sockets of this machine that listen on a port; none where there is no `/proc`. */
export const listeningSockets = (): Promise<readonly ListeningSocket[]> => inTables('tcp')

/** The same for UDP, where nothing listens: those that are bound to the port. */
export const datagramSocketsOn = async (port: number): Promise<readonly ListeningSocket[]> =>
  (await inTables('udp')).filter((socket) => socket.port === port)

async function inTables(protocol: 'tcp' | 'udp'): Promise<readonly ListeningSocket[]> {
  const tables = await Promise.all([read(`/proc/net/${protocol}`), read(`/proc/net/${protocol}6`)])
  return tables
    .flatMap((table) => table.split('\n'))
    .flatMap((line) => {
      // `number address:port peer:port state … uid timeout inode …`, in hexadecimal digits but for uid and inode; `0A` listens.
      const fields = line.trim().split(/\s+/)
      const [address = '', digits = ''] = fields[1]?.split(':') ?? []
      const port = Number.parseInt(digits, 16)
      if ((protocol === 'tcp' && fields[3] !== '0A') || !(port > 0)) return []
      return [{ address, uid: Number(fields[7]), file: `socket:[${fields[9]}]`, port }]
    })
}

/** Those of these processes that listen on a port, on whatever address of this machine; none where there is no `/proc`. */
export async function listenersOn(port: number, pids: readonly number[]): Promise<readonly number[]> {
  const sockets = new Set((await socketsOn(port)).map(({ file }) => file))
  return sockets.size === 0 ? [] : holdersOf(sockets, pids)
}

/** Those of these processes that have one of these files open; of processes that are not ours nothing is known. */
export async function holdersOf(files: ReadonlySet<string>, pids: readonly number[]): Promise<readonly number[]> {
  const holds = await Promise.all(pids.map(async (pid) => (await openFiles(pid)).some((file) => files.has(file))))
  return pids.filter((_, i) => holds[i])
}

/** The files that a process has open, as its links name them; none when it is not ours, or gone. */
async function openFiles(pid: number): Promise<readonly string[]> {
  const names = await readdir(`/proc/${pid}/fd`).catch(() => [])
  return Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')))
}

async function fromProc(pid: number): Promise<ProcessInfo | null> {
  const stat = await read(`/proc/${pid}/stat`)
  // `pid (name) state parent group …`, where the name may hold anything, brackets too; the start is field 22.
  const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, parent, group] = fields
  const startTime = fields[19]
  if (state === undefined || startTime === undefined) return null
  return { pid, name, state, parent: Number(parent), group: Number(group), mark: `${await bootId()}/${startTime}` }
}

let bootIdRead: Promise<string> | undefined

/** Tells this run of the machine from those before it. */
function bootId(): Promise<string> {
  bootIdRead ??= read('/proc/sys/kernel/random/boot_id').then((text) => text.trim())
  return bootIdRead
}

const read = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')

/** What stands before the name, which may hold anything. */
const PS_HEAD = /^\s*(\S)\S*\s+(\d+)\s+(\d+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+/

/** macOS and the like have no /proc, and say the second in which a process began. */
async function fromPs(pid: number): Promise<ProcessInfo | null> {
  try {
    // The same output whoever asks, and wherever.
    const env = { LC_ALL: 'C', TZ: 'UTC' }
    const columns = 'stat=,ppid=,pgid=,lstart=,comm='
    // Only here: with it Node loads its sockets, which a list of deliveries has no use for.
    const { execFile } = await import('node:child_process')
    const { stdout } = await promisify(execFile)('/bin/ps', ['-o', columns, '-p', String(pid)], { env })
    const [head, state = '', parent, group, mark] = PS_HEAD.exec(stdout) ?? []
    if (head === undefined || mark === undefined) return null
    // A shell that is the first program of a login has a dash before its name.
    const name = stdout.slice(head.length).trimEnd().replace(/^-/, '')
    return { pid, name, state, parent: Number(parent), group: Number(group), mark }
  } catch {
    // No such process by now.
    return null
  }
}
