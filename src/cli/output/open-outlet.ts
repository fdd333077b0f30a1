// The ways out of this process: how each kind of output is written without waiting.
import { closeSync, constants, fstatSync, openSync, readdirSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { isatty } from 'node:tty'
import { type Clock, MONOTONIC, poll } from '../../core/async.ts'
import { codeOf } from '../../core/errors.ts'
import { createOutlet, type Outlet, type SendText } from './outlet.ts'

/** How soon a terminal that takes nothing is tried again, in ms: a person cannot see the difference. */
const RETRY_MS = 20
/** How soon one that has just taken something is, in ms: it takes 4 KB at a time on Linux, which waits of 20 ms would make 200 KB/s. */
const GO_ON_MS = 1

/** Opens the outlet of stdout or stderr. `gone` is called when nobody reads it any more. */
export function openOutlet(
  stream: NodeJS.WriteStream & { readonly fd: number },
  platform: NodeJS.Platform,
  gone: () => void,
): Outlet {
  const { fd } = stream
  if (isatty(fd)) {
    const terminal = openTerminal(fd, platform)
    if (terminal !== null) return createOutlet(sendTo(terminal, gone))
  } else if (isFile(fd)) return createOutlet(sendTo(fd, () => undefined))
  // The reader of a pipe may go, and a terminal that was closed answers EIO: there is nobody left to tell.
  stream.on('error', gone)
  return createOutlet((text) => new Promise((resolve) => stream.write(text, (error) => resolve(error == null))))
}

/** Whether both are the same terminal. */
export function isSameTerminal(one: number, other: number): boolean {
  return isatty(one) && isatty(other) && fstatSync(one).rdev === fstatSync(other).rdev
}

/**
 * Sends to a descriptor that takes what it can and never waits. What it refuses for now (a terminal that nobody reads) is
 * tried again; anything else (a full disk, a terminal that is closed) loses the text, and the next one is tried all the same.
 */
export function sendTo(
  descriptor: number,
  failed: (error: unknown) => void,
  clock: Clock = MONOTONIC,
  write: (descriptor: number, bytes: Buffer) => number = writeSync,
): SendText {
  /** What is left of the bytes when it takes no more for now. */
  function writeSome(bytes: Buffer): Buffer {
    let rest = bytes
    try {
      while (rest.length > 0) {
        const written = write(descriptor, rest)
        if (written === 0) break
        rest = rest.subarray(written)
      }
    } catch (error) {
      if (codeOf(error) !== 'EAGAIN') throw error
    }
    return rest
  }

  async function writeLater(bytes: Buffer, advanced: () => void): Promise<boolean> {
    let rest = bytes
    let taken = 0
    const attempt = async (): Promise<boolean> => {
      const before = rest.length
      rest = writeSome(rest)
      taken = before - rest.length
      if (taken > 0) advanced()
      return rest.length === 0
    }
    try {
      return await poll(attempt, (written) => written, { pace: () => (taken > 0 ? GO_ON_MS : RETRY_MS), clock })
    } catch (error) {
      failed(error)
      return false
    }
  }

  return (text, advanced) => {
    try {
      const rest = writeSome(Buffer.from(text))
      return rest.length === 0 || writeLater(rest, advanced)
    } catch (error) {
      failed(error)
      return false
    }
  }
}

/**
 * Opens the terminal behind a descriptor once more, as one that never waits; `null` where that cannot be done. Node writes to
 * a terminal synchronously: one that nobody reads would stop everything else. The descriptor itself stays as it is: it is
 * shared with the shell, and with every program that inherits it.
 */
function openTerminal(descriptor: number, platform: NodeJS.Platform): number | null {
  for (const path of pathsOf(descriptor, platform)) {
    try {
      const opened = openSync(path, constants.O_WRONLY | constants.O_NOCTTY | constants.O_NONBLOCK)
      if (isSameTerminal(opened, descriptor)) return opened
      closeSync(opened)
    } catch {
      // Somebody else's terminal, as under `sudo`: then the stream of Node has to do.
    }
  }
  return null
}

/** Where the terminal of a descriptor may be found in the file system. */
function pathsOf(descriptor: number, platform: NodeJS.Platform): readonly string[] {
  if (platform === 'win32') return []
  // Elsewhere a path of this kind is a copy of the descriptor, which shares whether it waits.
  if (platform === 'linux') return [`/proc/self/fd/${descriptor}`]
  const { rdev } = fstatSync(descriptor)
  return readdirSync('/dev')
    .filter((name) => name.startsWith('tty'))
    .map((name) => join('/dev', name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.rdev === rdev)
}

/** True for a file, and for a device other than a terminal: writing to them never waits for a reader. */
function isFile(descriptor: number): boolean {
  // As `bigint`, which is kept apart: after a pipe was looked at without it, Node takes links for what they are not, and finds no
  // package that is linked into `node_modules`, as those of pnpm are (`realpathSync` reads the type of the last `stat`).
  const found = fstatSync(descriptor, { bigint: true })
  return found.isFile() || found.isCharacterDevice()
}
